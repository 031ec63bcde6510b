"""Every page, as a visitor, a clinician and a moderator meet it.

No violation by axe in light or dark, no sideways scroll at 320 pixels, no error in the console.
"""

import json
import time

import pytest

from tests.browser.axe import assert_accessible

BOARD = """
import json
from datetime import timedelta
from django.test import Client
from forum.notices import fanout
from tests import make

def session(account):
    browser = Client()
    browser.force_login(account)
    return browser.cookies["sessionid"].value

vera = make.account("Vera", email=f"vera-{nonce}@example.org", is_verified=True)
mo = make.moderator("Mo", email=f"mo-{nonce}@example.org")
thread = make.thread("published", author=vera, by=mo)
make.post(thread, author=mo, red_flag="Say this aloud to somebody first.", aspects=["ethical"])
make.post(thread, "update", by=mo, outcomes=["went-badly"])
returned = make.thread("returned", author=vera, by=mo, title="A text that came back with a note")
waiting = make.thread(author=vera, title="A question that waits for a moderator")
tomorrow = make.NOW + timedelta(days=1)
gone = make.thread("withdrawn", author=vera, by=mo, now=tomorrow, title="A thread that was withdrawn")
fanout.tell_all()
print(json.dumps({
    "vera": session(vera), "mo": session(mo),
    "thread": thread.get_absolute_url(), "gone": gone.get_absolute_url(),
    "mine": f"/my/threads/{thread.public_id}/", "returned": f"/my/threads/{returned.public_id}/",
    "item": make.item(waiting).get_absolute_url(),
}))
"""
PAGES = {
    None: [
        "/", "/?discipline=psychologist&sort=active", "{thread}", "{gone}", "/tags/",
        "/tags/jurisdiction/us/", "/search/", "/search/?q=gym", "/accounts/login/",
        "/accounts/signup/", "/accounts/password/reset/", "/no/such/page/",
    ],
    "vera": [
        "/", "{thread}", "/ask/", "/ask/sent/", "/inbox/", "/my/threads/", "{mine}", "{returned}",
        "/my/anonymous/", "/my/settings/profile/", "/accounts/email/", "/accounts/password/change/",
        "/accounts/logout/",
    ],
    "mo": ["{thread}", "/moderation/queue/", "{item}"],
}  # fmt: skip


@pytest.mark.parametrize("who", PAGES)
def test_every_page_is_accessible_in_light_and_dark_and_fits_a_small_phone(
    site, new_browser_context, complaints, who
):
    made = site.manage("shell", "-v", "0", "-c", f"nonce = {time.monotonic_ns()}\n{BOARD}").splitlines()[-1]
    board = json.loads(made)
    context = new_browser_context(reduced_motion="reduce", viewport={"width": 320, "height": 700})
    if who:
        context.add_cookies([{"name": "sessionid", "value": board[who], "url": site.url}])
    page = context.new_page()
    for address in PAGES[who]:
        page.goto(address.format(**board))
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, page.url
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert_accessible(page)
    complaints.forgive("Failed to load resource")  # the pages of what is not there, or not any more
