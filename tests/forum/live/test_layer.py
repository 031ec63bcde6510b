"""The layer of one process: a frame to many sockets is no look at all of them for each."""

import pytest
from channels.layers import InMemoryChannelLayer, get_channel_layer

from config.layer import InThisProcess

pytestmark = pytest.mark.embedded

FRAME = {"type": "live.frame"}


@pytest.fixture
def looks(monkeypatch) -> list[InMemoryChannelLayer]:
    looks: list[InMemoryChannelLayer] = []
    look = InMemoryChannelLayer._clean_expired
    monkeypatch.setattr(InMemoryChannelLayer, "_clean_expired", lambda self: looks.append(self) or look(self))
    return looks


async def test_a_frame_to_many_looks_for_what_has_expired_once(looks, monkeypatch):
    assert isinstance(get_channel_layer(), InThisProcess)
    monkeypatch.setattr("config.layer.time.monotonic", lambda: 100.0)
    layer = InThisProcess()
    channels = [await layer.new_channel() for _ in range(50)]
    for channel in channels:
        await layer.group_add("all", channel)
    await layer.group_send("all", FRAME)
    assert [await layer.receive(channel) for channel in channels] == [FRAME] * 50
    assert len(looks) == 1


async def test_what_has_expired_still_goes():
    layer = InThisProcess(expiry=-1)  # in the moment in which it is sent
    channel = await layer.new_channel()
    await layer.group_add("all", channel)
    await layer.send(channel, FRAME)
    layer._clean_expired()
    assert not layer.channels
    assert not layer.groups["all"]
