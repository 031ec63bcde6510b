"""The desk by keyboard, and filters that change in place."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

BOARD = """
import json
from datetime import timedelta
from django.test import Client
from accounts.models import Verification
from moderation.models import QueueItem
from tests import make

for left_by_other_tests in (QueueItem, Verification):
    left_by_other_tests.objects.waiting().delete()

def session(account):
    browser = Client()
    browser.force_login(account)
    return browser.cookies["sessionid"].value

mia, mo = (make.moderator(name, email=f"{name}-{nonce}@example.org") for name in ("mia", "mo"))
titles = ["The oldest text of all", "One that came second", "A text from Oregon"]
items = []
for hours, title in enumerate(titles):
    tags = ["psychologist", "us-or"] if hours == 2 else ["professional-counselor", "us-co"]
    thread = make.thread(title=title, now=make.NOW + timedelta(hours=hours), tags=tags)
    items.append(make.item(thread).get_absolute_url())
print(json.dumps({"mia": session(mia), "mo": session(mo), "number": str(mia.pk), "items": items}))
"""


@pytest.fixture
def board(site) -> dict:
    return site.make(BOARD)


def window(site, context: BrowserContext, session: str) -> Page:
    context.add_cookies([{"name": "sessionid", "value": session, "url": site.url}])
    page = context.new_page()
    page.goto("/moderation/queue/")
    expect(page.locator("#live-connection")).to_have_attribute("data-state", "open")
    return page


@pytest.fixture
def mia(site, board, new_browser_context) -> Page:
    return window(site, new_browser_context(), board["mia"])


def heading(page: Page, title: str):
    return page.locator(".queue h2 a", has_text=title)


def test_a_text_is_found_taken_returned_and_put_back_without_a_mouse(mia, board):
    press = mia.keyboard.press
    press("j")
    expect(heading(mia, "The oldest")).to_be_focused()
    press("j")
    expect(heading(mia, "One that came second")).to_be_focused()
    press("k")
    press("k")
    expect(heading(mia, "The oldest")).to_be_focused()
    press("Shift+?")
    expect(mia.get_by_text("next, previous text of the list")).to_be_visible()
    press("Shift+?")
    expect(mia.get_by_text("next, previous text of the list")).to_be_hidden()
    press("j")
    press("c")
    expect(mia).to_have_url(re.compile(board["items"][0]))
    mia.wait_for_load_state()  # the keys are there when the script is
    press("p")
    expect(mia.get_by_role("button", name="Publish it")).to_be_focused()
    press("d")
    reason = mia.locator("form[action$='/decline/'] textarea")
    expect(reason).to_be_focused()
    mia.keyboard.type("public records do just compare")  # with every key of the desk in it
    expect(reason).to_have_value("public records do just compare")
    mia.locator("body").press("Escape")
    mia.get_by_role("heading", level=1).click()
    press("Control+u")
    expect(mia.get_by_role("button", name="Publish it")).to_be_visible()
    press("r")
    mia.keyboard.type("Please leave out the name of the gym.")
    press("Tab")
    press("Enter")
    expect(mia).to_have_url(re.compile("/moderation/queue/$"))
    expect(heading(mia, "The oldest")).to_have_count(0)
    mia.get_by_role("link", name="undo it").press("Enter")
    mia.get_by_role("button", name="Undo it").press("Enter")
    expect(mia.get_by_role("button", name="Publish it")).to_be_visible()


def test_the_keys_can_be_switched_off_and_stay_so(mia):
    mia.locator("#keys summary").click()
    mia.get_by_label("Use these keys").uncheck()
    for _ in range(2):
        mia.get_by_role("heading", level=1).click()
        mia.keyboard.press("j")
        expect(heading(mia, "The oldest")).not_to_be_focused()
        mia.reload()
    mia.locator("#keys summary").click()
    mia.get_by_label("Use these keys").check()
    mia.get_by_role("heading", level=1).click()
    mia.keyboard.press("j")
    expect(heading(mia, "The oldest")).to_be_focused()


def test_a_filter_changes_the_list_in_place_and_stays_when_a_colleague_works(
    site, mia, board, new_browser_context
):
    mia.locator("details.filters").evaluate("each => each.open = true")
    mia.get_by_label("Jurisdiction").select_option("us-co")
    expect(mia.locator(".queue > li")).to_have_count(2)
    expect(mia).to_have_url(re.compile(r"\?jurisdiction=us-co$"))
    expect(mia.locator(".kinds")).to_contain_text("Question 2")
    mo = window(site, new_browser_context(), board["mo"])
    mo.keyboard.press("j")
    mo.keyboard.press("c")
    expect(mia.locator(".queue > li").first).to_contain_text("mo is reading this")
    expect(mia.locator(".queue > li")).to_have_count(2)
    mo.locator("details", has_text="Hand it over").locator("summary").click()
    mo.get_by_label("Colleague", exact=True).select_option(board["number"])
    mo.get_by_label("Note to your colleague").fill("Please look at the last sentence.")
    mo.get_by_role("button", name="Hand it over").click()
    expect(mia.locator("#queue")).to_contain_text(
        "Handed over with a note: Please look at the last sentence."
    )
    mo.locator(".queue > li").nth(1).locator("form button").click()
    mo.get_by_role("button", name="Publish it").click()
    expect(mia.locator(".kinds")).to_contain_text("Question 1")
