"""A run of its own, `pytest --break-glass tests/breakglass`: settings are read once, at start."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.test import Client

from accounts.actions.appoint import appoint
from accounts.models import Account
from forum.models import Persona
from tests import make

REASON = "Somebody named in this thread may be hurt this week; the police asked, and no milder way is left."


def pytest_configure() -> None:
    if not settings.ANON_BREAK_GLASS:
        raise pytest.UsageError("tests/breakglass need `--break-glass`.")


@pytest.fixture(autouse=True)
def appointed(mia, mo, nia, now) -> None:
    """All three have been moderators for two months."""
    for moderator in (mia, mo, nia):
        appoint(moderator, "moderator", now=now - timedelta(days=60))


@pytest.fixture
def nia(db) -> Account:
    return make.moderator("Nia")


@pytest.fixture
def persona(anonymous_thread) -> Persona:
    """Bob, as he asked anonymously."""
    return Persona.objects.get(thread=anonymous_thread)


@pytest.fixture
def ask_about(mia, now) -> Callable:
    from breakglass.actions.ask import ask_to_unmask
    from breakglass.models import Ground, UnmaskRequest

    def ask_(persona: Persona, *, now: datetime = now, **changes) -> UnmaskRequest:
        fields = {"ground": Ground.POLICY, "reason": REASON, "by": mia, **changes}
        return ask_to_unmask(persona, now=now, **fields)

    return ask_


@pytest.fixture
def asked(ask_about, persona):
    """Mia asks who Bob's persona is."""
    return ask_about(persona)


@pytest.fixture
def agreed(asked, mo, now):
    """Mo agreed to it, on the same morning."""
    from breakglass.actions.decide import approve

    approve(asked, by=mo, now=now)
    asked.refresh_from_db()
    return asked


@pytest.fixture
def turned(agreed, mia, mo, later):
    """Both keys are turned, a day and a half later."""
    from breakglass.actions.open import turn_key

    for who in (mia, mo):
        turn_key(agreed, by=who, now=later)
    agreed.refresh_from_db()
    return agreed


@pytest.fixture
def later(now) -> datetime:
    return now + timedelta(hours=36)


@pytest.fixture
def signed_in() -> Callable[[Account], Client]:
    """Somebody's browser, minutes after signing in."""

    def sign_in(account: Account) -> Client:
        client = Client()
        client.post("/accounts/login/", {"login": account.email, "password": make.PASSWORD})
        return client

    return sign_in
