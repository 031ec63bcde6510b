"""The live bus: says to open pages that something changed, never what. The page then asks.

Three constant frames and no user text. A frame that is lost costs nothing, because every
client asks again each minute; so a broken channel layer never stops a post.
"""

import asyncio
import logging
import time
from collections.abc import Iterable

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

log = logging.getLogger(__name__)

NOTICE = {"t": "n"}  # the reader's own inbox changed
QUEUE = {"t": "q"}  # the moderators' queue changed
QUEUE_GROUP = "q"

PATIENCE = 2  # seconds that a post waits for a layer which does not answer
REST = 5  # seconds in which nothing is tried after that: one post may send dozens of frames
QUIET = 60  # seconds between two complaints in the log

_complained_at = _failed_at = float("-inf")


def thread_group(public_id: str) -> str:
    """The group of everybody who has the thread's page open."""
    return f"p.{public_id}"


def thread_frame(public_id: str) -> dict[str, str]:
    """A watched thread has something new."""
    return {"t": "p", "thread": public_id}


def nudge_thread(public_id: str) -> None:
    send(thread_group(public_id), thread_frame(public_id))


def nudge_queue() -> None:
    send(QUEUE_GROUP, QUEUE)


def send(group: str, frame: dict[str, str]) -> None:
    send_all([group], frame)


def send_all(groups: Iterable[str], frame: dict[str, str]) -> None:
    """Send `frame` to every socket of every group. For synchronous code: views, jobs, on_commit."""
    global _failed_at
    if time.monotonic() - _failed_at < REST:
        return
    try:
        async_to_sync(_send_all)(groups, frame)
    except Exception as fault:  # whatever a layer raises, what was posted stays posted
        _failed_at = time.monotonic()
        _complain(fault)


async def _send_all(groups: Iterable[str], frame: dict[str, str]) -> None:
    layer = get_channel_layer()
    for group in groups:
        async with asyncio.timeout(PATIENCE):
            await layer.group_send(group, {"type": "live.frame", "frame": frame})


def _complain(fault: Exception) -> None:
    """Once a minute, and by kind only: a traceback would name the group."""
    global _complained_at
    if time.monotonic() - _complained_at >= QUIET:
        _complained_at = time.monotonic()
        log.error("The live bus is out of order (%s). Pages fall back to asking.", type(fault).__name__)
