"""The record in tests, in a file of the test; and what moderators decided that somebody may appeal."""

from pathlib import Path

import pytest

from accounts.models import Account
from forum.models import Post
from moderation import audit
from moderation.actions.redact import ask_to_redact, redact
from moderation.actions.sanction import sanction
from moderation.models import AuditEvent, Measure, Sanction
from tests import make


@pytest.fixture(autouse=True)
def heads(settings, tmp_path) -> Path:
    settings.AUDIT_HEADS_FILE = tmp_path / "audit-heads.log"
    return settings.AUDIT_HEADS_FILE


@pytest.fixture
def nine(mia, now) -> list[AuditEvent]:
    """Nine events, of a moderator and of authors in turn."""
    for number in range(9):
        audit.record("thing.done", about=f"thing {number}", by=mia if number % 2 else None, now=now)
    return list(AuditEvent.objects.order_by("seq"))


@pytest.fixture
def declined(alice, mia, now) -> Post:
    """Alice's question, under her name, declined by Mia."""
    return make.question(make.thread("declined", author=alice, by=mia, now=now))


@pytest.fixture
def anonymously(bob, mia, now) -> Post:
    """Bob's question, asked as a persona, declined by Mia."""
    return make.question(make.thread("declined", author=bob, anonymous=True, by=mia, now=now))


@pytest.fixture
def redacted(published_thread, mia, mo, now) -> Post:
    """Alice's question, out of which Mia and Mo removed a word."""
    asked = ask_to_redact(published_thread, "climbing", make.REASON, hidden=False, by=mia, now=now)
    redact(asked, by=mo, now=now)
    return make.question(published_thread)


@pytest.fixture
def paused(vera, mia, now) -> Sanction:
    return sanction(
        vera, Measure.PAUSE, "Please stop calling a colleague a fraud.", hours=72, by=mia, now=now
    )


@pytest.fixture
def third(db) -> Account:
    return make.moderator("Tess")
