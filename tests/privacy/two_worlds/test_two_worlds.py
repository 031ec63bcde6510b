"""T-2W: one script, played by different authors, leaves the same behind for everybody but them."""

from itertools import combinations

import pytest
from django.urls import URLResolver, path
from django.urls.resolvers import RegexPattern

from tests.privacy.two_worlds.compare import differences, report
from tests.privacy.two_worlds.crawl import UnknownParameter, addresses
from tests.privacy.two_worlds.leaks import LEAKS
from tests.privacy.two_worlds.run import evidence_of

pytestmark = pytest.mark.django_db(transaction=True, reset_sequences=True)

# Who asks as a persona, and who replies as one.
WORLDS = [("alice", "dave"), ("bob", "dave"), ("mia", "dave"), ("alice", "bob")]
CAPTURED = {"pages", "rows of default", "rows of vault", "mail", "frames", "bus", "cache default"}


async def test_nothing_that_anybody_else_can_see_depends_on_who_wrote_anonymously():
    worlds = [await evidence_of(*authors) for authors in WORLDS]
    for one, other in combinations(worlds, 2):
        found = differences(one, other)
        assert not found, report(found)
    for world in worlds:
        empty = {channel for channel in CAPTURED if not world.channels[channel]}
        assert not empty, f"nothing was captured of {empty}"


@pytest.mark.embedded
@pytest.mark.parametrize("leak", LEAKS, ids=lambda leak: leak.__name__)
async def test_a_planted_leak_is_noticed(leak):
    with leak():
        one, other = [await evidence_of(asker, until="it is followed") for asker in ("alice", "bob")]
    assert LEAKS[leak] in differences(one, other)


@pytest.mark.embedded
async def test_without_a_leak_the_shortened_script_differs_in_nothing():
    """So that it was the leak which the test above noticed."""
    one, other = [await evidence_of(asker, until="it is followed") for asker in ("alice", "bob")]
    found = differences(one, other)
    assert not found, report(found)


def test_an_address_that_the_crawl_cannot_fill_in_fails(db):
    site = URLResolver(RegexPattern(r"^"), [path("people/<int:person>/", lambda request, person: None)])
    with pytest.raises(UnknownParameter, match="person"):
        list(addresses(site))
