"""An author edits what is public, a moderator reads what would change, readers meet the new words alone."""

import re
import time

from playwright.sync_api import expect

from tests.browser.axe import assert_accessible
from tests.browser.conftest import confirm

BOARD = """
import json
from django.test import Client
from tests import make

def session(account):
    browser = Client()
    browser.force_login(account)
    return browser.cookies["sessionid"].value

eve = make.account("Eve", email=f"eve-{nonce}@example.org")
mia = make.moderator("Mia", email=f"mia-{nonce}@example.org")
thread = make.thread("published", author=eve, anonymous=True, by=mia, title=title)
print(json.dumps({"eve": session(eve), "mia": session(mia), "thread": thread.get_absolute_url()}))
"""
OLD, NEW = "the climbing gym", "a place where we both go"


def test_an_edit_from_its_author_through_a_moderator_to_a_reader(site, new_browser_context):
    title = f"A question that will be edited {time.monotonic_ns()}"
    board = site.make(BOARD, nonce=time.monotonic_ns(), title=title)
    author, desk, reader = (new_browser_context() for _ in range(3))
    for context, name in ((author, "eve"), (desk, "mia")):
        context.add_cookies([{"name": "sessionid", "value": board[name], "url": site.url}])
    author, desk, reader = author.new_page(), desk.new_page(), reader.new_page()
    desk.goto("/moderation/queue/?kind=edit")
    expect(desk.locator("#live-connection")).to_have_attribute("data-state", "open")

    author.goto("/my/anonymous/")
    confirm(author)
    author.get_by_role("link", name=title).click()
    author.get_by_text("Edit this question").click()
    form = author.locator("form:has(input[value=edit])")
    body = form.locator("[name=body]")
    words = body.input_value()
    body.fill(words.replace(OLD, NEW))
    form.get_by_role("button", name="Send the changes").click()
    expect(author).to_have_url(re.compile(r"/ask/sent/$"))

    reader.goto(board["thread"])
    expect(reader.locator("main")).to_contain_text(OLD)
    desk.locator("#queue").get_by_role("link", name=title).click()
    expect(desk.locator("del")).to_contain_text(["through", "climbing gym"])
    expect(desk.locator(".words ins")).to_contain_text("a place where we both go")
    desk.get_by_role("button", name="Take it").click()
    assert_accessible(desk)
    desk.get_by_role("button", name="Publish the changes").click()
    expect(desk.locator("h1")).to_have_text(title)

    reader.reload()
    expect(reader.locator("main")).to_contain_text(NEW)
    expect(reader.locator("main")).not_to_contain_text(OLD)
    expect(reader.locator(".post.question")).to_contain_text("edited")
    author.goto("/inbox/")
    expect(author.locator("#notices")).to_contain_text("Your changes were published")
