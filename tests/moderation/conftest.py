"""The record in tests: heads published into a file of the test, and nine events."""

from pathlib import Path

import pytest

from moderation import audit
from moderation.models import AuditEvent


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
