"""Nothing is lost: not when the web process is killed, not when Redis is."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import confirm

TITLE = "A neighbour turns out to be the mother of my client"
BODY = """We have lived next door to each other for six years and share a hedge. Last week she saw me in the
waiting room when she brought her daughter, and asked over the hedge that evening how it is going."""
ACCOUNTS = """
import json
from django.test import Client
from tests import make

def session(account):
    browser = Client()
    browser.force_login(account)
    return browser.cookies["sessionid"].value

author, mo = make.account(email=f"kit-{nonce}@example.org"), make.moderator(email=f"mo-{nonce}@example.org")
print(json.dumps([session(author), session(mo)]))
"""


@pytest.fixture
def windows(site, server, new_browser_context):
    """A page of a member and one of a moderator, signed in at the test's own server."""
    pages = []
    for session in site.make(ACCOUNTS):
        context = new_browser_context(base_url=server.url)
        context.add_cookies([{"name": "sessionid", "value": session, "url": server.url}])
        pages.append(context.new_page())
    return pages


def fill_in(page: Page, title: str) -> None:
    page.goto("/ask/")
    page.get_by_label("Your question in one line").fill(title)
    page.locator("[name=body]").fill(BODY)
    page.locator("input[name=discipline]").first.check()
    page.locator("input[name=jurisdiction]").first.check()
    page.locator("[name=identity][value=anonymous]").check()


def test_a_question_outlives_a_web_process_killed_right_after_its_answer(server, windows, complaints):
    author, moderator = windows
    title = f"{TITLE} {server.port}"
    fill_in(author, title)
    with author.expect_response(lambda response: response.request.method == "POST") as answer:
        author.get_by_role("button", name="Send to the moderators").click(no_wait_after=True)
    server.kill()
    assert answer.value.status == 303
    server.start()
    moderator.goto("/moderation/queue/")
    expect(moderator.locator("#queue")).to_contain_text(title)
    author.goto("/my/anonymous/")
    confirm(author)
    expect(author.locator("main")).to_contain_text(title)
    for part in ("ERR_CONNECTION", "ERR_EMPTY_RESPONSE", "WebSocket connection", "Failed to load"):
        complaints.forgive(part)


def test_posting_goes_on_without_redis_and_the_notice_comes_at_the_next_poll(
    windows, server, redis, complaints
):
    author, moderator = windows
    title = f"{TITLE} {server.port}"
    fill_in(author, title)
    expect(author.locator("#live-connection")).to_have_attribute("data-state", "open")
    redis.kill()
    author.get_by_role("button", name="Send to the moderators").click()
    expect(author).to_have_url(re.compile("/ask/sent/$"))
    moderator.goto("/moderation/queue/")
    moderator.get_by_role("link", name=title).click()
    moderator.get_by_role("button", name="Take it").click()
    moderator.get_by_role("button", name="Publish it").click()
    expect(moderator.locator("h1")).to_have_text(title)
    author.goto("/inbox/since/0/")
    expect(author.locator("body")).to_contain_text("Something new in your inbox")
    for part in ("WebSocket", "Failed to load"):
        complaints.forgive(part)
