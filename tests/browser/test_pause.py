"""A moderator pauses an anonymous author unseen; the author, with a text half written, is told."""

from playwright.sync_api import expect

from tests.browser.axe import assert_accessible

BOARD = """
import json
from django.test import Client
from tests import make

def session(account):
    browser = Client()
    browser.force_login(account)
    return browser.cookies["sessionid"].value

kit = make.account("Kit", email=f"kit-{nonce}@example.org")
mo = make.moderator("Mo", email=f"mo-{nonce}@example.org")
thread = make.thread("published", author=kit, anonymous=True, by=mo, title="A question to which nobody signs")
print(json.dumps({"kit": session(kit), "mo": session(mo), "thread": thread.get_absolute_url()}))
"""
TITLE = "A second question to which nobody signs"
BODY = """We have lived next door to each other for six years and share a hedge. Last week she saw me in the
waiting room when she brought her daughter, and asked over the hedge that evening how it is going."""


def test_a_pause_meets_its_author_with_a_text_half_written(site, new_browser_context, complaints):
    board = site.make(BOARD)
    pages = {}
    for name in ("kit", "mo"):
        context = new_browser_context()
        context.add_cookies([{"name": "sessionid", "value": board[name], "url": site.url}])
        pages[name] = context.new_page()
    author, desk = pages["kit"], pages["mo"]

    # The author writes a second question ...
    author.goto("/ask/?discipline=psychologist&jurisdiction=us-co")
    author.get_by_label("Your question in one line").fill(TITLE)
    author.locator("[name=body]").fill(BODY)

    # ... a moderator meanwhile goes from the first to the page about its author, by keyboard ...
    desk.goto(board["thread"])
    desk.get_by_role("link", name="About this author").press("Enter")
    expect(desk.locator("h1")).to_have_text("Anonymous author")
    desk.get_by_label("30 days").check()
    desk.get_by_role("button", name="Pause", exact=True).press("Enter")
    expect(desk.locator("#record")).to_contain_text("anonymous posting paused: Mo")
    assert_accessible(desk)

    # ... and the question comes back with its text; only the name is left to choose, and not chosen yet ...
    author.get_by_role("button", name="Send to the moderators").click()
    expect(author.get_by_role("alert")).to_contain_text("paused your anonymous posting through")
    expect(author.locator("[name=body]")).to_have_value(BODY)
    expect(author.locator("[name=identity][value=anonymous]")).to_be_disabled()
    expect(author.get_by_label("As Kit")).not_to_be_checked()
    assert_accessible(author)
    author.get_by_role("button", name="Send to the moderators").click()
    expect(author.locator("[name=body]")).to_have_value(BODY)  # the browser asks for a choice first

    # ... until a moderator lifts the pause.
    desk.get_by_role("button", name="Lift it").press("Enter")
    expect(desk.locator("#record")).to_contain_text("pause lifted, if there was one: Mo")
    author.goto("/ask/")
    expect(author.locator("[name=identity][value=anonymous]")).to_be_checked()
    complaints.forgive("403 (Forbidden)")
