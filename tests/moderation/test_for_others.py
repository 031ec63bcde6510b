"""What the queue offers to take: nothing that would be refused; of anonymous texts, the same to everybody."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from accounts.actions.employers import declare_employers
from forum.actions.flag import flag
from forum.models import Facet, Reason
from moderation.actions.claim import claim, step_back
from moderation.actions.decide import publish
from moderation.actions.suggest import suggest_what_waits
from moderation.models import QueueItem
from tests import make

HOSPITAL = "St. Mary's Hospital"


@pytest.fixture
def now():
    return timezone.now()


def row(client: Client) -> str:
    """The only row of the list, without what differs every time."""
    page = client.get("/moderation/queue/").content.decode()
    [found] = re.findall(r'<li class="entry.*?</li>\s*</ol>', page, re.DOTALL)
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", found)


def test_a_text_of_ones_own_name_waits_for_a_colleague(mia, mo, now):
    make.thread(author=mia, now=now)
    assert "Take it" not in row(make.browser(mia))
    assert "For a colleague" in row(make.browser(mia))
    assert "Take it" in row(make.browser(mo))


def test_so_does_what_others_write_in_ones_thread(mia, mo, vera, now):
    thread = make.thread("published", author=mia, by=mo, now=now)
    make.post(thread, "perspective", author=vera, state="pending", now=now)
    assert "For a colleague" in row(make.browser(mia))


def test_so_does_a_text_from_the_same_place_of_work(alice, mia, mo, now):
    for who in (alice, mia):
        declare_employers([HOSPITAL], by=who, now=now)
    make.thread(author=alice, now=now)
    assert "For a colleague" in row(make.browser(mia))
    assert "Take it" in row(make.browser(mo))


def test_so_does_a_flag_of_ones_own_reply(consultation, carol, mia, mo, now):
    flag(consultation, Reason.IDENTIFIES, account=carol, now=now)
    assert "For a colleague" in row(make.browser(mo))
    assert "Take it" in row(make.browser(mia))


def test_so_does_what_one_stepped_back_from(pending_item, mia, mo, now):
    step_back(pending_item, by=mia, now=now)
    assert "For a colleague" in row(make.browser(mia))
    assert "Take it" in row(make.browser(mo))


def test_an_anonymous_text_looks_the_same_to_whoever_wrote_it_and_works_with_them(alice, mia, mo, now):
    for who in (alice, mia, mo):
        declare_employers([HOSPITAL], by=who, now=now)
    make.thread(author=mia, anonymous=True, now=now)
    other = make.moderator("Mel")
    rows = {row(make.browser(viewer)) for viewer in (mia, mo, other)}
    assert len(rows) == 1
    assert "Take it" in rows.pop()


def test_which_colleague_has_it_is_not_told_to_whom_it_is_about(tags, mia, mo, now):
    conduct = make.tag(Facet.TOPIC, "colleague-conduct")
    thread = make.thread(author=mia, tags=["professional-counselor", "us-co", conduct], now=now)
    publish(make.item(thread), version=1, by=mo, now=now)
    ned = make.moderator("Ned")
    suggest_what_waits(now)
    assert QueueItem.objects.get().suggested_to == ned
    claim(make.item(thread), by=ned, now=now)
    mias = row(make.browser(mia))
    assert "One of two: a colleague has agreed" in mias
    assert "Mo" not in mias.replace("Most", "")
    assert "Ned" not in mias
    assert "Ned is reading this" in row(make.browser(mo))
