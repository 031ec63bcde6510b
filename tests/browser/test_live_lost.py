"""What live pages show after a loss of network, server or Redis: all of it right, once, without a reload."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.live import BOARD, expect_connected, open_page

WITHIN = 60_000
SOON = "Math.random = () => 0;"  # a second between two attempts
SOON_TIRED = """
const timeout = AbortSignal.timeout;
AbortSignal.timeout = (ms) => timeout.call(AbortSignal, ms / 30);
"""
CONSULT = """
import json
from django.utils import timezone
from accounts.models import Account
from forum.models import Thread
from forum.notices import fanout
from tests import make

thread = Thread.objects.get(public_id=public_id)
make.post(thread, author=make.moderator(), now=timezone.now())
fanout.tell_all()
print(json.dumps(True))
"""


@pytest.fixture
def board(site) -> dict:
    return site.make(BOARD)


@pytest.fixture
def alice(server, board, new_browser_context) -> BrowserContext:
    context = new_browser_context(base_url=server.url)
    context.add_cookies([{"name": "sessionid", "value": board["sessions"]["alice"], "url": server.url}])
    context.add_init_script(SOON)
    return context


@pytest.fixture
def reply(site, board):
    """Somebody replies in Alice's thread, and no frame tells of it: it comes from beside the server."""
    return lambda: site.make(CONSULT, public_id=board["threads"]["alices"].split("/")[2])


@pytest.fixture
def tabs(alice) -> list[Page]:
    tabs = [open_page(alice, "/inbox/"), open_page(alice, "/tags/")]
    for tab in tabs:
        tab.evaluate("window.unreloaded = true")
    return tabs


@pytest.fixture(autouse=True)
def forgiven(complaints) -> None:
    for part in ("WebSocket connection", "ERR_", "Failed to load"):
        complaints.forgive(part)


def expect_news(tabs: list[Page], number: int, within: float = WITHIN) -> None:
    """Both badges and the list tell it, and it was shown once."""
    for tab in tabs:
        expect(tab.locator("#inbox-badge")).to_have_text(str(number or ""), timeout=within)
    expect(tabs[0].locator("#inbox-list li.unread")).to_have_count(number)
    assert all(tab.evaluate("window.unreloaded") for tab in tabs)


def toasts(tabs: list[Page]) -> int:
    return sum(tab.locator(".toast").count() for tab in tabs)


def expect_words(tabs: list[Page], words: str) -> None:
    """In words for everybody, in a region that screen readers listen to."""
    for tab in tabs:
        expect(tab.get_by_role("status").filter(has_text=words)).to_be_in_viewport()


def after_the_loss(tabs: list[Page], reply, back) -> None:
    expect_words(tabs, "Live updates are interrupted")
    reply()
    assert toasts(tabs) == 0
    back()
    expect_news(tabs, 1)
    assert toasts(tabs) == 1
    expect_words(tabs, "Live updates are back")
    for tab in tabs:
        expect_connected(tab)
    reply()
    tabs[0].evaluate("dispatchEvent(new Event('online'))")  # asks, as each minute does
    expect_news(tabs, 2)
    assert toasts(tabs) == 2


def test_after_the_network_was_away(alice, tabs, reply):
    alice.set_offline(True)
    after_the_loss(tabs, reply, lambda: alice.set_offline(False))


def test_after_the_server_was_killed(server, tabs, reply):
    server.kill()
    after_the_loss(tabs, reply, server.start)


def test_after_redis_was_killed(server, redis, tabs, reply):
    redis.kill()
    after_the_loss(tabs, reply, redis.start)


def test_what_is_read_in_one_tab_is_read_in_the_other(tabs, reply):
    for _ in range(2):
        reply()
    for tab in tabs:
        tab.evaluate("dispatchEvent(new Event('online'))")
    expect_news(tabs, 2)
    link = tabs[0].locator("#inbox-list a.what").first
    link.focus()
    tabs[1].goto(link.get_attribute("href"))
    expect(tabs[0].locator("#inbox-badge")).to_have_text("1")
    expect(tabs[0].locator("#inbox-list li.unread")).to_have_count(1)
    expect(tabs[0].locator("#inbox-list a.what").first).to_be_focused()
    tabs[1].goto("/inbox/")
    tabs[1].get_by_role("button", name="Mark all as read").click()
    expect(tabs[0].locator("#inbox-badge")).to_have_text("")
    expect(tabs[0].locator("#inbox-list li.unread")).to_have_count(0)
    expect(tabs[0].locator(".toast")).to_have_count(0)
    assert tabs[0].evaluate("window.unreloaded")


def test_a_question_that_hangs_in_a_dead_network_holds_up_no_tab(alice, reply):
    alice.add_init_script(SOON_TIRED)
    hanging: list[Route] = []

    def hang_once(route: Route) -> None:
        if hanging:
            route.continue_()
        else:
            hanging.append(route)

    alice.route(re.compile("/inbox/since/"), hang_once)
    first = open_page(alice, "/tags/")
    second = open_page(alice, "/inbox/")
    assert hanging
    for tab in (first, second):
        tab.evaluate("window.unreloaded = true")
    reply()
    first.evaluate("dispatchEvent(new Event('online'))")
    expect_news([second, first], 1)


def test_after_a_sleep_the_next_minute_puts_it_right(alice, server, reply):
    """The socket looks open and is dead, and nobody tells the page so."""
    alice.route_web_socket(re.compile("/ws/live/$"), lambda route: None)  # open, and says nothing ever
    tab = alice.new_page()
    tab.clock.install()
    tab.goto("/inbox/")
    expect_connected(tab)
    tab.evaluate("window.unreloaded = true")
    reply()
    tab.clock.fast_forward(WITHIN + 1_000)
    expect_news([tab], 1)
    assert toasts([tab]) == 1
