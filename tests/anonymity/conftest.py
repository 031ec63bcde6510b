"""A key file of its own for every test here, and people who are nothing but their secret reference."""

import os
import socket
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from anonymity import keyring


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
def free_port() -> int:
    """A port of this machine on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
