"""The live bus: constant frames, groups that tell no name, and no post that waits for it."""

import asyncio
import re
import socket
import time
import uuid

import pytest
from channels.db import database_sync_to_async
from channels.layers import InMemoryChannelLayer, get_channel_layer
from django_redis.cache import RedisCache

from anonymity import bus, vault
from config import env
from tests.servers import free_port

GROUP_NAME = re.compile(r"[A-Za-z0-9_.-]{1,99}")  # what Channels allows


class SilentLayer(InMemoryChannelLayer):
    """A fault: a server that takes the message and never answers."""

    async def group_send(self, group, message):
        await asyncio.sleep(60)


class BrokenLayer(InMemoryChannelLayer):
    """A fault: nobody there."""

    async def group_send(self, group, message):
        raise ConnectionRefusedError(f"canary {group}")


@pytest.fixture
def complaints(monkeypatch):
    monkeypatch.setattr(bus, "_complained_at", float("-inf"))
    monkeypatch.setattr(bus, "_failed_at", float("-inf"))


async def heard(group: str, deed) -> list:
    """The frames that reach a socket in `group` while `deed` runs as a view does, in a thread."""
    layer = get_channel_layer()
    channel = await layer.new_channel()
    await layer.group_add(group, channel)
    await database_sync_to_async(deed)()
    await layer.send(channel, {"type": "over"})
    frames = []
    while (message := await layer.receive(channel))["type"] != "over":
        frames.append((message["type"], message["frame"]))
    await layer.group_discard(group, channel)
    if hasattr(layer, "close_pools"):  # Redis: its connections belong to the event loop of one test
        await layer.close_pools()
    return frames


async def test_a_thread_frame_names_the_thread_and_nothing_else():
    frames = await heard(bus.thread_group("abcdefghjkmn"), lambda: bus.nudge_thread("abcdefghjkmn"))
    assert frames == [("live.frame", {"t": "p", "thread": "abcdefghjkmn"})]


async def test_the_queue_frame_reaches_the_moderators_group():
    assert await heard(bus.QUEUE_GROUP, bus.nudge_queue) == [("live.frame", {"t": "q"})]


@pytest.mark.django_db(databases=["default", "vault"], transaction=True)
async def test_a_nudge_reaches_whoever_is_behind_the_persona_and_nobody_else(somebody, another):
    persona = await database_sync_to_async(vault.attach)(somebody, uuid.uuid4())
    own = await database_sync_to_async(vault.live_group)(somebody)
    others = await database_sync_to_async(vault.live_group)(another)
    assert await heard(own, lambda: vault.nudge(persona)) == [("live.frame", {"t": "n"})]
    assert await heard(others, lambda: vault.nudge(persona)) == []


@pytest.mark.django_db(databases=["default", "vault"], transaction=True)
async def test_a_nudge_by_name_is_the_same_frame_in_the_same_group(somebody):
    own = await database_sync_to_async(vault.live_group)(somebody)
    assert await heard(own, lambda: vault.nudge_accounts([somebody])) == [("live.frame", {"t": "n"})]


@pytest.mark.django_db(databases=["default", "vault"])
def test_an_unknown_persona_meets_silence(caplog):
    vault.nudge(uuid.uuid4())
    assert not caplog.records


@pytest.mark.django_db(databases=["default", "vault"])
def test_a_closed_vault_stops_no_nudging_code(somebody, key_file):
    persona = vault.attach(somebody, uuid.uuid4())
    key_file.unlink()
    vault.nudge(persona)
    vault.nudge_accounts([somebody])


@pytest.mark.django_db(databases=["default", "vault"])
def test_a_personal_group_is_stable_valid_and_of_one_account(somebody, another):
    group = vault.live_group(somebody)
    assert group == vault.live_group(somebody) != vault.live_group(another)
    assert re.fullmatch(r"n\.[A-Z2-7]{26}", group)
    assert GROUP_NAME.fullmatch(group)
    assert somebody.anon_ref.hex() not in group.lower()


def test_every_group_name_is_one_that_channels_allows():
    assert GROUP_NAME.fullmatch(bus.thread_group("abcdefghjkmn"))
    assert GROUP_NAME.fullmatch(bus.QUEUE_GROUP)


@pytest.mark.parametrize(
    ("layer", "kind"), [(BrokenLayer, "ConnectionRefusedError"), (SilentLayer, "TimeoutError")]
)
def test_a_layer_out_of_order_stops_nothing_and_is_told_once_a_minute(
    layer, kind, complaints, caplog, monkeypatch
):
    monkeypatch.setattr(bus, "get_channel_layer", layer)
    monkeypatch.setattr(bus, "PATIENCE", 0.05)
    monkeypatch.setattr(bus, "REST", 0)
    for _ in range(3):
        bus.send("n.canary", bus.NOTICE)
    assert [record.message for record in caplog.records] == [
        f"The live bus is out of order ({kind}). Pages fall back to asking."
    ]
    monkeypatch.setattr(bus, "_complained_at", bus._complained_at - bus.QUIET)
    bus.send("n.canary", bus.NOTICE)
    assert len(caplog.records) == 2
    assert "canary" not in caplog.text


def test_a_redis_that_is_not_there_stops_nothing(settings, complaints, caplog):
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            "CONFIG": {"hosts": [{"address": f"redis://127.0.0.1:{free_port()}/0"}]},
        }
    }
    bus.nudge_queue()
    assert "The live bus is out of order (ConnectionError)" in caplog.text


def test_a_redis_that_hangs_is_waited_for_once_and_not_for_every_frame(
    settings, complaints, caplog, monkeypatch
):
    monkeypatch.setattr(bus, "PATIENCE", 2)
    monkeypatch.setattr(bus, "REST", 3600)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.setblocking(False)
        address = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        settings.CHANNEL_LAYERS = {
            "default": {
                "BACKEND": "channels_redis.core.RedisChannelLayer",
                "CONFIG": {"hosts": [env.redis_host(address)]},
            }
        }
        for _ in range(20):
            bus.nudge_queue()
        silent.accept()[0].close()
        with pytest.raises(BlockingIOError):  # nobody else ever called
            silent.accept()
    assert "The live bus is out of order (TimeoutError)" in caplog.text


def test_a_cache_that_hangs_is_gone_without():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        config = env.redis_cache(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        began = time.monotonic()
        assert RedisCache(config["LOCATION"], {"OPTIONS": config["OPTIONS"]}).get("key") is None
        assert time.monotonic() - began < 30
