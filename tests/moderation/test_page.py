"""Paging: what waits over 36 hours is told to a second moderator, once, whatever happens to the worker."""

from datetime import timedelta

import pytest
from django.utils import timezone

from anonymity.hour import hour_of
from forum.models import Happening, Notice
from forum.notices import fanout
from forum.notices.inbox import Inbox
from moderation.actions.claim import claim
from moderation.actions.page import page_about_what_waits
from moderation.clock import SECOND_MODERATOR_AFTER
from tests import make
from tests.races import at_once


@pytest.fixture
def late(now):
    """The hour in which a question that came in at `now` has waited long enough."""
    return hour_of(now) + SECOND_MODERATOR_AFTER


def paged() -> list[str]:
    notices = Notice.objects.filter(event__happening=Happening.WAITING).order_by("pk")
    return [notice.account.display_name for notice in notices]


def test_a_text_that_waits_is_told_of_once_when_it_is_time(pending_item, mia, late):
    assert page_about_what_waits(late - timedelta(seconds=1)) == 0
    assert page_about_what_waits(late) == 1
    assert page_about_what_waits(late + timedelta(days=1)) == 0
    assert paged() == ["Mia"]


def test_what_is_decided_is_told_to_nobody(pending_thread, mia, now, late):
    make.decide_on(make.question(pending_thread), "published", by=mia, now=now)
    assert page_about_what_waits(late) == 0


def test_it_is_never_who_holds_it_and_there_has_to_be_another(pending_item, mia, late):
    claim(pending_item, by=mia, now=late)
    assert page_about_what_waits(late) == 0
    make.moderator("Mo")
    assert page_about_what_waits(late) == 1
    assert paged() == ["Mo"]


def test_they_take_turns_and_nobody_is_asked_about_their_own_under_a_name(mia, mo, now, late):
    for _ in range(2):
        make.thread(now=now)
    make.thread(author=mia, now=now + timedelta(hours=1))
    make.thread(author=mia, now=now + timedelta(hours=1))
    page_about_what_waits(late + timedelta(hours=1))
    assert sorted(paged()) == ["Mia", "Mo", "Mo", "Mo"]


def test_who_wrote_anonymously_is_asked_like_everybody(mia, mo, now, late):
    for _ in range(2):
        make.thread(author=mia, anonymous=True, now=now)
    page_about_what_waits(late)
    assert sorted(paged()) == ["Mia", "Mo"]


def test_a_worker_that_is_killed_leaves_all_or_nothing(pending_item, mia, late, monkeypatch):
    def killed(*args, **kwargs):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(Notice.objects, "create", killed)
        with pytest.raises(SystemExit):
            page_about_what_waits(late)
    pending_item.refresh_from_db()
    assert not pending_item.paged
    assert page_about_what_waits(late) == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_at_once_one_tells(pending_item, mia, mo, late):
    at_once(4, lambda _: page_about_what_waits(late))
    assert len(paged()) == 1


def test_the_notice_leads_to_the_item_and_goes_with_the_role(client, mia, mo):
    thread = make.thread(now=timezone.now() - timedelta(hours=40), title="A text that waits and waits")
    page_about_what_waits(timezone.now())
    [notice] = Notice.objects.all()
    client.force_login(mia)
    inbox = client.get("/inbox/").content.decode()
    assert "A text has waited long for a moderator" in inbox
    assert thread.title in inbox
    opened = client.get(f"/inbox/{notice.pk}/")
    assert opened.headers["Location"] == make.item(thread).get_absolute_url()
    mia.is_moderator = False
    mia.save()
    assert thread.title not in client.get("/inbox/").content.decode()
    assert client.get(f"/inbox/{notice.pk}/").status_code == 404
    assert not Inbox(mia).notices.exists()


def test_the_notice_reaches_open_pages(
    pending_item, mia, late, django_capture_on_commit_callbacks, monkeypatch
):
    told = []
    monkeypatch.setattr(fanout.vault, "nudge_accounts", told.extend)
    with django_capture_on_commit_callbacks(execute=True):
        page_about_what_waits(late)
    assert told == [mia]
