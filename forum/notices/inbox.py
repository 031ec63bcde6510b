"""The inbox of an account: notices under its name and those of its personas, joined for one answer only."""

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from uuid import UUID

from django.db.models import Count, Max
from django.utils import timezone

from accounts.models import Account
from anonymity import vault
from forum.actions.notice_settings import notice_settings_of
from forum.models import Notice, NoticeSettings
from forum.models.notice import NoticeQuerySet
from forum.models.notice_settings import Concern, happenings_of
from forum.notices.reading import KEPT, Reading, note_read, reading_of

SHOWN_AT_ONCE = 10


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

    @cached_property
    def settings(self) -> NoticeSettings:
        return notice_settings_of(self.account)

    @property
    def notices(self) -> NoticeQuerySet:
        shown = Notice.objects.for_inbox(self.account, self.personas)
        unwanted = set(Concern.values).difference(self.settings.inbox)
        return shown.exclude(event__happening__in=happenings_of(unwanted)) if unwanted else shown

    @cached_property
    def read(self) -> Reading:
        return reading_of(self.account)

    @property
    def unread_notices(self) -> NoticeQuerySet:
        return self._unread_of(self.notices)

    def _unread_of(self, notices: NoticeQuerySet) -> NoticeQuerySet:
        return notices.filter(pk__gt=self.read.upto).exclude(pk__in=self.read.above)

    @cached_property
    def _unread(self) -> tuple[int, int]:
        # On most pages nothing is unread, and to ask that costs a quarter of asking what is shown of it.
        # Counted, since for "is there one" PostgreSQL reads everybody's where an account has personas.
        if not self._unread_of(Notice.objects.of(self.account, self.personas)).count():
            return 0, 0
        found = self.unread_notices.aggregate(number=Count("pk"), newest=Max("pk"))
        return found["number"], found["newest"] or 0

    @property
    def unread(self) -> int:
        return self._unread[0]

    @property
    def cursor(self) -> int:
        """The newest unread notice known to the page; the live client asks for what came after."""
        return self._unread[1]

    def to_show(self, cursor: int, *, now: datetime) -> list[Notice]:
        """What an open page tells of, of all that came after `cursor`: one notice where it says of none what
        it is, and none in quiet hours."""
        if self.settings.is_quiet(now):
            return []
        fresh = self.unread_notices.filter(
            pk__gt=cursor, event__happening__in=happenings_of(self.settings.live)
        )
        return list(fresh.for_list()[: 1 if self.settings.discreet else SHOWN_AT_ONCE])

    def mark_read(self, notices: Iterable[int] | None = None) -> None:
        """Mark the given notices, or all, as read: on the account's row, never on a persona's (T-XMIN)."""
        if notices is None:
            notices = self.unread_notices.order_by("-pk").values_list("pk", flat=True)[: KEPT + 1]
        note_read(self.account, notices)
