"""What every test shares: this machine only, quick passwords, an empty cache."""

from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.core.cache import caches

from tests import loopback

pytest_plugins = ["tests.cast"]


def pytest_configure() -> None:
    loopback.refuse_others()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def forgotten_limits():
    """Attempts counted by one test must not refuse the next."""
    for cache in caches.all(initialized_only=True):
        cache.clear()


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 3, 4, 10, 30, tzinfo=UTC)
