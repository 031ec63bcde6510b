"""What is suggested to a moderator stands in the head of every page, also of one that is open already."""

from playwright.sync_api import expect

BOARD = """
import json
from django.test import Client
from tests import make

mia = make.moderator("Mia", email=f"mia-{nonce}@example.org")
browser = Client()
browser.force_login(mia)
item = make.item(make.thread(title="A text that is for Mia"))
print(json.dumps({"session": browser.cookies["sessionid"].value, "mia": mia.pk, "item": str(item.pk)}))
"""
SUGGEST = """
from moderation.models import QueueItem
from django.utils import timezone
changed = QueueItem.objects.filter(pk=item).update(suggested_to_id=mia, suggested_hour=timezone.now())
print(changed)
"""


def test_the_count_comes_to_open_pages_and_leads_to_what_is_suggested(site, new_browser_context):
    board = site.make(BOARD)
    context = new_browser_context()
    context.add_cookies([{"name": "sessionid", "value": board["session"], "url": site.url}])
    page, other = context.new_page(), context.new_page()
    page.goto("/")
    expect(page.locator("#live-connection")).to_have_attribute("data-state", "open")
    expect(page.locator("#for-you")).to_be_hidden()
    assert site.make(SUGGEST, mia=board["mia"], item=board["item"]) == 1
    other.goto("/tags/")  # which asks for news, and tells the other tabs
    expect(page.get_by_role("link", name="1 for you")).to_be_visible()
    page.get_by_role("link", name="1 for you").click()
    expect(page.locator(".queue h2")).to_have_text(["A text that is for Mia"])
    expect(page.get_by_label("For whom")).to_have_value("you")
