"""Coverage: which disciplines have a moderator. It is told openly, the same to everybody."""

from accounts.models import Account
from forum.models import Facet, Tag, Thread


def disciplines_of_moderators():
    """The disciplines that some moderator practises, by name."""
    practised = Account.disciplines.through.objects.filter(account__in=Account.objects.moderators())
    found = Tag.objects.of(Facet.DISCIPLINE).filter(pk__in=practised.values("tag"))
    return found.without_long_texts().order_by("name")


def without_moderator(thread: Thread) -> list[Tag]:
    """The disciplines of `thread`, as `for_list` fetched them, when no moderator is from any of them."""
    covered = disciplines_of_moderators().filter(pk__in=[tag.pk for tag in thread.disciplines])
    return [] if covered.exists() else thread.disciplines
