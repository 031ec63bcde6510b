"""The desk without a mouse: after each deed the focus is where one goes on, and can be seen there."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

BOARD = """
import json
from datetime import timedelta
from tests import make

mia, mo = (make.moderator(name, email=f"{name}-{nonce}@example.org") for name in ("mia", "mo"))
titles = ["One to be taken", "One to be handed over", "One to step back from", "One to be put back"]
items = {title: make.item(make.thread(title=title, now=make.NOW)).get_absolute_url() for title in titles}
public = make.thread("published", title="One that is public", by=mo, now=make.NOW)
cookie = make.browser(mia).cookies["sessionid"].value
print(json.dumps({"mia": cookie, "items": items, "thread": f"/moderation/threads/{public.public_id}/"}))
"""


@pytest.fixture
def board(site) -> dict:
    return site.make(BOARD)


@pytest.fixture
def desk(site, board, context) -> Page:
    context.add_cookies([{"name": "sessionid", "value": board["mia"], "url": site.url}])
    page = context.new_page()
    page.goto("/moderation/queue/")
    return page


def tab_to(page: Page, wanted: Locator) -> None:
    """Onward with Tab until `wanted` has the focus."""
    for _ in range(120):
        if wanted.evaluate("each => each === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError("Tab does not lead there")


def expect_to_go_on_at(place: Locator) -> None:
    expect(place).to_be_focused()
    expect(place).to_be_in_viewport()
    assert place.evaluate("each => getComputedStyle(each).outlineStyle") != "none"


def fold_out(page: Page, name: str) -> Locator:
    """The part of that name, opened with Enter."""
    part = page.locator("details", has=page.locator("summary", has_text=re.compile(f"^{name}$")))
    tab_to(page, part.locator("summary"))
    page.keyboard.press("Enter")
    return part


def test_a_text_taken_on_its_page_is_decided_next(desk, board, complaints):
    complaints.forgive("422")
    desk.goto(board["items"]["One to be taken"])
    tab_to(desk, desk.get_by_role("button", name="Take it"))
    desk.keyboard.press("Space")
    expect_to_go_on_at(desk.locator("#decision"))
    decline = fold_out(desk, "Decline it with a reason")
    tab_to(desk, decline.get_by_role("button", name="Decline it"))
    desk.keyboard.press("Enter")
    expect_to_go_on_at(desk.get_by_role("alert").first)


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("One to be handed over", "You have handed it over"),
        ("One to step back from", "You have stepped back"),
        ("One to be put back", "You have put it back"),
    ],
)
def test_what_was_done_is_said_where_the_list_goes_on(desk, title, said):
    tab_to(desk, desk.get_by_role("button", name=f"Take it “{title}”"))
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", level=1)).to_have_text(title)
    if "handed" in title:
        part = fold_out(desk, "Hand it over to a colleague")
        tab_to(desk, part.locator("select"))
        desk.keyboard.type("mo")
        tab_to(desk, part.locator("textarea"))
        desk.keyboard.type("Please look at the last sentence.")
        tab_to(desk, part.get_by_role("button", name="Hand it over"))
    else:
        deed = "I am too close to this" if "step" in title else "Put it back for a colleague"
        tab_to(desk, desk.get_by_role("button", name=deed))
    desk.keyboard.press("Enter")
    told = desk.get_by_role("status").filter(has_text=said)
    expect_to_go_on_at(told)
    desk.reload()
    expect(told).to_have_count(0)


def test_what_a_thread_is_refused_is_said_beside_it(desk, board, complaints):
    complaints.forgive("422")
    desk.goto(board["thread"])
    tab_to(desk, desk.get_by_label("The thread to keep"))
    desk.keyboard.type("none at all")
    desk.keyboard.press("Enter")
    expect_to_go_on_at(desk.get_by_role("alert"))
    tab_to(desk, desk.get_by_label("Why it is closed"))
    desk.keyboard.type("All has been said about it.")
    tab_to(desk, desk.get_by_role("button", name="Close the thread"))
    desk.keyboard.press("Enter")
    expect_to_go_on_at(desk.locator("#record"))
    expect(desk.locator("#record")).to_contain_text("Closed: mia")


def test_words_to_remove_are_asked_for_and_stand_there(desk, board):
    desk.goto(f"{board['thread']}redact/")
    tab_to(desk, desk.locator("textarea").first)
    desk.keyboard.type("climbing gym")
    tab_to(desk, desk.locator("textarea").nth(1))
    desk.keyboard.type("It tells where this was, in a small town.")
    tab_to(desk, desk.get_by_role("button", name="Ask a second moderator"))
    desk.keyboard.press("Enter")
    expect_to_go_on_at(desk.locator("#redaction"))
