"""A real daphne with stores of its own, and Chromium windows that report what goes wrong in them.

Run apart from the other tests: Playwright's event loop and theirs do not share a process.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect

from scripts.run import DAPHNE
from scripts.screenshots import CHROMIUM
from tests.servers import free_port, stop, wait_for

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's loop runs in the thread of the tests

expect.set_options(timeout=20_000)  # a busy machine is slow, and no failure

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "quiet river under pines"  # as tests/make.py gives everybody
QUIET = [
    "--disable-gpu",
    "--js-flags=--no-opt",  # scripts of a page run once, and axe's would be optimised for nothing
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-first-run",
    "--no-pings",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


# A process that stays: one for each of fifty boards would spend two minutes on starting,
# and two would make the same Member 1.
SHELL = """
import contextlib, io, json, sys, traceback
for line in sys.stdin:
    said, wrong = io.StringIO(), ""
    try:
        with contextlib.redirect_stdout(said):
            exec(json.loads(line), {"__name__": "board"})
    except Exception:
        wrong = traceback.format_exc()
    print(json.dumps([said.getvalue(), wrong]), flush=True)
"""

EMPTY_BOARD = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("migrate", database="vault", verbosity=0)
call_command("load_reference", verbosity=0)
print("null")
"""


# Begun first, so that no worker is left alone with one at the end.
LONGEST = [
    "test_every_page",
    "test_main_job",
    "test_break_glass",
    "test_leave_no_link",
    "test_live_lost",
    "test_appeal",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: LONGEST.index(item.path.stem) if item.path.stem in LONGEST else len(LONGEST))


@dataclass(frozen=True)
class Site:
    """The running board: its address, its management commands, and Python beside it."""

    url: str
    environment: dict[str, str]

    def make(self, code: str, **known: Any) -> Any:
        """Run `code`, which knows `known` and a `nonce`, beside this site; what it printed, from JSON."""
        known["nonce"] = time.monotonic_ns()  # for names that no other test of this site has
        names = "".join(f"{name} = {value!r}\n" for name, value in known.items())
        self.shell.stdin.write(f"{json.dumps(names + code)}\n")
        self.shell.stdin.flush()
        said, wrong = json.loads(self.shell.stdout.readline())
        assert not wrong, wrong
        return json.loads(said.splitlines()[-1])

    @cached_property
    def shell(self) -> subprocess.Popen[str]:
        command = [sys.executable, "manage.py", "shell", "-v", "0", "-c", SHELL]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        return subprocess.Popen(command, env=self.environment, cwd=ROOT, **pipes)

    def manage(self, *arguments: str, stdin: str = "") -> str:
        """What `manage.py arguments` prints, run against the stores of this site."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, env=self.environment, cwd=ROOT, input=stdin, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
        return done.stdout


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """The board under daphne, with tables, key file and reference data, and nobody in it."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    # With break-glass, so that every page there is can be looked at.
    ours = {"SITE_URL": url, "ANON_BREAK_GLASS": "1", "DJANGO_SETTINGS_MODULE": "tests.browser.settings"}
    site = Site(url, os.environ | ours)
    site.make(EMPTY_BOARD)
    daphne = [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(port), *DAPHNE]
    server = subprocess.Popen([*daphne, "config.asgi:application"], env=site.environment, cwd=ROOT)
    try:
        wait_for(port, server)
        yield site
    finally:
        stop(server)
        with site.shell as shell:
            shell.terminate()


@pytest.fixture(autouse=True)
def clear_desk(site: Site) -> None:
    """What other tests left waiting would push a text off the first page of the queue."""
    site.make("from moderation.models import QueueItem; print(QueueItem.objects.waiting().delete()[0])")


@pytest.fixture(scope="session")
def base_url(site: Site) -> str:
    """Lets tests say page.goto("/ask/")."""
    return site.url


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    arguments = [*QUIET, "--no-sandbox"] if os.geteuid() == 0 else QUIET
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": arguments}


class Complaints(list[str]):
    """What went wrong in any window. A test that provokes an error says so with `forgive`."""

    def __init__(self) -> None:
        super().__init__()
        self.forgiven: list[str] = []

    def forgive(self, part: str) -> None:
        """Also what has not arrived yet: the console is heard some time after the page has moved on."""
        self.forgiven.append(part)

    def unforgiven(self) -> list[str]:
        return [complaint for complaint in self if not any(part in complaint for part in self.forgiven)]

    def watch(self, context: BrowserContext, home: str) -> None:
        context.on("console", self.hear)
        context.on("weberror", lambda error: self.append(f"script: {error.error}"))
        context.on("request", lambda request: self.check_address(request, home))

    def hear(self, message: ConsoleMessage) -> None:
        """Refusals by the content security policy arrive here too, as errors."""
        if message.type == "error":
            self.append(f"console: {message.text} ({message.location.get('url')})")

    def check_address(self, request: Request, home: str) -> None:
        if not request.url.startswith((home, "data:", "blob:", "about:")):
            self.append(f"third party: {request.url}")


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    heard = Complaints()
    yield heard
    assert not heard.unforgiven(), "\n".join(heard.unforgiven())


@pytest.fixture
def new_browser_context(
    browser: Browser, browser_context_args: dict, complaints: Complaints
) -> Iterator[Callable[..., BrowserContext]]:
    """Another person's browser, with cookies of its own; options as for Playwright's new_context."""
    contexts = []

    def open_context(**options: Any) -> BrowserContext:
        options = {**browser_context_args, **options}
        contexts.append(browser.new_context(**options))
        complaints.watch(contexts[-1], options["base_url"])
        return contexts[-1]

    yield open_context
    for context in contexts:
        context.close()


def confirm(page: Page) -> None:
    """Give the password that the anonymous pages ask for."""
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_label("Your password")).to_have_count(0)
    page.wait_for_load_state()  # a page half arrived has no style yet


@pytest.fixture
def context(new_browser_context: Callable[..., BrowserContext]) -> BrowserContext:
    return new_browser_context()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


class Server:
    """A daphne of one test's own, which may be killed and started again at the same address."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = environment | {"SITE_URL": self.url}

    def start(self) -> None:
        command = [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(self.port), *DAPHNE]
        self.process = subprocess.Popen([*command, "config.asgi:application"], env=self.environment, cwd=ROOT)
        wait_for(self.port, self.process)

    def kill(self) -> None:
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def server(site):
    server = Server(site.environment)
    server.start()
    yield server
    stop(server.process)


class Redis:
    """A Redis of one test's own, which may be killed and started again at the same address."""

    def __init__(self) -> None:
        self.port = free_port()

    def start(self) -> None:
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        command += ["--appendonly", "no", "--loglevel", "warning"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        wait_for(self.port, self.process)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def redis(server):
    """A Redis of the test's own, which the test's server uses from here on."""
    redis = Redis()
    redis.start()
    server.kill()
    server.environment["REDIS_URL"] = f"redis://127.0.0.1:{redis.port}/0"
    server.start()
    yield redis
    redis.kill()
