"""T-2W: one script, played by different authors, leaves the same behind for everybody but them."""

from contextlib import ExitStack
from itertools import combinations

import pytest
from django.db import connection  # noqa: F401  the condition of a skip names it
from django.urls import URLResolver, path
from django.urls.resolvers import RegexPattern

from tests.forum.live.tabs import soon
from tests.privacy.two_worlds.compare import differences, report
from tests.privacy.two_worlds.crawl import UnknownParameter, addresses
from tests.privacy.two_worlds.leaks import ANSWERED, LEAKS
from tests.privacy.two_worlds.run import evidence_of
from tests.privacy.two_worlds.scan import assert_no_secret_lies_about
from tests.privacy.two_worlds.world import World

pytestmark = pytest.mark.django_db(transaction=True, reset_sequences=True)

# Who asks as a persona, and who replies as one.
WORLDS = [("alice", "dave"), ("bob", "dave"), ("mia", "bob")]
CAPTURED = {"pages", "rows of default", "rows of vault", "mail", "frames", "bus", "cache default"}


@pytest.mark.embedded
async def test_nothing_that_anybody_else_can_see_depends_on_who_wrote_anonymously():
    worlds = []
    for authors in WORLDS:
        worlds.append(await evidence_of(*authors))
        await soon(assert_no_secret_lies_about)(worlds[-1])
    for one, other in combinations(worlds, 2):
        found = differences(one, other)
        assert not found, report(found)
    for world in worlds:
        empty = {channel for channel in CAPTURED if not world.channels[channel]}
        assert not empty, f"nothing was captured of {empty}"


@pytest.mark.embedded
@pytest.mark.parametrize("until", LEAKS)
async def test_each_planted_leak_is_noticed(until):
    with ExitStack() as stack:
        for leak in LEAKS[until]:
            stack.enter_context(leak())
        one, other = [await evidence_of(asker, until=until) for asker in ("alice", "bob")]
    found = differences(one, other)
    for leak, (channel, part) in LEAKS[until].items():
        assert any(where == channel and part in place for where, place in found), leak.__name__
    assert {channel for channel, _ in found} == {channel for channel, _ in LEAKS[until].values()}


async def test_without_a_leak_the_shortened_script_differs_in_nothing():
    """So that it was the leak which the test above noticed. On PostgreSQL and Redis too."""
    one, other = [await evidence_of(asker, until=ANSWERED) for asker in ("alice", "bob")]
    found = differences(one, other)
    assert not found, report(found)


@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="There each of the worlds compared is looked at.")
async def test_no_secret_lies_about_after_the_whole_script(monkeypatch):
    monkeypatch.setattr(World, "readers_look_round", lambda *_: None)  # which writes nothing but sessions
    evidence = await evidence_of("alice", until="all look round at the end")
    await soon(assert_no_secret_lies_about)(evidence)


def test_an_address_that_the_crawl_cannot_fill_in_fails(db):
    site = URLResolver(RegexPattern(r"^"), [path("people/<int:person>/", lambda request, person: None)])
    with pytest.raises(UnknownParameter, match="person"):
        list(addresses(site))
