"""Stepping back, and what one is party to: who is kept from an item, in the queue and on a thread's page."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions.employers import declare_employers
from accounts.models import Account
from forum.actions.appeal import appeal
from forum.actions.flag import flag
from forum.actions.revise import resubmit_question
from forum.actions.withdraw import withdraw
from forum.models import Happening, Notice
from moderation import intake
from moderation.actions.appeals import uphold_decision
from moderation.actions.claim import AlreadyClaimed, claim, forget_recusals, hand_over, step_back
from moderation.actions.decide import publish
from moderation.actions.flags import dismiss, show
from moderation.actions.merge import merge, unmerge
from moderation.actions.page import page_about_what_waits
from moderation.actions.sanction import appeal_sanction, sanction
from moderation.actions.suggest import suggest_what_waits
from moderation.actions.threads import close, hide, reopen, unhide
from moderation.clock import SECOND_MODERATOR_AFTER
from moderation.models import AuditEvent, QueueItem, Recusal
from moderation.rules import SameEmployer, SteppedBack, kept_from, kept_from_each
from tests import make

HOSPITAL = "St. Mary's Hospital"


class TestSteppingBack:
    def test_the_hold_ends_at_once_and_nobody_reads_why(self, pending_item, mia, mo, now):
        claim(pending_item, by=mia, now=now)
        step_back(pending_item, by=mia, now=now)
        assert pending_item.holder is None
        event = AuditEvent.objects.get(kind="item.stepped-back")
        assert (event.by, event.about) == (mia, str(pending_item))
        claim(pending_item, by=mo, now=now)

    def test_it_is_for_good_and_counted_once(self, pending_item, mia, mo, now):
        for _ in range(2):
            step_back(pending_item, by=mia, now=now)
        assert AuditEvent.objects.filter(kind="item.stepped-back").count() == 1
        with pytest.raises(SteppedBack):
            claim(pending_item, by=mia, now=now)
        with pytest.raises(SteppedBack):
            publish(pending_item, version=1, by=mia, now=now)
        claim(pending_item, by=mo, now=now)
        with pytest.raises(Exception, match="another colleague"):
            hand_over(pending_item, mia, "Please look at this.", by=mo, now=now)

    def test_it_holds_when_the_text_comes_in_again(self, alice, mia, mo, now):
        thread = make.thread(author=alice, now=now)
        step_back(make.item(thread), by=mia, now=now)
        question = make.question(thread)
        make.decide_on(question, "returned", by=mo, now=now)
        question.refresh_from_db()
        resubmit_question(question, make.draft(), by=alice, now=now)
        with pytest.raises(SteppedBack):
            claim(make.item(thread), by=mia, now=now)

    def test_a_colleagues_hold_stays(self, pending_item, mia, mo, now):
        claim(pending_item, by=mo, now=now)
        step_back(pending_item, by=mia, now=now)
        assert pending_item.holder == mo

    def test_what_is_decided_is_left_by_nobody(self, pending_item, mia, mo, now):
        publish(pending_item, version=1, by=mo, now=now)
        with pytest.raises(AlreadyClaimed):
            step_back(pending_item, by=mia, now=now)
        assert not Recusal.objects.exists()

    def test_from_the_appeal_of_a_sanction(self, vera, mo, mia, now):
        given = sanction(vera, "warning", make.REASON, by=mo, now=now)
        appeal_sanction(given, "I wrote nothing of the kind, please look.", by=vera, now=now)
        item = QueueItem.objects.get()
        make.thread(now=now)
        step_back(item, by=mia, now=now)
        assert SteppedBack in kept_from(item).values()
        claim(QueueItem.objects.get(kind="question"), by=mia, now=now)

    def test_who_stepped_back_is_not_told_that_it_waits(self, pending_item, mia, mo, now):
        step_back(pending_item, by=mia, now=now)
        page_about_what_waits(now + SECOND_MODERATOR_AFTER + timedelta(hours=1))
        assert Notice.objects.get(event__happening=Happening.WAITING).account == mo

    def test_what_was_suggested_to_them_is_suggested_to_somebody_else(self, pending_item, mia, mo, now):
        suggest_what_waits(now)
        pending_item.refresh_from_db()
        first = pending_item.suggested_to
        step_back(pending_item, by=first, now=now)
        assert pending_item.suggested_to is None
        suggest_what_waits(now)
        pending_item.refresh_from_db()
        assert {first, pending_item.suggested_to} == {mia, mo}

    def test_by_the_button(self, pending_anonymous_thread, mia, mo):
        mias, item = make.browser(mia), make.item(pending_anonymous_thread)
        mias.post(f"{item.get_absolute_url()}claim/")
        page = mias.get(item.get_absolute_url()).content.decode()
        assert "too close to this" in page
        assert "whoever wrote something anonymously had better leave it lying" in page
        assert mias.post(f"{item.get_absolute_url()}step-back/").headers["Location"] == "/moderation/queue/"
        queue = mias.get("/moderation/queue/").content.decode()
        assert "For a colleague" in queue
        assert "Take it" not in queue
        assert "Nothing that waits fits" in mias.get("/moderation/queue/?hold=free").content.decode()
        assert "You stepped back from this" in mias.get(item.get_absolute_url()).content.decode()
        assert "Take it" in make.browser(mo).get("/moderation/queue/?hold=free").content.decode()

    def test_who_is_kept_from_many_costs_no_more_queries(self, alice, vera, mia, mo, now):
        declare_employers([HOSPITAL], by=alice, now=now)
        declare_employers([HOSPITAL], by=mo, now=now)
        costs = []
        for _ in range(2):
            for _ in range(3):
                given = sanction(vera, "warning", make.REASON, by=mia, now=now)
                appeal_sanction(given, "I wrote nothing of the kind, please look.", by=vera, now=now)
                now += timedelta(days=1)
                step_back(make.item(make.thread(author=alice, now=now)), by=mia, now=now)
            items = list(QueueItem.objects.select_related("post__thread", "appeal__sanction"))
            with CaptureQueriesContext(connection) as asked:
                kept = kept_from_each(items)
            assert {SteppedBack, SameEmployer} <= {why for each in kept.values() for why in each.values()}
            costs.append(len(asked))
        assert costs[0] == costs[1] == 5

    def test_more_items_cost_no_more_queries(self, mia, now):
        mias, costs = make.browser(mia), []
        for _ in range(2):
            for _ in range(5):
                step_back(make.item(make.thread(now=now)), by=mia, now=now)
            mias.get("/moderation/queue/")
            with CaptureQueriesContext(connection) as asked:
                mias.get("/moderation/queue/")
            costs.append(len(asked))
        assert costs[0] == costs[1]


class TestOnTheThreadsPage:
    """Who is kept from deciding about a text is kept from the same deeds beside the queue."""

    @pytest.fixture
    def now(self):
        return timezone.now()

    @pytest.fixture
    def works_with_alice(self, alice, mia, now):
        declare_employers([HOSPITAL], by=alice, now=now)
        declare_employers([HOSPITAL], by=mia, now=now)

    def flagged(self, post, *, by, now) -> QueueItem:
        flag(post, "identifies", at_once=True, account=by, now=now)
        post.refresh_from_db()
        return make.item(post)

    def test_a_reply_that_flags_hid(self, vera, carol, bob, mia, mo, now):
        thread = make.thread("published", author=bob, anonymous=True, by=mo, now=now)
        view = make.post(thread, "perspective", author=vera, by=mo, now=now)
        for who in (vera, mia):
            declare_employers(["A clinic"], by=who, now=now)
        self.flagged(view, by=carol, now=now)
        show_it = f"/moderation/posts/{view.pk}/show/"
        page = make.browser(mia).get(f"/moderation/threads/{thread.public_id}/").content.decode()
        assert show_it not in page
        assert "may work at the same place" in page
        assert make.browser(mia).post(show_it).status_code == 403
        view.refresh_from_db()
        assert view.state == "hidden"
        assert show_it in make.browser(mo).get(f"/moderation/threads/{thread.public_id}/").content.decode()
        show(view, by=mo, now=now)

    @pytest.mark.usefixtures("works_with_alice")
    def test_deeds_with_a_thread_of_whom_one_works_with(self, alice, carol, mia, mo, now):
        thread = make.thread("published", author=alice, by=mo, now=now)
        other = make.thread("published", author=carol, by=mo, now=now)
        for deed, *what in ((close, make.REASON), (hide, make.REASON), (merge, other)):
            with pytest.raises(SameEmployer):
                deed(thread, *what, by=mia, now=now)
        with pytest.raises(SameEmployer):
            merge(other, thread, by=mia, now=now)
        for done, undone, *what in (
            (close, reopen, make.REASON),
            (hide, unhide, make.REASON),
            (merge, unmerge, other),
        ):
            done(thread, *what, by=mo, now=now)
            with pytest.raises(SameEmployer):
                undone(thread, by=mia, now=now)
            undone(thread, by=mo, now=now)
            thread.refresh_from_db()
        page = make.browser(mia).get(f"/moderation/threads/{thread.public_id}/").content.decode()
        assert "may work at the same place" in page
        assert "Close the thread" not in page
        assert "Hide the thread" not in page

    def test_stepping_back(self, published_thread, carol, mia, mo, now):
        item = self.flagged(make.question(published_thread), by=carol, now=now)
        step_back(item, by=mia, now=now)
        published_thread.refresh_from_db()
        with pytest.raises(SteppedBack):
            unhide(published_thread, by=mia, now=now)
        page = make.browser(mia).get(f"/moderation/threads/{published_thread.public_id}/").content.decode()
        assert "You stepped back from this" in page
        assert "Show the thread again" not in page
        unhide(published_thread, by=mo, now=now)

    @pytest.mark.usefixtures("works_with_alice")
    def test_of_what_is_anonymous_nothing_is_compared(self, alice, vera, mia, mo, carol, now):
        thread = make.thread("published", author=alice, anonymous=True, by=mo, now=now)
        declare_employers([HOSPITAL], by=vera, now=now)
        view = make.post(thread, "perspective", author=vera, anonymous=True, by=mo, now=now)
        self.flagged(view, by=carol, now=now)
        with CaptureQueriesContext(connection) as asked:
            show(view, by=mia, now=now)
            hide(thread, make.REASON, by=mia, now=now)
        assert not [query for query in asked if "accounts_employer" in query["sql"]]

    def test_more_hidden_replies_cost_no_more_queries(self, published_thread, vera, carol, mia, mo, now):
        mos, costs = make.browser(mo), []
        for _ in range(2):
            for _ in range(3):
                view = make.post(published_thread, "perspective", author=vera, by=mia, now=now)
                self.flagged(view, by=make.account(), now=now)
            mos.get(f"/moderation/threads/{published_thread.public_id}/")
            with CaptureQueriesContext(connection) as asked:
                page = mos.get(f"/moderation/threads/{published_thread.public_id}/").content.decode()
            costs.append(len(asked))
        assert page.count("Show this reply again") == 6
        assert costs[0] == costs[1]


class TestWhatOneIsPartyTo:
    """Under their name somebody reads nothing that colleagues say of it among themselves, nor who decided."""

    @pytest.fixture
    def now(self):
        return timezone.now()

    def passed_on_and_held(self, item, *, by, to, now) -> None:
        claim(item, by=by, now=now)
        hand_over(item, to, "Between us: she is difficult.", by=by, now=now)
        QueueItem.objects.filter(pk=item.pk).update(hold_reason="Waits for a word with her.")

    def test_an_appeal_of_ones_own(self, mia, mo, now):
        tess, uma = make.moderator("Tess"), make.moderator("Uma")
        given = sanction(mia, "warning", make.REASON, by=mo, now=now)
        appeal_sanction(given, "I wrote nothing of the kind, please look.", by=mia, now=now)
        item = QueueItem.objects.get()
        self.passed_on_and_held(item, by=tess, to=uma, now=now)
        said = ("she is difficult", "a word with her", "Mo,")
        for who, reads in ((mia, False), (uma, True)):
            page = make.browser(who).get(item.get_absolute_url()).content.decode()
            assert [words in page for words in said] == [reads] * 3
            assert "a word with her" not in make.browser(who).get("/moderation/queue/").content.decode()
        uphold_decision(item, make.REASON, version=1, by=uma, now=now)
        decided = "Decision stands by Uma"
        assert decided in make.browser(tess).get(item.get_absolute_url()).content.decode()
        page = make.browser(mia).get(item.get_absolute_url()).content.decode()
        assert "Decision stands" in page
        assert decided not in page

    def test_flags_of_a_reply_of_ones_own(self, published_thread, consultation, carol, mia, mo, now):
        flag(consultation, "unkind", "He shouts at people.", account=carol, now=now)
        item = make.item(consultation)
        self.passed_on_and_held(item, by=mia, to=make.moderator(), now=now)
        said = ("she is difficult", "a word with her", "He shouts at people.")
        for who, reads in ((mo, False), (mia, True)):
            page = make.browser(who).get(item.get_absolute_url()).content.decode()
            assert [words in page for words in said] == [reads] * 3
            assert "Flagged by 1 member" in page

    def test_an_anonymous_text_everybody_reads_alike(self, mia, mo, now):
        item = make.item(make.thread(author=mia, anonymous=True, now=now))
        self.passed_on_and_held(item, by=mia, to=mo, now=now)
        for who in (mia, mo):
            page = make.browser(who).get(item.get_absolute_url()).content.decode()
            assert "she is difficult" in page
            assert "a word with her" in page


class TestWhenTooFewAreLeft:
    SENTENCE = "An administrator has to appoint another"

    def told(self, item, *viewers) -> set[bool]:
        pages = [make.browser(who).get(item.get_absolute_url()).content.decode() for who in viewers]
        return {self.SENTENCE in page for page in pages}

    def test_when_everybody_stepped_back(self, pending_item, mia, mo, now):
        step_back(pending_item, by=mia, now=now)
        assert self.told(pending_item, mia, mo) == {False}
        step_back(pending_item, by=mo, now=now)
        assert self.told(pending_item, mia, mo) == {True}
        tess = make.moderator("Tess")
        assert self.told(pending_item, mia, tess) == {False}
        publish(pending_item, version=1, by=tess, now=now)

    def test_where_two_have_to_agree(self, pending_item, mia, mo, settings, now):
        settings.TWO_MODERATORS_TOPICS = ["friendship-after-termination"]
        assert self.told(pending_item, mia, mo) == {False}
        publish(pending_item, version=1, by=mia, now=now)
        assert self.told(pending_item, mia, mo) == {False}
        step_back(pending_item, by=mo, now=now)
        assert self.told(pending_item, mia, mo) == {True}

    def test_what_is_decided_is_not_in_vain(self, pending_item, mia, now):
        publish(pending_item, version=1, by=mia, now=now)
        Account.objects.filter(pk=mia.pk).update(is_moderator=False)
        assert self.told(pending_item, make.moderator()) == {False}

    def test_of_an_anonymous_one_its_author_counts_like_everybody(self, mia, now):
        item = make.item(make.thread(author=mia, anonymous=True, now=now))
        assert self.told(item, mia) == {False}


class TestWhatIsForgotten:
    def test_of_a_text_that_can_come_back_nothing(self, mia, mo, now):
        for state in ("pending", "returned", "declined", "published"):
            thread = make.thread(now=now)
            step_back(make.item(thread), by=mia, now=now)
            if state != "pending":
                make.decide_on(make.question(thread), state, by=mo, now=now)
        forget_recusals()
        assert Recusal.objects.count() == 4

    def test_of_what_was_withdrawn_all(self, published_thread, alice, vera, carol, mia, mo, now):
        view = make.post(published_thread, "perspective", author=vera, by=mo, now=now)
        flag(view, "unkind", account=carol, now=now)
        item = make.item(view)
        step_back(item, by=mia, now=now)
        dismiss(item, make.REASON, version=item.version, by=mo, now=now)
        forget_recusals()
        assert Recusal.objects.exists()
        withdraw(published_thread, by=alice, now=now)
        forget_recusals()
        assert not Recusal.objects.exists()

    def test_of_what_was_appealed_once_it_is_decided(self, alice, vera, mia, mo, now):
        tess = make.moderator("Tess")
        question = make.question(make.thread("declined", author=alice, by=mo, now=now))
        [declined] = intake.decided_about([question])
        appeal(declined, "It asks nothing about the law, please look.", by=alice, now=now)
        given = sanction(vera, "warning", make.REASON, by=mo, now=now)
        appeal_sanction(given, "I wrote nothing of the kind, please look.", by=vera, now=now)
        for item in QueueItem.objects.waiting():
            step_back(item, by=mia, now=now)
        forget_recusals()
        assert Recusal.objects.count() == 2
        for item in QueueItem.objects.waiting():
            uphold_decision(item, make.REASON, version=item.version, by=tess, now=now)
        forget_recusals()
        assert not Recusal.objects.exists()
