"""The live socket: says that something changed, never what. The page then asks."""

import asyncio
from collections.abc import Coroutine
from time import monotonic
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from accounts.access import is_member, may_moderate
from accounts.models import Account
from anonymity import bus, vault
from forum.live import door, frames
from forum.live.pace import Allowance
from forum.models import Thread
from forum.states import State

WATCHED_AT_ONCE = 20
CHECKED_EVERY = 60.0  # seconds until a log-out elsewhere closes the socket
QUIET_FOR = 1.0  # seconds between two equal frames

NOT_UNDERSTOOD, SIGNED_OUT, TOO_FAST = 4400, 4401, 4429


class LiveConsumer(AsyncWebsocketConsumer):
    """One tab's socket. Everybody gets the same frames, whoever caused them and whoever wrote what."""

    async def __call__(self, scope, receive, send):
        self.allowance = Allowance(monotonic())
        self.watched: set[str] = set()
        self.resting: set[str] = set()  # frames sent less than QUIET_FOR ago
        self.again: set[str] = set()  # of these, the ones to send once more
        self.tasks: set[asyncio.Task] = set()
        with door.seat(scope["user"]) as self.has_seat:
            try:
                await super().__call__(scope, receive, send)
            finally:
                for task in self.tasks:
                    task.cancel()

    async def connect(self):
        account = self.scope["user"]
        if not (is_member(account) and self.has_seat and door.is_from_this_site(self.scope)):
            return await self.close()
        try:
            # Everybody has a group of their own, whether or not they ever asked anonymously.
            own = await database_sync_to_async(vault.live_group)(account)
        except vault.VaultUnavailable:  # the page still asks every minute
            return await self.close()
        await self.join(own)
        if await database_sync_to_async(may_moderate)(account):
            await self.join(bus.QUEUE_GROUP)
        await self.accept()
        door.let_go(self.scope)
        self.start(self.leave_when_signed_out())

    async def receive(self, text_data=None, bytes_data=None):
        if not self.allowance.take(monotonic()):
            return await self.close(code=TOO_FAST)
        match frames.parse(text_data):
            case {"t": "watch", "thread": public_id}:
                await self.watch(public_id)
            case {"t": "unwatch", "thread": public_id}:
                await self.unwatch(public_id)
            case {"t": "ping"}:
                pass  # keeps proxies from closing an idle socket
            case _:
                await self.close(code=NOT_UNDERSTOOD)

    async def watch(self, asked_for: str) -> None:
        """Hear of a thread whose page this account can open. Any other id meets silence."""
        public_id = await readable(asked_for, self.scope["user"])
        if public_id and len(self.watched | {public_id}) <= WATCHED_AT_ONCE:
            self.watched.add(public_id)
            await self.join(bus.thread_group(public_id))

    async def unwatch(self, public_id: str) -> None:
        if public_id in self.watched:
            self.watched.remove(public_id)
            self.groups.remove(bus.thread_group(public_id))
            await self.channel_layer.group_discard(bus.thread_group(public_id), self.channel_name)

    async def join(self, group: str) -> None:
        if group not in self.groups:
            self.groups.append(group)  # Channels leaves these when the socket closes
            await self.channel_layer.group_add(group, self.channel_name)

    async def live_frame(self, event: dict[str, Any]) -> None:
        """Pass a frame on; equal ones that come within QUIET_FOR become one at its end."""
        text = frames.wire(event["frame"])
        self.again.add(text)
        if text not in self.resting:
            self.resting.add(text)
            self.start(self.say(text))

    async def say(self, text: str) -> None:
        while text in self.again:
            self.again.remove(text)
            await self.send(text_data=text)
            await asyncio.sleep(QUIET_FOR)
        self.resting.remove(text)

    async def leave_when_signed_out(self) -> None:
        signed_in = True
        while signed_in:
            await asyncio.sleep(CHECKED_EVERY)
            try:
                signed_in = await door.still_holds(self.scope)
            except Exception:  # nobody can tell: the browser comes back and shows its session again
                signed_in = False
        await self.close(code=SIGNED_OUT)

    def start(self, work: Coroutine) -> None:
        """Run `work` beside the socket and no longer than it."""
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)


@database_sync_to_async
def readable(public_id: str, account: Account) -> str | None:
    """The id of the thread, in our spelling, if `account` can open its page."""
    if not public_id.isprintable():  # PostgreSQL raises at NUL and at half a surrogate pair
        return None
    found = Thread.objects.visible_to(account).exclude(state=State.WITHDRAWN).at(public_id)
    return found.values_list("public_id", flat=True).first()
