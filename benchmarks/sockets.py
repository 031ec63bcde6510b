"""Measures the live channel on one daphne process: from an event to the browsers, and memory for each socket.

    python -m benchmarks.sockets
    python -m benchmarks.sockets --sockets 200 --rounds 3 --memory 400

Everything runs on 127.0.0.1. A thread is watched by the five sockets of its author, then by all; a moderator
replies in it by the form, and the time runs from when that is kept until a frame has arrived. For the memory
the sockets are opened at the board, and at a consumer that does nothing, each in a process of its own.
"""

import argparse
import asyncio
import base64
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.memory import kilobytes
from benchmarks.pages import ROOT, environment
from scripts.run import DAPHNE

EACH = 5  # sockets of one account
AT_ONCE = 16  # that are being opened
WARM = 50  # opened and closed before the memory is read: a first socket loads code
HEARD_WITHIN = 30  # seconds; else something is lost, and there is nothing to measure
SECRET = "s" * 32
TEXT, PING, PONG = 1, 9, 10


@dataclass
class Cast:
    """Cookie headers of the members, of whom the first wrote the thread, and of a moderator."""

    thread: str
    page: str
    moderator: str
    members: list[str] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sockets", type=int, default=1000, help="open while replies are timed")
    parser.add_argument("--rounds", type=int, default=10, help="replies")
    parser.add_argument("--memory", type=int, default=2000, help="sockets whose memory is compared")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ.update(environment(Path(home)))
        cast = prepare(-(-max(asked.sockets, asked.memory) // EACH))
        asyncio.run(time_replies(cast, asked.sockets, asked.rounds))
        asyncio.run(compare_memory(cast, asked.memory))


def prepare(members: int) -> Cast:
    """A board with so many members, who are signed in, and one thread."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    for command, options in (("migrate", {}), ("migrate", {"database": "vault"}), ("anon_keygen", {})):
        call_command(command, verbosity=0, **options)
    call_command("collectstatic", interactive=False, verbosity=0)
    from django.test import Client

    from tests import make

    def cookies(account) -> str:
        client = Client()
        client.force_login(account)
        return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"

    accounts = [make.account() for _ in range(members)]
    thread = make.thread("published", author=accounts[0], by=make.moderator())
    moderator = f"{cookies(make.moderator())}; {settings.CSRF_COOKIE_NAME}={SECRET}"
    page = f"/threads/{thread.public_id}/act/consult/"
    return Cast(thread.public_id, page, moderator, [cookies(account) for account in accounts])


@contextmanager
def daphne(application: str):
    """One process of it; its port and process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(port), *DAPHNE, application]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    try:
        while process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield port, process
    finally:
        process.terminate()
        process.wait()


class Socket:
    """A live socket of a browser: it answers pings and notes when which frame came."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.frames: asyncio.Queue[tuple[str, float]] = asyncio.Queue()
        self.listening = asyncio.create_task(self.listen())

    def send(self, kind: int, content: bytes) -> None:
        """With a mask of zeros, as short as all of ours are."""
        self.writer.write(bytes([0x80 | kind, 0x80 | len(content)]) + bytes(4) + content)

    async def listen(self) -> None:
        while True:
            kind, length = await self.reader.readexactly(2)
            content = await self.reader.readexactly(length)
            if kind & 0x0F == PING:
                self.send(PONG, content)
            else:
                name = "the inbox" if content == b'{"t":"n"}' else "the thread"
                self.frames.put_nowait((name, time.perf_counter()))

    def close(self) -> None:
        self.listening.cancel()
        self.writer.close()


async def opened(port: int, cookie: str) -> Socket:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    key = base64.b64encode(os.urandom(16)).decode()
    writer.write(
        f"GET /ws/live/ HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://127.0.0.1\r\nCookie: {cookie}\r\n"
        f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
        "Sec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    head = await reader.readuntil(b"\r\n\r\n")
    if b" 101 " not in head:
        raise SystemExit(f"the server answered {head.splitlines()[0].decode()}")
    return Socket(reader, writer)


async def open_all(port: int, cast: Cast, number: int) -> list[Socket]:
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(place: int) -> Socket:
        async with gate:
            return await opened(port, cast.members[place // EACH])

    return await asyncio.gather(*(one(place) for place in range(number)))


async def time_replies(cast: Cast, sockets: int, rounds: int) -> None:
    with daphne("benchmarks.timed:application") as (port, process):
        began = time.perf_counter()
        opened_ones = await open_all(port, cast, sockets)
        print(f"{sockets:,} sockets, opened in {time.perf_counter() - began:.1f} s, {rounds} replies each\n")
        print("| watching | frame | median ms | 95th percentile ms |\n|--:|---|--:|--:|")
        for start, end in ((0, EACH), (EACH, sockets)):
            for each in opened_ones[start:end]:
                each.send(TEXT, f'{{"t":"watch","thread":"{cast.thread}"}}'.encode())
            await asyncio.sleep(2 + (end - start) / 50)  # until all of them watch, which nothing tells
            times: dict[str, list[float]] = {"the inbox": [], "the thread": []}
            for number in range(rounds):
                await asyncio.sleep(2)  # equal frames within a second become one
                await reply(port, cast, start + number)
                happened = float(process.stdout.readline())
                for place, each in enumerate(opened_ones[:end]):
                    for _ in range(2 if place < EACH else 1):  # the author hears of the inbox as well
                        name, at = await asyncio.wait_for(each.frames.get(), HEARD_WITHIN)
                        times[name].append(at - happened)
            for name, found in times.items():
                median, late = statistics.median(found), statistics.quantiles(found, n=20)[18]
                print(f"| {end:,} | of {name} | {median * 1000:.0f} | {late * 1000:.0f} |")
    print()


async def reply(port: int, cast: Cast, number: int) -> None:
    words = f"Reply {number}: decline warmly, and talk with your colleagues about it this week."
    fields = {"id": uuid.uuid4(), "body": words * 2, "aspects": "ethical", "csrfmiddlewaretoken": SECRET}
    body = urlencode(fields)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        f"POST {cast.page} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cast.moderator}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}".encode()
    )
    status = await reader.readline()
    if b" 303 " not in status:
        raise SystemExit(f"the reply was answered {status.decode().strip()}")
    writer.close()


async def compare_memory(cast: Cast, sockets: int) -> None:
    print(f"{sockets:,} sockets\n\n| consumer | process before, MB | KB each |\n|---|--:|--:|")
    taken = {}
    for name, application in (("bare", "benchmarks.bare:application"), ("live", "config.asgi:application")):
        with daphne(application) as (port, process):
            for each in await open_all(port, cast, WARM):
                each.close()
            await asyncio.sleep(2)
            before = kilobytes("VmRSS", process.pid)
            opened_ones = await open_all(port, cast, sockets)
            await asyncio.sleep(2)
            taken[name] = (kilobytes("VmRSS", process.pid) - before) / sockets
            for each in opened_ones:
                each.close()
        print(f"| {name} | {before / 1024:.0f} | {taken[name]:.1f} |")
    print(f"\nThe live one takes {taken['live'] / taken['bare']:.2f} times as much.")


if __name__ == "__main__":
    main()
