"""Following: a member's wish to hear of a thread or a tag."""

from django.db.models import Q

from accounts.access import NotAllowed, may_follow
from accounts.models import Account
from forum.models import Follow, Tag, Thread
from forum.models.follow import Level


def _target(what: Thread | Tag) -> dict:
    return {"thread": what} if isinstance(what, Thread) else {"tag": what}


def usual_level(what: Thread | Tag) -> Level:
    """Every reply of a thread; of a tag the new threads, and not all that is said in them."""
    return Level.WATCH if isinstance(what, Thread) else Level.FOLLOW


def follow(what: Thread | Tag, level: Level | None = None, *, by: Account) -> None:
    if not may_follow(by):
        raise NotAllowed("Sign in to follow threads and tags.")
    chosen = {"level": level or usual_level(what)}
    if level and isinstance(what, Thread):  # what was chosen of those merged into it counts no more
        Follow.objects.of(by).filter(thread__merged_into=what).delete()
    Follow.objects.update_or_create(
        account=by, **_target(what), defaults=chosen if level else {}, create_defaults=chosen
    )


def unfollow(what: Thread | Tag, *, by: Account) -> None:
    """Hear of it no more than whoever never followed it, through a thread that was merged into it neither."""
    own = Follow.objects.of(by)
    (own.reaching(what) if isinstance(what, Thread) else own.filter(tag=what)).delete()


def level_of(what: Thread | Tag, *, by: Account) -> str:
    """Of one's own follow of it, or of a thread that was merged into it and not muted; "" without one."""
    own = Follow.objects.of(by)
    if isinstance(what, Tag):
        return own.filter(tag=what).values_list("level", flat=True).first() or ""
    counting = own.reaching(what).filter(Q(thread=what) | ~Q(level=Level.MUTE))
    levels = dict(counting.values_list("thread", "level"))
    return levels.get(what.pk) or next(iter(levels.values()), "")
