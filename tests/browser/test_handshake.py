"""The live socket as the real server speaks it: handshakes and frames that no browser would send."""

import base64
import os
import socket
import struct
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest

PATIENCE = 60
TEXT, CONTINUED, BINARY, CLOSE, LAST = 0x1, 0x0, 0x2, 0x8, 0x80
NOT_UNDERSTOOD = 4400
SESSION = """
import json
from django.test import Client
from tests import make
browser = Client()
browser.force_login(make.account())
print(json.dumps(browser.cookies["sessionid"].value))
"""


class Caller:
    """A connection to the server that says whatever it is told to."""

    def __init__(self, host: str) -> None:
        name, _, port = host.partition(":")
        self.socket = socket.create_connection((name, int(port)), timeout=PATIENCE)
        self.stream = self.socket.makefile("rb")

    def asks(self, headers: dict[str, str | None]) -> int:
        """Send the handshake; returns the status of the answer and keeps its headers, in lower case."""
        lines = [f"{name}: {value}" for name, value in headers.items() if value is not None]
        self.socket.sendall("\r\n".join(["GET /ws/live/ HTTP/1.1", *lines, "", ""]).encode("latin1"))
        status = int(self.stream.readline().split()[1])
        self.headers = b"".join(iter(self.stream.readline, b"\r\n")).lower()
        return status

    def says(self, kind: int, payload: bytes) -> None:
        mask = os.urandom(4)
        length = (
            bytes([0x80 | len(payload)]) if len(payload) < 126 else b"\xfe" + struct.pack(">H", len(payload))
        )
        masked = bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))
        self.socket.sendall(bytes([kind]) + length + mask + masked)

    def closing_code(self) -> int:
        """The code of the close frame, which is the next thing the server says."""
        kind, length = self.stream.read(2)
        assert kind == LAST | CLOSE
        return struct.unpack(">H", self.stream.read(length)[:2])[0]

    def is_cut_off(self) -> bool:
        """Whether the server ends the connection without a word; TimeoutError when it waits for more."""
        try:
            return self.stream.read(1) == b""
        except ConnectionResetError:
            return True


@pytest.fixture(scope="module")
def headers(site) -> dict[str, str]:
    """A member's handshake."""
    return {
        "Host": urlsplit(site.url).netloc,
        "Origin": site.url,
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
        "Cookie": f"sessionid={site.make(SESSION)}",
    }


@pytest.fixture
def call(headers) -> Iterator[Callable[[], Caller]]:
    callers: list[Caller] = []

    def connect() -> Caller:
        callers.append(Caller(headers["Host"]))
        return callers[-1]

    yield connect
    for caller in callers:
        caller.stream.close()
        caller.socket.close()


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, 101),
        ({"Origin": None}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "https://example.evil"}, 403),
        ({"Origin": "http://127.0.0.1:9"}, 403),
        ({"Cookie": None}, 403),
        ({"Cookie": "sessionid=abcdefghijklmnopqrstuvwxyz012345"}, 403),
        ({"X-Odd": "a\x0bTransfer-Encoding: chunked"}, 400),
    ],
)
def test_only_a_member_on_a_page_of_this_site_is_let_in(call, headers, changes, status):
    assert call().asks(headers | changes) == status


def test_compression_is_never_agreed_to(call, headers):
    """A compressed frame's length would tell something of its content."""
    caller = call()
    assert (
        caller.asks(headers | {"Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits"})
        == 101
    )
    assert b"sec-websocket-extensions" not in caller.headers


@pytest.mark.parametrize(
    "frames",
    [
        [(LAST | BINARY, b'{"t":"ping"}')],
        [(LAST | TEXT, b"[" * 1025)],
        [(TEXT, b'{"t":"pi'), (LAST | CONTINUED, b'ng"}'), (LAST | TEXT, b"{}")],
        [(TEXT, b'{"t":"ping"'), (CONTINUED, b" " * 1024), (LAST | CONTINUED, b"}")],
    ],
)
def test_frames_that_make_no_request_close_the_socket(call, headers, frames):
    caller = call()
    assert caller.asks(headers) == 101
    for kind, payload in frames:
        caller.says(kind, payload)
    assert caller.closing_code() == NOT_UNDERSTOOD


@pytest.mark.parametrize("payload", [b'{"t":"\xff\xfe"}', b" " * 9000])
def test_what_is_no_utf8_or_beyond_the_servers_limit_cuts_the_line(call, headers, payload):
    caller = call()
    assert caller.asks(headers) == 101
    caller.says(LAST | TEXT, payload)
    assert caller.is_cut_off()
