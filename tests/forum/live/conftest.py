"""Opens tabs, and closes what a test left open."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from channels.layers import channel_layers, get_channel_layer
from django.conf import settings

from forum.live import door
from tests.forum.live.tabs import Tab, browser_of


@pytest.fixture
async def new_tab() -> AsyncIterator[Callable]:
    """A tab whose socket nobody opened yet."""
    made: list[Tab] = []

    async def make_tab(account: Any, *, origin: str | None = settings.SITE_URL, path="/ws/live/") -> Tab:
        made.append(Tab(await browser_of(account), origin=origin, path=path))
        return made[-1]

    yield make_tab
    for tab in made:
        if tab._future and not tab.future.done():
            await tab.disconnect()
    assert not door._held, "a socket kept its seat after it closed"
    await forget_layer()


@pytest.fixture
async def open_tab(new_tab: Callable) -> Callable:
    """A tab of the account, with its socket open."""

    async def open_(account: Any) -> Tab:
        tab = await new_tab(account)
        assert await tab.opens()
        return tab

    return open_


async def forget_layer() -> None:
    """The layer's connections belong to the event loop of one test."""
    layer = get_channel_layer()
    await layer.flush()
    if hasattr(layer, "close_pools"):  # Redis
        await layer.close_pools()
    channel_layers.backends.clear()
