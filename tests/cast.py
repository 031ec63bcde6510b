"""The cast: fixtures for the people and threads that most tests speak of."""

from contextlib import suppress

import pytest

from accounts.models import Account
from anonymity import vault
from forum.models import Tag, Thread
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
def key_file() -> None:
    """The key file of this run, as a new installation makes it."""
    with suppress(FileExistsError):  # another worker of this run made it
        vault.make_key_file()


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
CAST = PEOPLE | {"db", "transactional_db", "tags", "pending_thread", "pending_item", "published_thread"}
CAST |= {"anonymous_thread", "pending_anonymous_thread", "consultation"}
