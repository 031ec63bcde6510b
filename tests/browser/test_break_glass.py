"""Two moderators learn a name together, in two windows; the author reads of it. Every page is accessible."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Error, Page, expect

from tests.browser.axe import assert_accessible, assert_fits
from tests.browser.conftest import confirm

BOARD = """
import json, time
from datetime import timedelta
from django.test import Client
from django.utils import timezone
from accounts.actions.appoint import appoint
from tests import make

def session(account):
    browser = Client(SERVER_NAME="127.0.0.1")
    browser.post("/accounts/login/", {"login": account.email, "password": make.PASSWORD})
    return browser.cookies["sessionid"].value

def moderator(name):
    made = make.moderator(name, email=f"{name}-{nonce}@example.org")
    appoint(made, "moderator", now=timezone.now() - timedelta(days=60))
    return made

mia, mo = moderator("Mia"), moderator("Mo")
author = make.account("Quill", email=f"quill-{nonce}@example.org")
thread = make.thread("published", author=author, anonymous=True, by=mo, now=timezone.now())
post = thread.posts.get()
print(json.dumps({
    "mia": session(mia), "mo": session(mo), "author": session(author),
    "post": str(post.pk),
}))
"""
REASON = "Somebody named in this thread may be hurt this week; the police asked, and no milder way is left."


@pytest.fixture
def windows(site, new_browser_context) -> dict[str, Page]:
    """A small phone for each of the three, and the page of the anonymous text at the desk."""
    board = site.make(BOARD)
    opened = {"desk": f"/moderation/posts/{board.pop('post')}/author/"}
    for who, session in board.items():
        context = new_browser_context(reduced_motion="reduce", viewport={"width": 320, "height": 700})
        context.add_cookies([{"name": "sessionid", "value": session, "url": site.url}])
        opened[who] = context.new_page()
    return opened


def look(page: Page) -> None:
    assert_fits(page)
    assert_accessible(page)


def press(page: Page, label: str) -> None:
    page.get_by_role("button", name=label).click()


def test_two_moderators_learn_a_name_once_and_the_author_reads_of_it(windows, complaints):
    mia, mo, author = windows["mia"], windows["mo"], windows["author"]
    mia.goto(windows["desk"])
    look(mia)
    mia.get_by_role("link", name="Ask to learn who wrote this").click()
    look(mia)
    mia.get_by_label("Somebody is in danger now").check()
    mia.get_by_label("Reason").fill(REASON)
    mia.get_by_label("Tell the author only after").fill("3")
    press(mia, "Ask, and have the author told")
    expect(mia.get_by_role("alert")).to_contain_text("Only a court")
    look(mia)
    mia.get_by_label("Tell the author only after").fill("")
    press(mia, "Ask, and have the author told")
    expect(mia.locator(".note")).to_have_text(REASON)

    author.goto("/inbox/")
    author.get_by_role("link", name="A note about your anonymity").click()
    confirm(author)  # the link leads behind the door of the anonymous pages
    author.locator(".entry a").click()
    expect(author.get_by_text("A second moderator has not agreed so far")).to_be_visible()
    look(author)

    mo.goto("/moderation/queue/")
    mo.get_by_role("link", name="Break-glass").click()
    look(mo)
    mo.locator(f".entry a[href='{urlsplit(mia.url).path}']").click()
    look(mo)
    press(mo, "Agree")
    for page in (mia, mo):
        page.goto(mo.url)
        page.get_by_role("link", name="Your key").click()
        look(page)
        press(page, "Turn my key")
        look(page)
    mia.reload()
    for page in (mia, mo):
        press(page, "Show me the name, once")
        expect(page.get_by_role("heading", name="Quill")).to_be_visible()
        look(page)
        page.get_by_role("link", name="I have read it").click()
        page.get_by_role("link", name="Your key").click()
        expect(page.get_by_text("You have seen the name")).to_be_visible()
        page.go_back()
        with pytest.raises(Error, match="ERR_CACHE_MISS"):  # the browser has nothing to show again
            page.go_back()
    complaints.forgive("Failed to load resource")  # a form that was refused; going back
