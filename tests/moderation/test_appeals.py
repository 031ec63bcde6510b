"""Appeals: once against each decision, decided by somebody else, and read with both reasons."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.access import NotAllowed, Refused
from accounts.actions.leave import close
from accounts.models import Account
from anonymity.hour import hour_of
from forum.actions.appeal import appeal
from forum.actions.leave import leave
from forum.actions.withdraw import withdraw
from forum.models import Happening, Notice, Post, Thread
from forum.notices import fanout
from forum.silence import name_silence_of
from forum.states import State
from moderation import intake
from moderation.actions.appeals import grant, uphold_decision
from moderation.actions.claim import claim, hand_over
from moderation.actions.decide import decline, hold, publish
from moderation.actions.page import page_about_what_waits
from moderation.actions.redact import ask_to_redact, redact
from moderation.actions.sanction import agree, appeal_sanction, sanction
from moderation.actions.suggest import suggest_what_waits
from moderation.actions.undo import undo
from moderation.clock import SECOND_MODERATOR_AFTER
from moderation.models import Appeal, AuditEvent, Decision, Measure, QueueItem, Sanction
from moderation.rules import DecidedBefore, Party
from tests import make
from tests.forum import recount
from tests.moderation.appealing import DECLINED, WHY, WORDS, appealed, decided, heard


class TestOfADecline:
    def test_it_waits_in_the_queue_with_a_clock(self, declined, now):
        item = appealed(declined, now=now)
        assert (item.post, item.thread, item.hour) == (declined, declined.thread, hour_of(now))
        assert item.appeal.reason == DECLINED
        assert item.decide_by == hour_of(now) + timedelta(hours=24)
        assert AuditEvent.objects.get(kind="appeal.submitted").by is None

    def test_granted_the_text_waits_again_in_the_hands_of_who_granted_it(self, declined, mo, alice, now):
        decided(appealed(declined, now=now), grant, by=mo, now=now)
        declined.refresh_from_db()
        assert (declined.state, declined.note) == (State.PENDING, "")
        assert Thread.objects.get().state == State.PENDING
        again = make.item(declined)
        assert (again.kind, again.holder) == ("question", mo)
        assert heard(alice)[-1] == "appeal"
        publish(again, version=declined.version, by=mo, now=now)
        recount.check()

    def test_whoever_declined_it_does_not_decide_about_it_again(self, declined, mia, mo, now):
        decided(appealed(declined, now=now), grant, by=mo, now=now)
        again = make.item(declined)
        later = now + timedelta(hours=1)
        with pytest.raises(DecidedBefore):
            claim(again, by=mia, now=later)
        with pytest.raises(DecidedBefore):
            decline(again, DECLINED, version=1, by=mia, now=later)

    def test_upheld_it_stays_declined(self, declined, mo, alice, now):
        decided(appealed(declined, now=now), uphold_decision, by=mo, now=now)
        declined.refresh_from_db()
        assert (declined.state, declined.note) == (State.DECLINED, DECLINED)
        assert not QueueItem.objects.waiting().exists()
        assert heard(alice)[-1] == "appeal"

    def test_declined_anew_it_can_be_appealed_anew(self, declined, mo, third, now):
        decided(appealed(declined, now=now), grant, by=mo, now=now)
        decline(make.item(declined), "It names a school.", version=1, by=mo, now=now)
        declined.refresh_from_db()
        item = appealed(declined, now=now, words="No school is named in it. Please look once more.")
        with pytest.raises(DecidedBefore):
            claim(item, by=mo, now=now)
        claim(item, by=third, now=now)

    def test_a_reply_goes_back_alone(self, published_thread, vera, mia, mo, now):
        view = make.post(published_thread, "perspective", author=vera, state="declined", by=mia, now=now)
        decided(appealed(view, now=now), grant, by=mo, now=now)
        view.refresh_from_db()
        assert view.state == State.PENDING
        assert Thread.objects.get().state == State.PUBLISHED
        publish(make.item(view), version=1, by=mo, now=now)
        recount.check()

    def test_it_can_be_done_once(self, declined, alice, mo, now):
        [found] = intake.decided_about([declined])
        appeal(found, WORDS, by=alice, now=now)
        with pytest.raises(Refused, match="already"):
            appeal(found, "And another thing, at some length.", by=alice, now=now)
        decided(QueueItem.objects.waiting().get(), uphold_decision, by=mo, now=now)
        with pytest.raises(Refused, match="already"):
            appeal(found, "And another thing, at some length.", by=alice, now=now)
        assert Appeal.objects.count() == 1

    def test_the_same_form_twice_makes_one(self, declined, alice, now):
        for _ in range(2):
            [found] = intake.decided_about([declined])
            appeal(found, WORDS, by=alice, now=now)
        assert QueueItem.objects.waiting().count() == 1

    def test_only_its_author_can(self, declined, carol, now):
        [found] = intake.decided_about([declined])
        with pytest.raises(NotAllowed):
            appeal(found, WORDS, by=carol, now=now)

    def test_the_decision_is_not_undone_meanwhile(self, declined, mia, now):
        appealed(declined, now=now)
        with pytest.raises(Refused, match="appealed meanwhile"):
            undo(QueueItem.objects.get(kind="question"), by=mia, now=now)

    def test_an_appeal_is_not_undone(self, declined, mo, now):
        item = appealed(declined, now=now)
        decided(item, uphold_decision, by=mo, now=now)
        with pytest.raises(NotAllowed, match="once"):
            undo(item, by=mo, now=now)

    def test_withdrawn_meanwhile_nothing_is_left_of_it(self, declined, alice, mo, now):
        item = appealed(declined, now=now)
        with pytest.raises(NotAllowed, match="can't be decided so"):
            publish(item, version=1, by=mo, now=now)
        withdraw(declined.thread, by=alice, now=now)
        assert not Appeal.objects.exists()
        assert not QueueItem.objects.waiting().exists()
        assert intake.decided_about(declined.thread.posts.all()) == []

    @pytest.mark.parametrize("anonymous", [False, True])
    def test_whose_appeal_goes_with_the_thread_of_another_hears_of_it(
        self, published_thread, vera, alice, mia, now, anonymous
    ):
        view = make.post(
            published_thread,
            "perspective",
            author=vera,
            anonymous=anonymous,
            state="declined",
            by=mia,
            now=now,
        )
        appealed(view, now=now)
        withdraw(published_thread, by=alice, now=now)
        fanout.tell_all()
        assert not QueueItem.objects.waiting().exists()
        assert heard(vera)[-1] == "gone"
        assert "gone" not in heard(alice)

    def test_withdrawn_afterwards_its_words_and_the_reasons_are_gone(self, declined, alice, mo, now):
        decided(appealed(declined, now=now), uphold_decision, by=mo, now=now)
        withdraw(declined.thread, by=alice, now=now)
        assert Appeal.objects.get().words == ""
        assert not Decision.objects.exclude(note="").exists()

    def test_held_the_text_stays_as_it_is(self, declined, mo, now):
        item = appealed(declined, now=now)
        claim(item, by=mo, now=now)
        hold(item, "Waiting for Tess.", version=1, by=mo, now=now)
        declined.refresh_from_db()
        assert declined.state == State.DECLINED
        assert item.hold_reason == "Waiting for Tess."


class TestOfARedaction:
    def test_neither_of_the_two_decides(self, redacted, mia, mo, third, now):
        item = appealed(redacted, now=now)
        for by in (mia, mo):
            with pytest.raises(DecidedBefore):
                claim(item, by=by, now=now)
            with pytest.raises(NotAllowed):
                hand_over(item, by, "Please look at this.", by=third, now=now)
        claim(item, by=third, now=now)

    def test_granted_it_is_told_and_brings_nothing_back(self, redacted, third, alice, now):
        decided(appealed(redacted, now=now), grant, by=third, now=now)
        assert heard(alice)[-1] == "appeal"
        assert "climbing" not in Post.objects.get().body
        assert not QueueItem.objects.waiting().exists()

    def test_of_two_within_an_hour_each_is_its_authors_to_appeal(self, published_thread, mia, mo, vera, now):
        view = make.post(published_thread, "perspective", author=vera, by=mia, now=now)
        question = make.question(published_thread)
        for word, reason in (("warmly", "The first."), ("climbing", "The second.")):
            asked = ask_to_redact(published_thread, word, reason, hidden=False, by=mia, now=now)
            redact(asked, by=mo, now=now)
        for post, reason in ((view, "The first."), (question, "The second.")):
            assert [each.reason for each in intake.decided_about([post])] == [reason]

    def test_whose_text_was_not_changed_has_nothing_to_appeal(self, redacted, mo, now):
        reply = make.post(redacted.thread, author=mo, now=now)
        assert intake.decided_about([reply]) == []

    def test_who_wrote_the_title_alone_can_appeal_as_well(self, mia, mo, alice, now):
        thread = make.thread("published", author=alice, by=mia, now=now, title="May I hire Zebulon this year")
        asked = ask_to_redact(thread, "Zebulon", make.REASON, hidden=False, by=mia, now=now)
        redact(asked, by=mo, now=now)
        appealed(make.question(thread), now=now)

    def test_words_removed_later_leave_the_appeal_too(self, redacted, mia, mo, now):
        appealed(redacted, now=now, words="The dinner should have stayed, it is not a name.")
        asked = ask_to_redact(redacted.thread, "dinner", make.REASON, hidden=False, by=mia, now=now)
        redact(asked, by=mo, now=now)
        assert Appeal.objects.get().words == "The [removed] should have stayed, it is not a name."

    def test_its_words_go_with_the_account_that_wrote_under_its_name(self, redacted, alice, mo, now):
        item = appealed(redacted, now=now, words="I am the Alice of the paper in Durango, so look again.")
        leave(alice, keep_name=False, now=now)
        assert not QueueItem.objects.filter(pk=item.pk).exists()
        assert not Appeal.objects.exists()

    def test_two_appeals_about_one_text_can_wait(self, redacted, mia, mo, now):
        appealed(redacted, now=now)
        later = now + timedelta(hours=2)
        asked = ask_to_redact(redacted.thread, "dinner", make.REASON, hidden=False, by=mia, now=later)
        redact(asked, by=mo, now=later)
        [found] = [each for each in intake.decided_about([redacted]) if not each.appeal]
        appeal(found, WORDS, by=redacted.author, now=later)
        assert QueueItem.objects.waiting().filter(kind="appeal").count() == 2


class TestOfASanction:
    def appealed(self, given: Sanction, now) -> QueueItem:
        appeal_sanction(given, WORDS, by=given.account, now=now)
        return QueueItem.objects.waiting().get(kind="appeal", appeal__sanction=given)

    def test_granted_it_ends_from_that_moment(self, paused, vera, mo, now):
        item = self.appealed(paused, now)
        later = now + timedelta(hours=2)
        decided(item, grant, by=mo, now=later)
        paused.refresh_from_db()
        assert paused.lifted_hour == hour_of(later)
        assert name_silence_of(vera, now=later) is None
        assert heard(vera) == ["sanction", "answered"]
        assert AuditEvent.objects.get(kind="appeal.granted").about == f"account {vera.pk}"

    def test_upheld_it_goes_on(self, paused, vera, mo, now):
        decided(self.appealed(paused, now), uphold_decision, by=mo, now=now)
        assert name_silence_of(vera, now=now)
        assert heard(vera) == ["sanction", "answered"]

    def test_who_gave_it_does_not_decide_nor_who_seconded_it(self, vera, mia, mo, third, now):
        asked = sanction(vera, Measure.SUSPENSION, make.REASON, hours=24, by=mia, now=now)
        agree(asked, by=mo, now=now)
        item = self.appealed(asked, now)
        for by in (mia, mo):
            with pytest.raises(DecidedBefore):
                claim(item, by=by, now=now)
            with pytest.raises(DecidedBefore):
                grant(item, WHY, version=1, by=by, now=now)
        claim(item, by=third, now=now)

    def test_a_moderator_does_not_decide_about_their_own(self, mia, mo, now):
        item = self.appealed(sanction(mia, Measure.WARNING, make.REASON, by=mo, now=now), now)
        with pytest.raises(Party):
            claim(item, by=mia, now=now)

    def test_it_can_be_done_once_and_by_nobody_else(self, paused, vera, carol, now):
        with pytest.raises(NotAllowed):
            appeal_sanction(paused, WORDS, by=carol, now=now)
        appeal_sanction(paused, WORDS, by=vera, now=now)
        appeal_sanction(paused, WORDS, by=vera, now=now)
        with pytest.raises(Refused, match="already"):
            appeal_sanction(Sanction.objects.get(), "And another thing, at some length.", by=vera, now=now)
        assert Appeal.objects.count() == 1

    def test_it_goes_with_the_account(self, paused, vera, now):
        self.appealed(paused, now)
        leave(vera, keep_name=False, now=now)
        close(vera)
        assert not QueueItem.objects.exists()

    def test_held_and_handed_over(self, paused, mo, third, now):
        item = self.appealed(paused, now)
        claim(item, by=mo, now=now)
        hand_over(item, third, "You know more of this.", by=mo, now=now)
        hold(item, "Waiting for Mo.", version=1, by=third, now=now)
        assert item.hold_reason == "Waiting for Mo."


def test_who_declined_it_first_does_not_decide_when_it_is_appealed_again(declined, mia, mo, third, now):
    decided(appealed(declined, now=now), grant, by=mo, now=now)
    decline(make.item(declined), DECLINED, version=1, by=mo, now=now)
    declined.refresh_from_db()
    item = appealed(declined, now=now)
    for by in (mia, mo):
        with pytest.raises(DecidedBefore):
            claim(item, by=by, now=now)
    claim(item, by=third, now=now)


def test_what_waits_too_long_is_told_to_somebody_who_may_decide(declined, mia, mo, client, now):
    appealed(declined, now=now)
    page_about_what_waits(now + SECOND_MODERATOR_AFTER + timedelta(hours=1))
    [notice] = Notice.objects.filter(event__happening=Happening.UNHEARD)
    assert notice.account == mo
    client.force_login(mo)
    assert client.get(f"/inbox/{notice.pk}/").headers["Location"] == "/moderation/queue/"
    Account.objects.filter(pk=mo.pk).update(is_moderator=False)
    assert client.get(f"/inbox/{notice.pk}/").status_code == 404


def test_it_is_suggested_to_somebody_who_may_decide(declined, paused, vera, mia, mo, now):
    appealed(declined, now=now)
    appeal_sanction(paused, WORDS, by=vera, now=now)
    assert suggest_what_waits(now) == 2
    assert {item.suggested_to for item in QueueItem.objects.waiting()} == {mo}
    [told] = Notice.objects.filter(event__happening=Happening.SUGGESTED)
    assert told.event.post == declined


def test_an_item_is_of_a_post_or_the_appeal_of_a_sanction(declined, paused, now):
    for wrong in ({"kind": "question"}, {"kind": "appeal"}, {"kind": "flag", "post": declined}):
        with transaction.atomic(), pytest.raises(IntegrityError):
            QueueItem.objects.create(hour=hour_of(now), **wrong)
    for wrong in ({}, {"sanction": paused, "post": declined}):
        with transaction.atomic(), pytest.raises(IntegrityError):
            Appeal.objects.create(words=WORDS, **wrong)
