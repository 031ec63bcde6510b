"""The live client in real windows: what arrives by itself, what does not, and how it comes back."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, WebSocketRoute, expect

from tests.browser.live import BOARD, consult, expect_connected, open_page

LIVE = re.compile(r"/ws/live/$")


@pytest.fixture
def board(site) -> dict:
    """Alice, Bob, the moderators Mia and Mo; threads of Alice and, as a persona, of Bob; one pending."""
    return site.make(BOARD)


@pytest.fixture
def browser_of(site, board, new_browser_context) -> Callable[[str], BrowserContext]:
    """The browser of one of the cast, signed in."""

    def sign_in(name: str) -> BrowserContext:
        context = new_browser_context()
        context.add_cookies([{"name": "sessionid", "value": board["sessions"][name], "url": site.url}])
        return context

    return sign_in


def test_replies_wait_behind_a_button_and_come_into_place_when_asked(board, browser_of):
    address = board["threads"]["bobs"]
    author, reader, mo = browser_of("bob"), browser_of("alice"), browser_of("mo").new_page()
    windows = [open_page(author, address), open_page(reader, address), open_page(reader, address)]
    consult(mo, address, "First")
    for window in windows:
        expect(window.locator("#new-posts button")).to_have_text("1 new reply, show")
        expect(window.locator("#posts > li")).to_have_count(0)
    consult(mo, address, "Second")
    for window in windows:
        window.get_by_role("button", name="2 new replies, show").click()
        expect(window.locator("#posts > li")).to_have_count(2)
        expect(window.locator("#posts > li").first).to_be_focused()
        expect(window.locator("#new-posts button")).to_have_count(0)
    consult(mo, address, "Third")
    windows[0].get_by_role("button", name="1 new reply, show").click()
    expect(windows[0].locator("#posts > li").last).to_contain_text("Third")
    expect(windows[0].locator("#posts > li")).to_have_count(3)


def test_a_notice_is_shown_once_however_many_tabs_are_open(board, browser_of):
    alice, mo = browser_of("alice"), browser_of("mo").new_page()
    tabs = [open_page(alice, "/"), open_page(alice, "/tags/")]
    consult(mo, board["threads"]["alices"], "First")
    for tab in tabs:
        expect(tab.locator("#inbox-badge")).to_have_text("1")
        expect(tab).to_have_title(re.compile(r"^\(1\) "))
    assert sum(tab.locator(".toast").count() for tab in tabs) == 1
    [tab] = [tab for tab in tabs if tab.locator(".toast").count()]
    tab.locator(".toast a").click()
    expect(tab.locator("#posts")).to_contain_text("First")
    expect(tab.locator("#inbox-badge")).to_have_text("")


def test_no_more_than_three_toasts_stand_at_once_and_each_can_be_dismissed(board, browser_of):
    tab, mo = open_page(browser_of("alice"), "/"), browser_of("mo").new_page()
    for number, words in enumerate(["First", "Second", "Third", "Fourth"], start=1):
        consult(mo, board["threads"]["alices"], words)
        expect(tab.locator("#inbox-badge")).to_have_text(str(number))
    expect(tab.locator(".toast")).to_have_count(3)
    for left in (2, 1, 0):
        tab.get_by_role("button", name="Dismiss").first.click()
        expect(tab.locator(".toast")).to_have_count(left)


def test_what_came_while_the_connection_was_away_is_there_when_it_is_back(board, browser_of):
    alice, mo = browser_of("alice"), browser_of("mo").new_page()
    reached: list[WebSocketRoute] = []
    away = [False]

    def through_a_cable(route: WebSocketRoute) -> None:
        if away[0]:
            route.close()
        else:
            route.connect_to_server()
            reached.append(route)

    alice.route_web_socket(LIVE, through_a_cable)
    tab = alice.new_page()
    tab.goto(board["threads"]["alices"])
    expect_connected(tab)
    away[0] = True
    reached[0].close()
    expect(tab.locator("#live-connection")).to_have_attribute("data-state", "lost")
    consult(mo, board["threads"]["alices"], "Meanwhile")
    away[0] = False
    expect_connected(tab, within=60)  # by then a pause between two attempts may last a while
    expect(tab.locator("#new-posts button")).to_have_text("1 new reply, show")
    expect(tab.locator("#inbox-badge")).to_have_text("1")


@pytest.mark.parametrize(
    ("luck", "pauses"),
    [(0, [1, 1, 1, 1, 1, 1, 1, 1]), (0.5, [2, 3, 5, 9, 17, 30.5, 30.5]), (1, [3, 5, 9, 17, 33, 60, 60])],
)
def test_it_comes_back_after_pauses_that_grow_and_differ_by_chance(board, browser_of, luck, pauses):
    context = browser_of("alice")
    context.add_init_script(f"Math.random = () => {luck}")
    attempts: list[float] = []
    page = context.new_page()
    page.clock.install()
    page.clock.pause_at("2030-01-01")

    def refuse(route: WebSocketRoute) -> None:
        attempts.append(1)
        route.close()

    page.route_web_socket(LIVE, refuse)
    page.goto("/")
    state = page.locator("#live-connection")
    for number, pause in enumerate(pauses, start=1):
        expect(state).to_have_attribute("data-state", "lost")
        assert len(attempts) == number
        page.clock.run_for(int(pause * 1000) - 10)
        assert len(attempts) == number
        page.clock.run_for(10)
        page.wait_for_function("document.getElementById('live-connection').dataset.state === 'lost'")
    assert len(attempts) == len(pauses) + 1


def test_words_for_screen_readers_come_only_when_the_connection_stays_away(board, browser_of):
    page = browser_of("alice").new_page()
    page.clock.install()
    page.route_web_socket(LIVE, lambda route: route.close())
    page.goto("/")
    expect(page.locator("#live-connection")).to_have_attribute("data-state", "lost")
    expect(page.locator("#live-status")).to_have_text("")
    page.clock.run_for(6_000)
    expect(page.locator("#live-status")).to_contain_text("interrupted")


def test_a_tab_whose_session_has_ended_says_so_and_asks_no_more(board, browser_of):
    alice = browser_of("alice")
    tab = alice.new_page()
    tab.clock.install()
    tab.goto("/tags/")
    expect_connected(tab)
    alice.clear_cookies(name="sessionid")
    tab.clock.fast_forward(61_000)
    expect(tab.locator(".toast")).to_contain_text("You are signed out")
    expect(tab.locator(".toast a")).to_have_attribute("href", "/accounts/login/?next=%2Ftags%2F")
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("websocket", lambda socket: asked.append(socket.url))
    tab.clock.fast_forward(600_000)
    assert asked == []


def test_nothing_live_happens_for_a_reader_without_an_account(board, page):
    sockets: list[str] = []
    page.on("websocket", lambda socket: sockets.append(socket.url))
    page.goto(board["threads"]["alices"])
    expect(page.locator("h1")).to_be_visible()
    assert page.locator("script").count() == 0
    assert sockets == []


def test_nothing_is_kept_in_the_browser(board, browser_of):
    tab = open_page(browser_of("alice"), board["threads"]["alices"])
    assert tab.evaluate("Object.keys(localStorage)") == []
    # htmx notes the address of the page it is on, and no more.
    assert tab.evaluate("Object.keys(sessionStorage)") in ([], ["htmx-current-path-for-history"])
    assert tab.evaluate("indexedDB.databases()") == []


def test_the_queue_shows_a_colleagues_claim_and_keeps_the_focus(board, browser_of):
    mia, mo = (
        open_page(browser_of("mia"), "/moderation/queue/"),
        open_page(browser_of("mo"), "/moderation/queue/"),
    )
    row = f"li:has(a[href='{board['item']}'])"
    mia.locator(f"{row} h2 a").focus()
    mo.locator(f"{row} form button").click()
    expect(mia.locator(row)).to_contain_text("mo is reading this")
    expect(mia.locator(f"{row} h2 a")).to_be_focused()


def test_a_claim_is_renewed_while_its_holder_works_and_not_otherwise(board, browser_of):
    page = browser_of("mia").new_page()
    page.clock.install()
    page.goto(board["item"])
    page.locator("form[action$='/claim/'] button").click()
    expect(page.locator("form[data-keep-claim]")).to_be_visible()
    expect_connected(page)
    page.clock.run_for(301_000)  # the browser may count the press of the button as work on this page
    renewals: list[int] = []
    page.on("response", lambda response: "/claim/" in response.url and renewals.append(response.status))
    page.clock.run_for(600_000)
    page.keyboard.press("Shift")
    with page.expect_response(re.compile("/claim/$")):
        page.clock.run_for(300_000)
    assert renewals == [204]
