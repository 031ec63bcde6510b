"""Tabs: sockets opened with the session cookie of an account, through the whole of config.routing."""

import asyncio
from typing import Any

from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.test import Client

from config.routing import application

HOST = settings.SITE_URL.partition("://")[2]
PATIENCE = 60  # seconds until a frame that should come counts as lost


class Requests(asyncio.Queue):
    """What the browser sent; knows when the socket asks for more, having dealt with all before."""

    def __init__(self) -> None:
        super().__init__()
        self.dealt_with = asyncio.Event()

    async def get(self) -> Any:
        if self.empty():
            self.dealt_with.set()
        return await super().get()

    async def put(self, request: Any) -> None:
        self.dealt_with.clear()
        await super().put(request)


class Tab(WebsocketCommunicator):
    """One tab of a browser in which `account` is signed in, or nobody."""

    input_queue: Any = None  # in place of the property that makes an ordinary queue

    def __init__(self, browser: Client, *, origin: str | None, path: str) -> None:
        self.browser, self.input_queue = browser, Requests()
        cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in browser.cookies.items())
        headers = [(b"host", HOST.encode()), (b"cookie", cookies.encode())]
        if origin is not None:
            headers.append((b"origin", origin.encode()))
        super().__init__(application, path, headers=headers)

    async def opens(self) -> bool:
        accepted, _ = await self.connect(timeout=PATIENCE)
        return accepted

    async def sends(self, text: str | bytes) -> None:
        """Send `text`, and return when the socket has dealt with it."""
        if isinstance(text, bytes):
            await self.send_to(bytes_data=text)
        else:
            await self.send_to(text_data=text)
        await self.input_queue.dealt_with.wait()

    async def watches(self, public_id: str) -> None:
        await self.send_json_to({"t": "watch", "thread": public_id})
        await self.input_queue.dealt_with.wait()

    async def hears(self) -> str:
        return await self.receive_from(timeout=PATIENCE)

    async def closing_code(self) -> int:
        message = await self.receive_output(timeout=PATIENCE)
        assert message["type"] == "websocket.close", message
        return message["code"]


@database_sync_to_async
def browser_of(account: Any) -> Client:
    browser = Client()
    if account:
        browser.force_login(account)
    return browser


def soon(deed: Any) -> Any:
    """`deed` of a view or job, run beside the sockets as it is on the site."""
    return database_sync_to_async(deed)
