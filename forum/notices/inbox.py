"""The inbox of an account: notices under its name and those of its personas, joined for one answer only."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Max, Q

from accounts.models import Account
from anonymity import vault
from forum.models import Notice
from forum.models.notice import NoticeQuerySet


@dataclass(frozen=True)
class Summary:
    unread: int
    cursor: int  # the newest notice known to the page; the live client asks for what came after


def notices_of(account: Account) -> NoticeQuerySet:
    try:
        personas = vault.personas_of(account)
    except vault.VaultUnavailable:  # what concerns the name is still worth showing
        personas = []
    return Notice.objects.for_inbox(account, personas)


def summary(account: Account) -> Summary:
    found = notices_of(account).aggregate(unread=Count("pk", filter=Q(read=False)), cursor=Max("pk"))
    return Summary(unread=found["unread"], cursor=found["cursor"] or 0)


def mark_read(account: Account, notices: list[int] | None = None) -> None:
    """Mark the given notices of the account, or all, as read.

    In a transaction for the name and for each persona: one for all would join them by its number (T-XMIN).
    """
    mine = notices_of(account).unread()
    if notices is not None:
        mine = mine.filter(pk__in=notices)
    readers: dict[UUID | None, list[int]] = {}
    for pk, persona in mine.values_list("pk", "persona"):
        readers.setdefault(persona, []).append(pk)
    for pks in readers.values():
        Notice.objects.filter(pk__in=pks).update(read=True)
