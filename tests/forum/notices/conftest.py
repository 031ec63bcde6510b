"""Rounds of mails, and what there is to mail."""

from datetime import timedelta

import pytest

from accounts.models import Account
from forum.actions.notice_settings import choose_notices
from forum.models import NoticeSettings, Thread
from forum.notices import fanout
from forum.notices.inbox import Inbox
from forum.notices.mail import open_round, send_round
from tests import make
from tests.make import NOW

HALF_HOUR = timedelta(minutes=30)


def mailed(now=NOW) -> dict[str, int]:
    """What a round makes of what was written before."""
    while fanout.tell_all():
        pass
    open_round(now)
    return dict(send_round(lambda: now + timedelta(minutes=1)))


def says_something(thread: Thread, now=NOW) -> None:
    """Always the same moderator, who hears of none of it."""
    rosa = Account.objects.filter(display_name="Rosa").first() or make.moderator("Rosa")
    make.post(thread, author=rosa, now=now)


def chosen(account: Account, **what) -> NoticeSettings:
    choose_notices(NoticeSettings(account=account, **what))
    return NoticeSettings.objects.get(account=account)


@pytest.fixture(params=[False, True], ids=["named", "anonymous"])
def thread(request, alice, mia) -> Thread:
    """Alice's, of whose publication she was told and mailed."""
    made = make.thread("published", author=alice, anonymous=request.param, by=mia, now=NOW - HALF_HOUR)
    fanout.tell_all()
    Inbox(alice).mark_read()
    return made
