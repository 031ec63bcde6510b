"""T-LOG, T-EXC and T-QUEUE on real processes: what daphne and the worker print and write in use.

With DEBUG on, as in the embedded installation, and off.
"""

import base64
import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from huey import SqliteHuey
from huey.contrib.djhuey import HUEY

from accounts.models import Account
from forum.models import Persona, Thread
from forum.tasks import tell_what_waits
from scripts.run import DAPHNE
from tests import make, typed
from tests.privacy.faults import SWITCH
from tests.servers import PRODUCTION_ONLY, free_port, stop, wait_for

pytestmark = [pytest.mark.embedded, pytest.mark.django_db(transaction=True)]

ROOT = Path(__file__).resolve().parents[2]
COMPUTER = "203.0.113.77"
FORM_SECRET = "a" * 32
KINDS = ["ValueError", "KeyError"]


class Board:
    """Daphne and the worker over the stores of this test."""

    def __init__(self, home: Path, *, debug: bool) -> None:
        self.home, self.debug, self.port = home, debug, free_port()
        ours = {name: value for name, value in os.environ.items() if name not in PRODUCTION_ONLY}
        self.environment = ours | {
            "DATABASE_URL": f"sqlite:///{connections['default'].settings_dict['NAME']}",
            "VAULT_DATABASE_URL": f"sqlite:///{connections['vault'].settings_dict['NAME']}",
            "ANON_KEYRING_FILE": str(settings.ANON_KEYRING_FILE),
            "DATA_DIR": str(home),
            "DEBUG": "1" if debug else "0",
            "DJANGO_SECRET_KEY": settings.SECRET_KEY,
            "DJANGO_SETTINGS_MODULE": "tests.privacy.faulty_settings",
            "SITE_URL": f"http://127.0.0.1:{self.port}",
            "SSL_REDIRECT": "0",
            "TRUSTED_PROXIES": "1",
        }

    @contextmanager
    def running(self) -> Iterator[None]:
        (self.home / "static").mkdir(parents=True)
        with (self.home / "output").open("wb") as output:
            daphne = ["-m", "daphne", "-b", "127.0.0.1", "-p", str(self.port), *DAPHNE]
            servers = [
                subprocess.Popen(
                    [sys.executable, *command],
                    cwd=ROOT, env=self.environment, stdout=output, stderr=output,
                )
                for command in ([*daphne, "config.asgi:application"], ["manage.py", "run_huey", "--quiet"])
            ]  # fmt: skip
            try:
                wait_for(self.port, servers[0])
                yield
            finally:
                for server in servers:
                    stop(server)

    @property
    def output(self) -> str:
        return (self.home / "output").read_text()

    def says(self, words: str) -> bool:
        """Whether the processes come to say it."""
        deadline = time.monotonic() + 60
        while words not in self.output and time.monotonic() < deadline:
            time.sleep(0.1)
        return words in self.output

    def cookies_of(self, account: Account | None) -> str:
        client = Client()
        if account:
            client.force_login(account)
        host = "" if self.debug else "__Host-"
        return f"{host}sessionid={client.session.session_key}; {host}csrftoken={FORM_SECRET}"

    def ask(self, who: Account | None, address: str, form: dict[str, Any] | None = None, **headers: str):
        """Status and page. Whatever is refused is asked for from COMPUTER."""
        sent = {"Cookie": self.cookies_of(who), "X-Forwarded-For": COMPUTER, **headers}
        body = None
        if form is not None:
            body = urlencode({"csrfmiddlewaretoken": FORM_SECRET, **form}, doseq=True)
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("POST" if body else "GET", address, body, sent)
        answer = connection.getresponse()
        page = answer.read().decode()
        connection.close()
        return answer.status, page

    def watch(self, who: Account, public_id: str) -> None:
        """Open a live socket as a browser does, and ask for the frames of a thread."""
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [
            "GET /ws/live/ HTTP/1.1", f"Host: 127.0.0.1:{self.port}", "Upgrade: websocket",
            "Connection: Upgrade", f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13",
            f"Origin: http://127.0.0.1:{self.port}", f"Cookie: {self.cookies_of(who)}",
            f"X-Forwarded-For: {COMPUTER}", "", "",
        ]  # fmt: skip
        request = f'{{"t":"watch","thread":"{public_id}"}}'.encode()
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as tab:
            tab.sendall("\r\n".join(lines).encode())
            assert b" 101 " in tab.recv(4096)
            # FIN and text; masked, by zeros.
            tab.sendall(bytes([0x81, 0x80 | len(request)]) + bytes(4) + request)
            tab.settimeout(1)
            try:
                while tab.recv(4096):
                    pass
            except (TimeoutError, ConnectionResetError):
                pass


def hand_to_worker(board: Board) -> None:
    queue = SqliteHuey(settings.HUEY["name"], filename=str(board.home / "jobs.sqlite3"), results=False)
    queue._registry = HUEY._registry
    queue.enqueue(tell_what_waits.s())
    queue.storage.close()


@pytest.mark.parametrize("debug", [True, False], ids=["embedded", "production"])
def test_nothing_that_the_processes_print_or_write_names_anybody(tags, tmp_path, debug):
    alice = make.account("Alice Quillfeather", id=73_400_331)
    bob = make.account("Bob Quillfeather", id=73_400_332)
    board = Board(tmp_path / "var", debug=debug)
    words = f"{make.BODY} I call her {typed.CANARY}."
    with board.running():
        statuses = [
            board.ask(alice, "/ask/", typed.question(body=words))[0],
            board.ask(alice, "/my/anonymous/")[0],
            board.ask(alice, f"/no/such/{typed.CANARY}/")[0],
            board.ask(alice, f"/threads/{Thread.objects.get().public_id}/")[0],
            board.ask(alice, "/ask/", typed.question(body=words) | {"csrfmiddlewaretoken": "none"})[0],
            board.ask(alice, "/", Host=f"{typed.CANARY}.example")[0],
        ]
        assert statuses == [303, 200, 404, 404, 403, 400]
        for password in (typed.CANARY, make.PASSWORD):
            board.ask(None, "/accounts/login/", {"login": alice.email, "password": password})
        board.watch(alice, Thread.objects.get().public_id)
        (board.home / SWITCH).touch()
        pages = [
            board.ask(alice, "/ask/", typed.question(body=words)),
            board.ask(alice, f"/my/anonymous/?{typed.CANARY}=1"),
        ]
        board.watch(alice, Thread.objects.get().public_id)
        hand_to_worker(board)
        assert board.says("ERROR huey Unhandled exception in task")
        assert board.says("ERROR daphne.server Exception inside application")
    assert [status for status, _ in pages] == [500, 500]
    assert board.output.count("ERROR django.request status 500") == 2
    assert "personas" in board.output
    assert all(f"builtins.{kind}" in board.output for kind in KINDS)
    persona, thread = Persona.objects.get(), Thread.objects.get()
    told = [board.output, *(page for _, page in pages), *written(board.home)]
    named = [typed.CANARY, COMPUTER, "127.0.0.1", persona.pk.hex, str(persona.pk), thread.public_id]
    for account in (alice, bob):
        named += [account.email, account.display_name, str(account.pk), bytes(account.anon_ref).hex()]
    assert not [(text[:200], name) for text in told for name in named if name in text]


def written(home: Path) -> list[str]:
    """What the files of the installation hold, but for its databases, which other tests read."""
    return [path.read_bytes().decode("latin-1") for path in home.rglob("*") if path.is_file()]
