"""Desktop notifications: asked for by a press, in neutral words, one for all tabs, none while one is seen."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.live import BOARD, consult, open_page

WORDS = "Sounding Board: something new in your inbox"
# Chromium without a screen shows none, and lets no tab be out of sight: both are put in its place.
BROWSER = """
window.asked = 0;
window.shown = [];
window.Notification = class extends EventTarget {
  static get permission() { return localStorage.getItem("allowed") ?? "default"; }
  static async requestPermission() {
    window.asked += 1;
    localStorage.setItem("allowed", ANSWER);
    return ANSWER;
  }
  constructor(...given) { super(); window.shown.push(given); }
};
let away = false;
Object.defineProperty(Document.prototype, "hidden", { get: () => away });
window.lookAway = (now) => {
  away = now;
  document.dispatchEvent(new Event("visibilitychange"));
};
"""


@pytest.fixture
def board(site) -> dict:
    return site.make(BOARD)


@pytest.fixture
def mo(site, board, new_browser_context) -> Page:
    return signed_in(new_browser_context(), site, board, "mo").new_page()


@pytest.fixture
def alice(site, board, new_browser_context) -> BrowserContext:
    context = signed_in(new_browser_context(), site, board, "alice")
    context.add_init_script(BROWSER.replace("ANSWER", '"granted"'))
    return context


def signed_in(context: BrowserContext, site, board, name: str) -> BrowserContext:
    context.add_cookies([{"name": "sessionid", "value": board["sessions"][name], "url": site.url}])
    return context


def switch_on(tab: Page) -> None:
    assert tab.evaluate("window.asked") == 0
    tab.get_by_role("button", name="Turn on desktop notifications").click()
    expect(tab.locator("#desktop")).to_contain_text("are on in this browser")
    assert tab.evaluate("window.asked") == 1


def shown(tabs: list[Page]) -> list:
    return [each for tab in tabs for each in tab.evaluate("window.shown")]


def test_one_comes_with_neutral_words_when_no_tab_is_looked_at(alice, mo, board):
    tabs = [open_page(alice, "/inbox/"), open_page(alice, "/tags/")]
    switch_on(tabs[0])
    for tab in tabs:
        tab.evaluate("lookAway(true)")
    consult(mo, board["threads"]["alices"], "A secret of the thread")
    for tab in tabs:
        expect(tab.locator("#inbox-badge")).to_have_text("1")
    tabs[0].wait_for_function("navigator.locks.query().then(({held}) => !held.length)")
    assert shown(tabs) == [[WORDS, {"tag": "inbox"}]]
    for tab in tabs:
        tab.evaluate("lookAway(false)")
    expect(tabs[0].locator("#inbox-list li.unread")).to_have_count(1)


def test_none_comes_while_another_tab_is_looked_at_or_once_it_is_off(alice, mo, board):
    tabs = [open_page(alice, "/inbox/"), open_page(alice, "/tags/")]
    switch_on(tabs[0])
    tabs[0].evaluate("lookAway(true)")
    consult(mo, board["threads"]["alices"], "First")
    for tab in tabs:
        expect(tab.locator("#inbox-badge")).to_have_text("1")
    expect(tabs[1].locator(".toast")).to_have_count(1)
    tabs[0].evaluate("lookAway(false)")
    tabs[0].get_by_role("button", name="Turn off").click()
    assert tabs[0].evaluate("localStorage.getItem('desktop')") is None
    for tab in tabs:
        tab.evaluate("lookAway(true)")
    consult(mo, board["threads"]["alices"], "Second")
    for tab in tabs:
        expect(tab.locator("#inbox-badge")).to_have_text("2")
    assert shown(tabs) == []


def test_who_refuses_is_not_asked_again(site, board, new_browser_context):
    alice = signed_in(new_browser_context(), site, board, "alice")
    alice.add_init_script(BROWSER.replace("ANSWER", '"denied"'))
    tab = open_page(alice, "/inbox/")
    tab.get_by_role("button", name="Turn on desktop notifications").click()
    expect(tab.locator("#desktop")).to_contain_text("was told to show no desktop notifications")
    expect(tab.locator("#desktop button")).to_be_hidden()
    assert tab.evaluate("localStorage.getItem('desktop')") is None


def test_without_scripts_nothing_is_offered(site, board, new_browser_context):
    alice = signed_in(new_browser_context(java_script_enabled=False), site, board, "alice")
    tab = alice.new_page()
    tab.goto("/inbox/")
    expect(tab.locator("h1")).to_be_visible()
    expect(tab.locator("#desktop")).to_be_hidden()
