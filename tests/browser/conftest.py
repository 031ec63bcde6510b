"""A real daphne with stores of its own, and Chromium windows that report what goes wrong in them.

Run apart from the other tests: Playwright's event loop and theirs do not share a process.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

from scripts.run import DAPHNE
from tests.servers import free_port, stop, wait_for

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's loop runs in the thread of the tests

ROOT = Path(__file__).resolve().parents[2]
QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-first-run",
    "--no-pings",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


@dataclass(frozen=True)
class Site:
    """The running board: its address, and its management commands."""

    url: str
    environment: dict[str, str]

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
    site = Site(url, os.environ | {"SITE_URL": url})
    for command in (["migrate"], ["migrate", "--database=vault"], ["load_reference"]):
        site.manage(*command)
    daphne = [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(port), *DAPHNE]
    server = subprocess.Popen([*daphne, "config.asgi:application"], env=site.environment, cwd=ROOT)
    try:
        wait_for(port, server)
        yield site
    finally:
        stop(server)


@pytest.fixture(scope="session")
def base_url(site: Site) -> str:
    """Lets tests say page.goto("/ask/")."""
    return site.url


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    arguments = [*QUIET, "--no-sandbox"] if os.geteuid() == 0 else QUIET
    debian = {"executable_path": found} if (found := shutil.which("chromium")) else {}
    return {**browser_type_launch_args, **debian, "args": arguments}


class Complaints(list[str]):
    """What went wrong in any window. A test that provokes an error says so with `forgive`."""

    def forgive(self, part: str) -> None:
        self[:] = [complaint for complaint in self if part not in complaint]

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
    assert not heard, "\n".join(heard)


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


@pytest.fixture
def context(new_browser_context: Callable[..., BrowserContext]) -> BrowserContext:
    return new_browser_context()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()
