"""What every page needs: the inbox badge of who is signed in, and whether demonstration data is loaded."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.access import may_moderate
from forum import demo
from forum.notices.inbox import Inbox
from moderation import intake


def every_page(request: HttpRequest) -> dict:
    """Nothing here is computed unless the template asks for it."""
    context: dict = {"demo": SimpleLazyObject(demo.is_loaded)}
    viewer = getattr(request, "user", None)
    if viewer is not None and viewer.is_authenticated:
        context["inbox"] = Inbox(viewer)
        if may_moderate(viewer):
            context["desk"] = SimpleLazyObject(lambda: intake.counts(viewer))
    return context
