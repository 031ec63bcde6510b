"""Everybody's open page: what each socket hears, noted step by step."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from unittest import mock

from channels.layers import get_channel_layer
from django.conf import settings
from django.test import override_settings

from forum.live import consumers
from forum.live.consumers import LiveConsumer
from tests.forum.live.conftest import forget_layer
from tests.forum.live.tabs import Tab
from tests.privacy.two_worlds.evidence import Evidence

OWN = '{"t":"n"}'  # sent to one account only: all other frames go to whoever watches
IN_PROCESS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}


class Sockets:
    """One open socket for everybody. None is opened before somebody watches something."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.tabs: dict[str, Tab] = {}
        self.consumers: list[LiveConsumer] = []

    async def open(self) -> None:
        for name, person in self.evidence.world.people.items():
            tab = self.tabs[name] = Tab(person.client, origin=settings.SITE_URL, path="/ws/live/")
            assert await tab.opens(), f"{name} got no socket"

    async def watch(self, public_id: str) -> None:
        if not self.tabs:
            await self.open()
        for tab in self.tabs.values():
            await tab.watches(public_id)

    async def note_frames(self) -> None:
        """Wait until all that was sent has arrived, and note what each socket heard since the last time."""
        for consumer in self.consumers:
            consumer.quiet = asyncio.Event()
            await get_channel_layer().send(consumer.channel_name, {"type": "all.was.sent"})
            await consumer.quiet.wait()
            while consumer.resting:  # it may say the same once more
                await asyncio.sleep(0)
        for name, tab in self.tabs.items():
            heard = set()
            while not tab.output_queue.empty():
                heard.add(tab.output_queue.get_nowait()["text"])
            for frame in sorted(heard):
                owner = name if frame == OWN else None
                self.evidence.note("frames", f"{self.evidence.step}: the socket of {name}", frame, owner)

    async def close(self) -> None:
        for tab in self.tabs.values():
            await tab.disconnect()
        await forget_layer()


@asynccontextmanager
async def sockets_of(evidence: Evidence) -> AsyncIterator[Sockets]:
    """Sockets on a bus in this process, which delivers at once and in order."""
    sockets = Sockets(evidence)
    connect = LiveConsumer.connect

    async def known_connect(consumer: LiveConsumer) -> None:
        sockets.consumers.append(consumer)
        await connect(consumer)

    async def all_was_sent(consumer: LiveConsumer, event: dict) -> None:
        consumer.quiet.set()

    with ExitStack() as stack:
        stack.enter_context(override_settings(CHANNEL_LAYERS=IN_PROCESS))
        stack.enter_context(mock.patch.object(consumers, "QUIET_FOR", 0))
        # By the real clock, whether or not the script has come so far that somebody is signed out.
        stack.enter_context(mock.patch.object(consumers, "CHECKED_EVERY", 3600))
        stack.enter_context(mock.patch.object(LiveConsumer, "connect", known_connect))
        stack.enter_context(mock.patch.object(LiveConsumer, "all_was_sent", all_was_sent, create=True))
        try:
            yield sockets
        finally:
            await sockets.close()
