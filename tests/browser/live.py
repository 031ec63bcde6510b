"""What the tests of the live client share: a board with its cast, and what they do there."""

from playwright.sync_api import BrowserContext, Page, expect

BOARD = """
import json
from django.test import Client
from forum.notices.inbox import Inbox
from tests import make

def session(account):
    browser = Client()
    browser.force_login(account)
    return browser.cookies["sessionid"].value

people = {name: make.account(name, email=f"{name}-{nonce}@example.org") for name in ("alice", "bob")}
people |= {name: make.moderator(name, email=f"{name}-{nonce}@example.org") for name in ("mia", "mo")}
threads = {
    "alices": make.thread("published", author=people["alice"], by=people["mo"]),
    "bobs": make.thread("published", author=people["bob"], anonymous=True, by=people["mo"]),
    "pending": make.thread(author=people["bob"]),
}
Inbox(people["alice"]).mark_read()
print(json.dumps({
    "sessions": {name: session(person) for name, person in people.items()},
    "threads": {name: thread.get_absolute_url() for name, thread in threads.items()},
    "item": make.item(threads["pending"]).get_absolute_url(),
}))
"""


def open_page(context: BrowserContext, address: str) -> Page:
    """A new window at `address`, with its socket open."""
    page = context.new_page()
    page.goto(address)
    expect_connected(page)
    return page


def expect_connected(page: Page, within: float = 20) -> None:
    expect(page.locator("#live-connection")).to_have_attribute("data-state", "open", timeout=within * 1000)


def consult(moderator: Page, address: str, words: str) -> None:
    """Reply in the thread at `address` by its form."""
    moderator.goto(address)
    form = moderator.locator("form[action$='/act/consult/']")
    form.locator("[name=body]").fill(f"{words}: decline warmly, and talk with your colleagues this week.")
    form.locator("[name=aspects]").first.check()
    form.locator("button:not([type=button])").last.click()
    expect(moderator.locator("#posts")).to_contain_text(words)
