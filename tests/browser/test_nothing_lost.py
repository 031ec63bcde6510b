"""Nothing is lost: not when the web process is killed, not when Redis is."""

import os
import re
import signal
import subprocess
import sys

import pytest
from playwright.sync_api import Page, expect

from scripts.run import DAPHNE
from tests.browser.conftest import ROOT, confirm
from tests.servers import free_port, stop, wait_for

TITLE = "A neighbour turns out to be the mother of my client"
BODY = """We have lived next door to each other for six years and share a hedge. Last week she saw me in the
waiting room when she brought her daughter, and asked over the hedge that evening how it is going."""
ACCOUNTS = """
import json
from django.test import Client
from tests import make

def session(account):
    browser = Client()
    browser.force_login(account)
    return browser.cookies["sessionid"].value

author, mo = make.account(email=f"kit-{nonce}@example.org"), make.moderator(email=f"mo-{nonce}@example.org")
print(json.dumps([session(author), session(mo)]))
"""


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


@pytest.fixture
def windows(site, server, new_browser_context):
    """A page of a member and one of a moderator, signed in at the test's own server."""
    pages = []
    for session in site.make(ACCOUNTS):
        context = new_browser_context(base_url=server.url)
        context.add_cookies([{"name": "sessionid", "value": session, "url": server.url}])
        pages.append(context.new_page())
    return pages


def fill_in(page: Page, title: str) -> None:
    page.goto("/ask/")
    page.get_by_label("Your question in one line").fill(title)
    page.locator("[name=body]").fill(BODY)
    page.locator("input[name=discipline]").first.check()
    page.locator("input[name=jurisdiction]").first.check()
    page.locator("[name=identity][value=anonymous]").check()


def test_a_question_outlives_a_web_process_killed_right_after_its_answer(server, windows, complaints):
    author, moderator = windows
    title = f"{TITLE} {server.port}"
    fill_in(author, title)
    with author.expect_response(lambda response: response.request.method == "POST") as answer:
        author.get_by_role("button", name="Send to the moderators").click(no_wait_after=True)
    server.kill()
    assert answer.value.status == 303
    server.start()
    moderator.goto("/moderation/queue/")
    expect(moderator.locator("#queue")).to_contain_text(title)
    author.goto("/my/anonymous/")
    confirm(author)
    expect(author.locator("main")).to_contain_text(title)
    for part in ("ERR_CONNECTION", "ERR_EMPTY_RESPONSE", "WebSocket connection", "Failed to load"):
        complaints.forgive(part)


@pytest.fixture
def redis(server):
    """A Redis of the test's own, which the test's server uses from here on."""
    port = free_port()
    command = [
        "redis-server",
        "--port",
        str(port),
        "--save",
        "",
        "--appendonly",
        "no",
        "--loglevel",
        "warning",
    ]
    redis = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    wait_for(port, redis)
    server.kill()
    server.environment["REDIS_URL"] = f"redis://127.0.0.1:{port}/0"
    server.start()
    yield redis
    redis.kill()


def test_posting_goes_on_without_redis_and_the_notice_comes_at_the_next_poll(
    windows, server, redis, complaints
):
    author, moderator = windows
    title = f"{TITLE} {server.port}"
    fill_in(author, title)
    expect(author.locator("#live-connection")).to_have_attribute("data-state", "open")
    redis.kill()
    redis.wait()
    author.get_by_role("button", name="Send to the moderators").click()
    expect(author).to_have_url(re.compile("/ask/sent/$"))
    moderator.goto("/moderation/queue/")
    moderator.get_by_role("link", name=title).click()
    moderator.get_by_role("button", name="Take it").click()
    moderator.get_by_role("button", name="Publish it").click()
    expect(moderator.locator("h1")).to_have_text(title)
    author.goto("/inbox/since/0/")
    expect(author.locator("body")).to_contain_text("Your text was published")
    for part in ("WebSocket", "Failed to load"):
        complaints.forgive(part)
