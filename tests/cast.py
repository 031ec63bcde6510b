"""The cast: fixtures for the people and threads that most tests speak of."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction
from django.test import Client

from accounts.models import Account
from anonymity import vault
from forum.models import Tag, Thread
from moderation import audit_key
from moderation.models import QueueItem
from tests import make

STORES = ["default", "vault"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever uses a database may use both: an anonymous post lives in the two of them."""
    for item in items:
        mark = item.get_closest_marker("django_db")
        if mark or CAST & set(getattr(item, "fixturenames", ())):
            wanted = {**(mark.kwargs if mark else {}), "databases": STORES}
            item.add_marker(pytest.mark.django_db(**wanted), append=False)


@pytest.fixture(scope="session", autouse=True)
def keys_of_this_run() -> None:
    """The key files of this run, as a new installation makes them."""
    vault.make_key_file()
    audit_key.create()


@pytest.fixture(scope="module")
def once(django_db_setup, django_db_blocker) -> Iterator[None]:
    """For what a module makes once: each of its tests is rolled back to that, and the module to nothing."""
    with django_db_blocker.unblock(), around("default"), around("vault"):
        yield


@contextmanager
def around(store: str) -> Iterator[None]:
    """As Django's TestCase around a class; the mark lets a durable block stand inside."""
    block = transaction.atomic(using=store)
    block._from_testcase = True
    with block:
        yield
        transaction.set_rollback(True, using=store)


@pytest.fixture
def tags(db) -> dict[str, Tag]:
    """The small tree of make.TAGS, by slug."""
    return make.tags()


@pytest.fixture
def alice(db) -> Account:
    return make.account("Alice")


@pytest.fixture
def bob(db) -> Account:
    return make.account("Bob")


@pytest.fixture
def carol(db) -> Account:
    return make.account("Carol")


@pytest.fixture
def dave(db) -> Account:
    return make.account("Dave")


@pytest.fixture
def vera(db) -> Account:
    """A verified clinician: a psychologist in Oregon."""
    return make.account(
        "Vera", is_verified=True, credential="PhD", disciplines=["psychologist"], jurisdictions=["us-or"]
    )


@pytest.fixture
def mia(db) -> Account:
    """A moderator: a professional counselor in Colorado."""
    return make.moderator("Mia")


@pytest.fixture
def mo(db) -> Account:
    """A moderator: a clinical social worker in Scotland."""
    return make.moderator(
        "Mo", credential="RSW", disciplines=["clinical-social-worker"], jurisdictions=["gb-sct"]
    )


@pytest.fixture
def admin(db) -> Account:
    return make.account("Admin", is_administrator=True)


@pytest.fixture
def carols(client, carol, tags) -> Client:
    """Carol's browser, signed in."""
    client.force_login(carol)
    return client


@pytest.fixture
def pending_thread(alice, now) -> Thread:
    """Alice's question, under her name, waiting for a moderator."""
    return make.thread(author=alice, now=now)


@pytest.fixture
def pending_item(pending_thread) -> QueueItem:
    return make.item(pending_thread)


@pytest.fixture
def published_thread(alice, mia, now) -> Thread:
    """Alice's question, under her name, published by Mia."""
    return make.thread("published", author=alice, by=mia, now=now)


@pytest.fixture
def anonymous_thread(bob, mia, now) -> Thread:
    """Bob's question, asked as a persona, published by Mia."""
    return make.thread("published", author=bob, anonymous=True, by=mia, now=now)


@pytest.fixture
def pending_anonymous_thread(bob, now) -> Thread:
    """Bob's question, asked as a persona, waiting for a moderator."""
    return make.thread(author=bob, anonymous=True, now=now)


@pytest.fixture
def consultation(published_thread, mo, now):
    """Mo's reply to Alice's question."""
    return make.post(published_thread, author=mo, now=now)


PEOPLE = {"alice", "bob", "carol", "dave", "vera", "mia", "mo", "admin"}
CAST = PEOPLE | {
    "db",
    "once",
    "transactional_db",
    "tags",
    "pending_thread",
    "pending_item",
    "published_thread",
}
CAST |= {"anonymous_thread", "pending_anonymous_thread", "consultation"}
