"""A declined author appeals, another moderator grants it, and the author reads both reasons."""

from playwright.sync_api import Page, expect

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

lou = make.account("Lou", email=f"lou-{nonce}@example.org")
first = make.moderator("Mia", email=f"mia-{nonce}@example.org")
second = make.moderator("Mo", email=f"mo-{nonce}@example.org")
make.thread("declined", author=lou, anonymous=True, by=first, title="A question that was declined too soon")
print(json.dumps({"lou": session(lou), "mia": session(first), "mo": session(second)}))
"""
TITLE = "A question that was declined too soon"
FIRST = "This asks for legal advice"
APPEAL = "It asks how to say no to her kindly, and nothing about the law. Please look again."
SECOND = "The question is one of ethics, as its author says."


def test_a_declined_author_appeals_and_reads_both_reasons(site, new_browser_context):
    board = site.make(BOARD)
    pages: dict[str, Page] = {}
    for name, value in board.items():
        context = new_browser_context()
        context.add_cookies([{"name": "sessionid", "value": value, "url": site.url}])
        pages[name] = context.new_page()
    author, first, second = pages["lou"], pages["mia"], pages["mo"]

    # The author, behind the password, appeals ...
    author.goto("/my/anonymous/")
    confirm(author)
    author.get_by_role("link", name=TITLE).click()
    expect(author.locator(".own-posts")).to_contain_text(FIRST)
    author.get_by_text("Appeal to another moderator").press("Enter")
    author.get_by_label("Why it should be looked at again").fill(APPEAL)
    author.get_by_role("button", name="Send the appeal").click()
    expect(author.locator(".own-posts")).to_contain_text("A moderator who had no part in the decision")

    # ... whoever declined it is told why it is not theirs ...
    first.goto("/moderation/queue/?kind=appeal")
    first.get_by_role("link", name=TITLE).click()
    expect(first.locator("#decision")).to_contain_text("You took part in the first decision")

    # ... and another moderator grants it, with the text at once in their hands ...
    second.goto("/moderation/queue/?kind=appeal")
    second.get_by_role("link", name=TITLE).click()
    second.get_by_role("button", name="Take it").click()
    expect(second.locator("main")).to_contain_text(APPEAL)
    assert_accessible(second)
    second.locator("summary", has_text="Grant the appeal").press("Enter")
    granted = second.locator("form[action$='/grant/']")
    granted.get_by_label("Why").fill(SECOND)
    granted.get_by_role("button", name="Grant it").click()
    second.get_by_role("button", name="Publish it").click()
    expect(second.locator("h1")).to_have_text(TITLE)

    # ... and the author finds both reasons beside the appeal.
    author.reload()
    for words in (FIRST, APPEAL, SECOND):
        expect(author.locator(".own-posts")).to_contain_text(words)
    assert_accessible(author)
