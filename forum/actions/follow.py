"""Following: a member's wish to hear of a thread or a tag."""

from accounts.access import NotAllowed, may_follow
from accounts.models import Account
from forum.models import Follow, Tag, Thread


def _target(what: Thread | Tag) -> dict:
    return {"thread": what} if isinstance(what, Thread) else {"tag": what}


def follow(what: Thread | Tag, *, by: Account) -> None:
    if not may_follow(by):
        raise NotAllowed("Sign in to follow threads and tags.")
    Follow.objects.get_or_create(account=by, **_target(what))


def unfollow(what: Thread | Tag, *, by: Account) -> None:
    """Hear of it no more, through a thread that was merged into it neither."""
    own = Follow.objects.of(by)
    (own.reaching(what) if isinstance(what, Thread) else own.filter(tag=what)).delete()
