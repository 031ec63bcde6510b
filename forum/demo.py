"""What pages and start-up scripts know of the demonstration: its log-ins, and whether it is loaded."""

from django.core.cache import caches

from forum.models import Thread

# Known to everybody: load_demo refuses a site that is not for trying out.
PASSWORD = "sounding-board-demo"  # noqa: S105
LOGINS = {
    "clinician": "clinician@demo.example",
    "moderator": "moderator@demo.example",
    "administrator": "administrator@demo.example",
}
KEY = "demo-loaded"
REMEMBERED_FOR = 60  # seconds that other processes may need to see a change


def is_loaded() -> bool:
    """Whether any thread is an invented one; at most one query, and mostly none."""
    return bool(caches["local"].get_or_set(KEY, Thread.objects.filter(is_demo=True).exists, REMEMBERED_FOR))


def forget() -> None:
    """Let the next page look again."""
    caches["local"].delete(KEY)
