"""What every test shares: this machine only, quick passwords, an empty cache, and nothing left to chance."""

import gc
import time
from datetime import UTC, datetime

import hypothesis
import pytest
from django.conf import settings
from django.core.cache import caches
from django.db import connections
from django.middleware import csrf

from anonymity import bus
from tests import loopback, tampering

pytest_plugins = ["tests.cast", "tests.post_office", "tests.statements"]

# The same examples in every run; `pytest --hypothesis-profile=others` looks for others.
SLOWLY = {"deadline": None, "suppress_health_check": list(hypothesis.HealthCheck)}
hypothesis.settings.register_profile("others", **SLOWLY)
hypothesis.settings.register_profile("alike", derandomize=True, database=None, **SLOWLY)
hypothesis.settings.load_profile("alike")

LONGEST = 60  # seconds that a test takes, on a machine that is busy


def pytest_configure() -> None:
    loopback.refuse_others()
    tampering.let_tests_empty_the_record()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # The secret of a form may else spell a name that its page must not hold: two letters in one of 60 pages.
    csrf.CSRF_ALLOWED_CHARS = "QXZqxz"
    have_patience()


def have_patience() -> None:
    """A busy machine is slow, and no failure."""
    bus.PATIENCE = LONGEST
    for alias in connections:
        options = connections.settings[alias]["OPTIONS"]
        options.get("pool", options)["timeout"] = LONGEST  # until there is a connection, or SQLite's lock


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """No hour ends within a test, nor a day: what it wrote would be of another one than what it looks for."""
    left = 3600 - time.time() % 3600
    if left < LONGEST:
        time.sleep(left)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first, so that no worker is left alone with it at the end."""
    items.sort(key=lambda item: "two_worlds" not in item.path.parts)


def pytest_collection_finish() -> None:
    """What is loaded by now stays: looking through it again and again takes a tenth of the time."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(autouse=True)
def forgotten_limits():
    """Attempts counted by one test must not refuse the next, nor a fault of one silence it."""
    for cache in caches.all():
        cache.clear()
    bus._failed_at = bus._complained_at = float("-inf")


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 3, 4, 10, 30, tzinfo=UTC)
