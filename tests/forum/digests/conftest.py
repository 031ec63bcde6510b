"""Members who chose a digest."""

from datetime import UTC, datetime, timedelta

from accounts.models import Account
from forum.actions.digest import choose_digest, digest_of
from forum.actions.follow import follow
from forum.models import Digest, Tag

CHOSEN_AT = datetime(2026, 3, 2, 8, 20, tzinfo=UTC)  # a Monday
DUE = datetime(2026, 3, 9, 7, tzinfo=UTC)
SAID = DUE - timedelta(days=2)  # when threads of the first week are published


def chosen(account: Account, *tags: Tag, now: datetime = CHOSEN_AT, **what) -> Digest:
    """The weekly digest that `account` chose, of the `tags` it follows."""
    for tag in tags:
        follow(tag, by=account)
    digest = digest_of(account, now=now)
    for name, value in {"every": "week", "zone": "UTC", **what}.items():
        setattr(digest, name, value)
    choose_digest(digest, now=now)
    return Digest.objects.get(account=account)
