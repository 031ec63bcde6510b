"""The inbox of an account: notices under its name and those of its personas, joined for one answer only."""

from functools import cached_property
from uuid import UUID

from django.db.models import Count, Max

from accounts.models import Account
from anonymity import vault
from forum.models import Notice
from forum.models.notice import NoticeQuerySet


class Inbox:
    """What one request needs to know of an account's notices; the vault is asked once, and for it alone."""

    def __init__(self, account: Account) -> None:
        self.account = account

    @cached_property
    def personas(self) -> list[UUID]:
        try:
            return vault.personas_of(self.account)
        except vault.VaultUnavailable:  # what concerns the name is still worth showing
            return []

    @property
    def notices(self) -> NoticeQuerySet:
        return Notice.objects.for_inbox(self.account, self.personas)

    @cached_property
    def _unread(self) -> tuple[int, int]:
        found = self.notices.unread().aggregate(number=Count("pk"), newest=Max("pk"))
        return found["number"], found["newest"] or 0

    @property
    def unread(self) -> int:
        return self._unread[0]

    @property
    def cursor(self) -> int:
        """The newest unread notice known to the page; the live client asks for what came after."""
        return self._unread[1]

    def mark_read(self, notices: list[int] | None = None) -> None:
        """Mark the given notices, or all, as read.

        In a transaction for the name and each persona: one for all would join them by its number (T-XMIN).
        """
        mine = self.notices.unread()
        if notices is not None:
            mine = mine.filter(pk__in=notices)
        readers: dict[UUID | None, list[int]] = {}
        for pk, persona in mine.values_list("pk", "persona"):
            readers.setdefault(persona, []).append(pk)
        for pks in readers.values():
            Notice.objects.filter(pk__in=pks).update(read=True)
