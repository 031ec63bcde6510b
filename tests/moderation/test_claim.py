"""Claiming: one moderator at a time, for twenty minutes."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections

from accounts.access import NotAllowed
from accounts.actions.appoint import appoint
from accounts.models import Account
from forum.actions.withdraw import withdraw
from moderation.actions.claim import CLAIM_LASTS, AlreadyClaimed, claim, hand_over, release
from moderation.actions.undo import KEPT_WITH_NOTES, forget_notes
from moderation.models import AuditEvent, QueueItem
from tests import make

SECOND = timedelta(seconds=1)
NOTE = "Please look at the last sentence, I am not sure of it."


def test_a_claim_keeps_colleagues_out_until_it_runs_out(pending_item, mia, mo, now):
    claim(pending_item, by=mia, now=now)
    with pytest.raises(AlreadyClaimed):
        claim(pending_item, by=mo, now=now + CLAIM_LASTS - SECOND)
    assert pending_item.holder == mia
    claim(pending_item, by=mo, now=now + CLAIM_LASTS)
    assert pending_item.holder == mo


def test_its_holder_renews_a_claim_without_a_second_entry_in_the_record(pending_item, mia, mo, now):
    claim(pending_item, by=mia, now=now)
    claim(pending_item, by=mia, now=now + CLAIM_LASTS - SECOND)
    with pytest.raises(AlreadyClaimed):
        claim(pending_item, by=mo, now=now + CLAIM_LASTS + SECOND)
    event = AuditEvent.objects.get(kind="item.claimed")
    assert (event.by, event.about) == (mia, f"queue item {pending_item.pk}")


def test_what_is_put_back_is_free_for_a_colleague(pending_item, mia, mo, now):
    claim(pending_item, by=mia, now=now)
    release(pending_item, by=mo, now=now)
    assert pending_item.holder == mia
    release(pending_item, by=mia, now=now)
    assert pending_item.holder is None
    claim(pending_item, by=mo, now=now)
    assert pending_item.holder == mo


def test_a_hold_goes_to_a_colleague_with_a_note_that_ends_after_the_decision(pending_item, mia, mo, now):
    claim(pending_item, by=mia, now=now)
    later = now + CLAIM_LASTS - SECOND
    hand_over(pending_item, mo, NOTE, by=mia, now=later)
    assert (pending_item.holder, pending_item.handover_note) == (mo, NOTE)
    assert pending_item.held_until == later + CLAIM_LASTS
    assert AuditEvent.objects.get(kind="item.handed-over").by == mia
    with pytest.raises(AlreadyClaimed, match="Mo is reading this"):
        claim(pending_item, by=mia, now=later)
    make.decide_on(pending_item.post, "published", by=mo, now=later)
    assert NOTE not in make.browser(mia).get(pending_item.get_absolute_url()).content.decode()
    forget_notes(later + KEPT_WITH_NOTES)
    pending_item.refresh_from_db()
    assert pending_item.handover_note == ""


def test_only_its_holder_hands_a_text_over(pending_item, mia, mo, now):
    with pytest.raises(AlreadyClaimed):
        hand_over(pending_item, mo, NOTE, by=mia, now=now)
    claim(pending_item, by=mia, now=now)
    with pytest.raises(AlreadyClaimed, match="Mia is reading this"):
        hand_over(pending_item, make.moderator(), NOTE, by=mo, now=now)
    with pytest.raises(AlreadyClaimed, match="has run out"):
        hand_over(pending_item, mo, NOTE, by=mia, now=now + CLAIM_LASTS)
    pending_item.refresh_from_db()
    assert (pending_item.holder, pending_item.handover_note) == (mia, "")


@pytest.mark.parametrize("who", ["carol", "admin", "mia"])
def test_a_text_is_handed_over_to_another_moderator(pending_item, request, mia, now, who):
    claim(pending_item, by=mia, now=now)
    with pytest.raises(NotAllowed):
        hand_over(pending_item, request.getfixturevalue(who), NOTE, by=mia, now=now)


def test_a_named_text_is_not_handed_to_its_author_and_an_anonymous_one_to_anybody(mia, mo, now):
    named, anonymous = (make.item(make.thread(author=mo, anonymous=how)) for how in (False, True))
    for item in (named, anonymous):
        claim(item, by=mia, now=now)
    with pytest.raises(NotAllowed):
        hand_over(named, mo, NOTE, by=mia, now=now)
    hand_over(anonymous, mo, NOTE, by=mia, now=now)
    assert anonymous.holder == mo


@pytest.mark.parametrize("deed", ["signs out", "is demoted"])
def test_what_a_moderator_holds_is_free_when_they_go(client, pending_item, mia, mo, now, deed):
    client.force_login(mia)
    claim(pending_item, by=mia, now=now)
    if deed == "signs out":
        client.post("/accounts/logout/")
    else:
        appoint(mia, "member", now=now)
    claim(pending_item, by=mo, now=now)
    assert AuditEvent.objects.get(kind="item.released").by == mia


@pytest.mark.parametrize("who", ["carol", "alice", "vera", "admin"])
def test_only_moderators_claim(pending_item, request, now, who):
    with pytest.raises(NotAllowed):
        claim(pending_item, by=request.getfixturevalue(who), now=now)
    pending_item.refresh_from_db()
    assert pending_item.holder is None


def test_a_moderators_own_question_is_for_a_colleague(mia, mo, now):
    item = make.item(make.thread(author=mia))
    with pytest.raises(NotAllowed, match="so a colleague decides"):
        claim(item, by=mia, now=now)
    claim(item, by=mo, now=now)


def test_a_moderators_anonymous_question_is_like_any_other(mia, mo, now):
    """A refusal would tell whose it is."""
    item = make.item(make.thread(author=mia, anonymous=True))
    claim(item, by=mia, now=now)
    release(item, by=mia, now=now)
    claim(item, by=mo, now=now)


def test_a_decided_item_is_not_claimed(pending_thread, mia, mo, now):
    item = make.item(pending_thread)
    make.decide_on(make.question(pending_thread), "published", by=mia, now=now)
    with pytest.raises(AlreadyClaimed):
        claim(item, by=mo, now=now)


@pytest.mark.parametrize("anonymous", [False, True])
def test_what_its_author_withdrew_waits_no_longer(alice, mia, now, anonymous):
    thread = make.thread(author=alice, anonymous=anonymous)
    item = make.item(thread)
    withdraw(thread, by=make.opener(thread), now=now)
    with pytest.raises(AlreadyClaimed):
        claim(item, by=mia, now=now)
    assert not QueueItem.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_ten_claims_at_once_exactly_one_wins(now):
    item = make.item(make.thread(author=make.account("Alice"), now=now))
    moderators = [make.moderator() for _ in range(10)]

    def attempt(moderator: Account) -> bool:
        try:
            claim(QueueItem.objects.get(pk=item.pk), by=moderator, now=now)
        except AlreadyClaimed:
            return False
        else:
            return True
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        won = list(pool.map(attempt, moderators))
    assert won.count(True) == 1
    item.refresh_from_db()
    assert item.holder == moderators[won.index(True)]
    assert AuditEvent.objects.filter(kind="item.claimed").count() == 1
