"""T-ORACLE: no parameter of an address sorts, filters or counts by anything that leads to an author."""

import re
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from django.db import models

from accounts.models import Account
from forum.models import Persona, Post, Thread
from tests import make

pytestmark = pytest.mark.embedded

LISTS = ["/", "/search/?q=climbing", "/tags/jurisdiction/us/", "/feeds/threads.atom", "/moderation/queue/"]
USUAL = ["author", "user", "by", "member", "account", "persona", "owner", "order", "ordering", "order_by"]
OUR_OWN = {"sort", "q", "after", "from", "outcome", "aspect", "discipline", "jurisdiction", "topic", "before"}
LISTED = re.compile(r'/(?:threads|items)/[^"#<]+')


def lookups(model: type[models.Model], depth: int = 2, before: str = "") -> Iterator[str]:
    """Every name by which Django could filter or sort the rows of `model`."""
    for field in model._meta.get_fields():
        yield before + field.name
        if depth and field.is_relation and field.related_model:
            yield from lookups(field.related_model, depth - 1, f"{before}{field.name}__")


@pytest.fixture(scope="module")
def asked_by_alice(once) -> tuple[Account, Account]:
    """Two anonymous threads of Alice among others; with them, she and a moderator."""
    alice, bob, mia, mo = make.account(), make.account(), make.moderator(), make.moderator()
    asked = make.thread("published", author=alice, anonymous=True, by=mia)
    make.post(asked, author=mo)
    make.thread("published", author=bob, by=mia)
    make.thread("published", author=bob, anonymous=True, by=mia)
    make.thread(author=alice, anonymous=True)
    return alice, mo


@pytest.fixture
def board(asked_by_alice, db) -> tuple[Account, Account]:
    return asked_by_alice


@pytest.mark.parametrize("kind", ["key", "email", "persona", "order"])
@pytest.mark.parametrize("address", LISTS)
def test_a_list_stays_the_same_whatever_the_address_asks_of_authors(client, settings, board, address, kind):
    alice, mo = board
    client.force_login(mo)
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = None  # so that all can be asked for at once
    persona = Persona.objects.filter(is_op=True).first()
    value = {"key": alice.pk, "email": alice.email, "persona": persona.pk, "order": "author__email"}[kind]
    names = sorted({*lookups(Thread), *lookups(Post), *USUAL} - OUR_OWN)
    assert len(names) > 200
    plain = links(client.get(address))
    fuzzed = client.get(f"{address}{'&' if '?' in address else '?'}{urlencode(dict.fromkeys(names, value))}")
    assert fuzzed.status_code == 200
    assert links(fuzzed) == plain


def links(response) -> list[str]:
    """The threads and items that a page lists, in its order."""
    return LISTED.findall(response.content.decode())


@pytest.mark.parametrize("value", ["author", "-author", "author__email", "persona", "random", "", "1"])
@pytest.mark.parametrize("name", sorted(OUR_OWN))
def test_a_parameter_of_ours_knows_no_author(client, board, name, value):
    """Whatever is no value of it is as if it were not there, or finds nothing: the same for all authors."""
    response = client.get("/search/", {"q": "climbing", name: value} if name != "q" else {"q": value})
    assert response.status_code in (200, 404)
    found = links(response)
    assert len(found) in (0, len(links(client.get("/search/?q=climbing"))))
