"""What was withdrawn is in none of the database's files once the worker has purged (T-REMNANT)."""

import re
from pathlib import Path

import pytest
from django.db import connection

from forum import search
from forum.actions.withdraw import withdraw
from forum.models import Thread
from tests import make

WORDS = b"wombat", b"quokka"  # in no other text; as stems they are spelled the same


def hits(q: str) -> list[Thread]:
    return [hit.thread for hit in search.find(q, Thread.objects.listed()).hits]


@pytest.fixture
def withdrawn(transactional_db, tags) -> Thread:
    """A thread that was withdrawn among others that stay."""
    make.thread("published", title="A walrus at the clinic")
    made = make.thread("published", title="A wombat at the clinic", body="The quokka asked for more. " * 5)
    make.thread("published", title="Another walrus at the clinic")
    withdraw(made, by=make.opener(made), now=make.NOW)
    return made


def test_a_purge_loses_nothing_that_stays(withdrawn):
    for _ in range(2):
        search.purge()
        assert len(hits("walrus")) == 2
        assert hits("wombat") == hits("quokka") == []


@pytest.mark.embedded
def test_no_file_of_the_database_holds_a_withdrawn_word_after_a_purge(withdrawn):
    assert connection.vendor == "sqlite"
    assert remnants() != []
    search.purge()
    assert remnants() == []


def remnants() -> list[str]:
    """The files that hold one of WORDS: the database, its write-ahead log, its journal."""
    file = Path(str(connection.settings_dict["NAME"]))
    return [
        part.name
        for part in file.parent.glob(f"{file.name}*")
        if re.search(b"|".join(WORDS), part.read_bytes(), re.IGNORECASE)
    ]
