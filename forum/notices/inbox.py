"""The inbox of an account: notices under its name and those of its personas, joined for one answer only."""

from collections.abc import Iterable
from functools import cached_property
from uuid import UUID

from django.db.models import Count, Max
from django.utils import timezone

from accounts.models import Account
from anonymity import vault
from forum.models import Notice
from forum.models.notice import NoticeQuerySet
from forum.notices.reading import KEPT, Reading, note_read, reading_of


class Inbox:
    """What one request needs to know of an account's notices; the vault is asked once, and for it alone."""

    def __init__(self, account: Account) -> None:
        self.account = account

    @cached_property
    def personas(self) -> list[UUID]:
        """None while the anonymous pages are shut: whoever set the password anew may not be the owner."""
        if self.account.anonymous_pages_are_shut(timezone.now()):
            return []
        try:
            return vault.personas_of(self.account)
        except vault.VaultUnavailable:  # what concerns the name is still worth showing
            return []

    @property
    def notices(self) -> NoticeQuerySet:
        return Notice.objects.for_inbox(self.account, self.personas)

    @cached_property
    def read(self) -> Reading:
        return reading_of(self.account)

    @property
    def unread_notices(self) -> NoticeQuerySet:
        return self.notices.filter(pk__gt=self.read.upto).exclude(pk__in=self.read.above)

    @cached_property
    def _unread(self) -> tuple[int, int]:
        found = self.unread_notices.aggregate(number=Count("pk"), newest=Max("pk"))
        return found["number"], found["newest"] or 0

    @property
    def unread(self) -> int:
        return self._unread[0]

    @property
    def cursor(self) -> int:
        """The newest unread notice known to the page; the live client asks for what came after."""
        return self._unread[1]

    def mark_read(self, notices: Iterable[int] | None = None) -> None:
        """Mark the given notices, or all, as read: on the account's row, never on a persona's (T-XMIN)."""
        if notices is None:
            notices = self.unread_notices.order_by("-pk").values_list("pk", flat=True)[: KEPT + 1]
        note_read(self.account, notices)
