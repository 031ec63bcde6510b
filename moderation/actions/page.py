"""Paging: what waits too long is told to a second moderator, once, in the inbox and on open pages."""

from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q

from accounts.models import Account
from forum.models import Happening
from forum.notices import fanout
from forum.notices.personal import tell_account
from moderation.clock import SECOND_MODERATOR_AFTER
from moderation.models import QueueItem
from moderation.rules import Kept, kept_from_each

AT_ONCE = 500


def page_about_what_waits(now: datetime) -> int:
    """Page a moderator for each item that has waited so long and was not told of; how many."""
    late = QueueItem.objects.waiting().filter(paged=False, hour__lte=now - SECOND_MODERATOR_AFTER)
    late = late.select_related("holder", "post__thread", "appeal__sanction").defer("post__body", "post__html")
    items = list(late.order_by("-urgent", "hour", "id")[:AT_ONCE])
    load = _load() if items else {}
    kept = kept_from_each(items)
    return sum(_page(item, load, kept[item.pk], now) for item in items)


def _load() -> dict[Account, int]:
    """Moderators, and about how many items each was paged that still wait."""
    still = Q(notices__event__happening=Happening.WAITING, notices__event__post__queue_items__decided=False)
    moderators = Account.objects.moderators().annotate(paged=Count("notices", filter=still))
    return {each: each.paged for each in moderators}


def _page(item: QueueItem, load: dict[Account, int], kept: Kept, now: datetime) -> bool:
    """The mark and the notice in one step: of two workers one writes them, and one that is killed neither."""
    moderator = _second(item, load, kept, now)
    if moderator is None:  # nobody but the holder; there may be somebody later
        return False
    with transaction.atomic():
        if not QueueItem.objects.waiting().filter(pk=item.pk, paged=False).update(paged=True):
            return False
        if item.appeal:  # it says nothing of the text, which may be public, or of whom
            tell_account(Happening.UNHEARD, moderator, now=now)
        else:
            fanout.tell_one(item.post, Happening.WAITING, moderator, now=now)
    load[moderator] += 1
    return True


def _second(item: QueueItem, load: dict[Account, int], kept: Kept, now: datetime) -> Account | None:
    """Who was paged least; not who holds it, agreed to it first of two, or is kept from deciding it.

    Of an anonymous text nobody is left out: who is never paged about one would be known to have written it.
    """
    holder = item.holder_at(now)
    left_out = {*kept, holder and holder.pk, item.agreed_by_id}
    others = [each for each in load if each.pk not in left_out]
    return min(others, key=lambda each: (load[each], each.pk), default=None)
