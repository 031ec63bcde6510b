"""The numbers that the page about anonymity promises, read from what the board runs by."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings

from anonymity import vault


@dataclass(frozen=True)
class Numbers:
    threads_a_day: int
    replies_a_day: int
    key_days: int  # until the key is renewed and every envelope sealed anew
    grace_days: int  # until the replaced key is destroyed
    session_days: int
    moderator_session_hours: int


def numbers() -> Numbers:
    return Numbers(
        threads_a_day=settings.THREADS_A_DAY,
        replies_a_day=settings.REPLIES_A_DAY,
        key_days=vault.KEY_LASTS.days,
        grace_days=settings.ANON_KEY_GRACE.days,
        session_days=timedelta(seconds=settings.SESSION_COOKIE_AGE).days,
        moderator_session_hours=settings.MODERATOR_SESSION_AGE // 3600,
    )
