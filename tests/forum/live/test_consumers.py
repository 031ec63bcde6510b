"""What the live socket delivers, to whom, and that nothing of it depends on who wrote what."""

import asyncio

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session

from accounts.models import Account
from anonymity import bus, vault
from forum.live import consumers, pace
from forum.live.consumers import WATCHED_AT_ONCE
from forum.models import Thread
from forum.states import State
from tests import make
from tests.forum.live.tabs import soon

pytestmark = pytest.mark.django_db(transaction=True)

nudge_thread, nudge_queue = soon(bus.nudge_thread), soon(bus.nudge_queue)


async def nudge(account):
    await soon(vault.nudge_accounts)([account])


async def test_a_nudge_reaches_every_tab_of_its_account_and_no_other(open_tab, alice, bob):
    hers, also_hers, his = [await open_tab(each) for each in (alice, alice, bob)]
    await nudge(alice)
    await nudge_queue()
    await nudge(bob)
    assert [await hers.hears(), await also_hers.hears()] == ['{"t":"n"}', '{"t":"n"}']
    assert await his.hears() == '{"t":"n"}'
    for tab in (hers, also_hers, his):
        assert await tab.receive_nothing()


async def test_a_watched_thread_is_heard_of_until_it_is_unwatched(open_tab, published_thread, alice):
    tab, public_id = await open_tab(alice), published_thread.public_id
    await nudge_thread(public_id)  # not yet
    await tab.watches(public_id)
    await nudge_thread(public_id)
    assert await tab.hears() == f'{{"t":"p","thread":"{public_id}"}}'
    await tab.sends(f'{{"t":"unwatch","thread":"{public_id}"}}')
    await nudge_thread(public_id)
    await nudge(alice)
    assert await tab.hears() == '{"t":"n"}'


async def test_only_moderators_hear_of_the_queue(open_tab, alice, mia):
    member, moderator = await open_tab(alice), await open_tab(mia)
    await nudge_queue()
    await nudge(alice)
    assert await moderator.hears() == '{"t":"q"}'
    assert await member.hears() == '{"t":"n"}'


async def test_a_reply_to_an_anonymous_question_sounds_the_same_to_its_author_as_to_anybody(
    open_tab, anonymous_thread, bob, carol, mia, mo
):
    author, reader, moderator = [await open_tab(each) for each in (bob, carol, mia)]
    for tab in (author, reader, moderator):
        await tab.watches(anonymous_thread.public_id)
    await soon(make.post)(anonymous_thread, author=mo)
    frame = f'{{"t":"p","thread":"{anonymous_thread.public_id}"}}'
    assert [await tab.hears() for tab in (author, reader, moderator)] == [frame] * 3
    assert await author.hears() == '{"t":"n"}'  # and their own inbox changed'


async def test_a_named_and_an_anonymous_author_hear_alike(
    open_tab, published_thread, anonymous_thread, alice, bob, mo
):
    """Alice asked under her name, Bob as a persona: the same frame comes to both."""
    named, persona = await open_tab(alice), await open_tab(bob)
    for thread in (published_thread, anonymous_thread):
        await soon(make.post)(thread, author=mo)
    assert await named.hears() == await persona.hears() == '{"t":"n"}'
    assert await named.receive_nothing()
    assert await persona.receive_nothing()


@pytest.mark.parametrize("state", [State.PENDING, State.HIDDEN, State.WITHDRAWN, State.DECLINED, None])
async def test_watching_what_cannot_be_read_meets_the_silence_of_an_unknown_thread(
    open_tab, published_thread, alice, bob, mia, state
):
    tab = await open_tab(bob)
    unreadable = (
        await soon(make.thread)(state, author=alice, by=mia) if state else Thread(public_id="abcdefghjkmn")
    )
    await tab.watches(unreadable.public_id)
    await nudge_thread(unreadable.public_id)
    await tab.watches(published_thread.public_id)
    await nudge_thread(published_thread.public_id)
    assert published_thread.public_id in await tab.hears()
    assert await tab.receive_nothing()


async def test_a_moderator_may_watch_what_waits_for_a_decision(open_tab, pending_thread, mia):
    tab = await open_tab(mia)
    await tab.watches(pending_thread.public_id)
    await nudge_thread(pending_thread.public_id)
    assert pending_thread.public_id in await tab.hears()


@pytest.mark.parametrize(
    "odd",
    ["", "3f2b8c1e-0d5a-4a57-9d7e-0f6f0b1c2d3e", "*", "q", "p.x", "x\\u0000", "\\ud800", "%", "' OR 1=1 --"],
)
async def test_an_odd_id_meets_silence_too(open_tab, alice, odd):
    tab = await open_tab(alice)
    await tab.sends(f'{{"t":"watch","thread":"{odd}"}}')
    await nudge_queue()
    await nudge(alice)
    assert await tab.hears() == '{"t":"n"}'


async def test_at_most_twenty_threads_are_watched_at_once(open_tab, alice, mia, monkeypatch):
    monkeypatch.setattr(pace, "MESSAGES", 1000)
    threads = [await soon(make.thread)("published", by=mia) for _ in range(WATCHED_AT_ONCE + 1)]
    tab = await open_tab(alice)
    for thread in threads:
        await tab.watches(thread.public_id)
    await nudge_thread(threads[-1].public_id)
    await nudge_thread(threads[-2].public_id)
    assert threads[-2].public_id in await tab.hears()
    await tab.sends(f'{{"t":"unwatch","thread":"{threads[0].public_id}"}}')
    await tab.watches(threads[-1].public_id)
    await nudge_thread(threads[-1].public_id)
    assert threads[-1].public_id in await tab.hears()


async def test_a_storm_of_nudges_becomes_one_frame_of_each_kind(open_tab, published_thread, mia, monkeypatch):
    monkeypatch.setattr(consumers, "QUIET_FOR", 3600)
    tab = await open_tab(mia)
    await tab.watches(published_thread.public_id)
    for _ in range(300):
        await nudge_thread(published_thread.public_id)
        await nudge_queue()
    await nudge(mia)
    heard = [await tab.hears() for _ in range(3)]
    assert heard == [f'{{"t":"p","thread":"{published_thread.public_id}"}}', '{"t":"q"}', '{"t":"n"}']
    assert await tab.receive_nothing()


async def test_the_last_nudge_of_a_storm_is_not_lost(open_tab, mia, monkeypatch):
    monkeypatch.setattr(consumers, "QUIET_FOR", 0.2)
    tab = await open_tab(mia)
    await nudge_queue()
    assert await tab.hears() == '{"t":"q"}'
    await nudge_queue()
    assert await tab.hears() == '{"t":"q"}'


async def test_opening_a_socket_writes_nothing(open_tab, alice):
    def stored():
        return list(Session.objects.values()), list(Account.objects.values())

    tab = await open_tab(alice)
    before = await soon(stored)()
    another = await open_tab(alice)
    await tab.sends('{"t":"ping"}')
    await another.disconnect()
    sessions, accounts = await soon(stored)()
    assert accounts == before[1]
    assert [row for row in sessions if row in before[0]] == before[0]


@pytest.mark.skipif(not settings.REDIS_URL, reason="The in-process layer has no connection that could idle.")
async def test_a_socket_that_was_idle_for_seven_seconds_still_hears(open_tab, alice):
    """redis-py gives up a silent connection after five seconds unless the settings forbid it."""
    tab = await open_tab(alice)
    await asyncio.sleep(7)
    await nudge(alice)
    assert await tab.hears() == '{"t":"n"}'
