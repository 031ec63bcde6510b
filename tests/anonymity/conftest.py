"""A key file of its own for every test here, and people who are nothing but their secret reference."""

import os
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from anonymity import keyring, vault
from tests.anonymity.dumps import NOW


@dataclass(frozen=True)
class Somebody:
    """All that the vault knows of an account."""

    anon_ref: bytes = field(default_factory=lambda: os.urandom(16))


@pytest.fixture(autouse=True)
def key_file(tmp_path, settings) -> Path:
    settings.ANON_KEYRING_FILE = tmp_path / "keys" / "anon-keyring.json"
    keyring.create(settings.ANON_KEYRING_FILE)
    return settings.ANON_KEYRING_FILE


@pytest.fixture
def somebody() -> Somebody:
    return Somebody()


@pytest.fixture
def another() -> Somebody:
    return Somebody()


@pytest.fixture
def threads(somebody, another) -> dict[UUID, UUID]:
    """A vault in use: personas of two accounts with their threads, pauses, and places used today."""
    made = {}
    for account, amount in ((somebody, 60), (another, 3)):
        for thread in (uuid.uuid4() for _ in range(amount)):
            made[vault.attach(account, thread)] = thread
    vault.take_slot(somebody, "thread", NOW)
    vault.take_slot(another, "reply", NOW)
    for persona in list(made)[-3:]:
        vault.suspend(persona, NOW.date() + timedelta(days=7), NOW)
    return made
