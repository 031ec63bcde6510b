"""Sanctions on accounts: who may give them, what they keep from, that they end; no persona feels them."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.access import NotAllowed
from accounts.actions.appoint import appoint, dismiss
from anonymity.hour import hour_of
from forum.actions.ask import ask, ask_as_persona
from forum.actions.reply import clarify, consult, give_perspective, give_perspective_as_persona
from forum.actions.revise import resubmit_question
from forum.models import Notice, Post
from forum.silence import NamePaused
from moderation.actions.sanction import Settled, agree, lift, refuse, sanction
from moderation.models import AuditEvent, Measure, Sanction
from tests import make, typed
from tests.races import at_once

REASON = "Twice this week you called a colleague a fraud. Please stop that."
KEPT = "paused what you write under your name"


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def paused(vera, mo, now) -> Sanction:
    return sanction(vera, Measure.PAUSE, REASON, hours=72, by=mo, now=now)


@pytest.fixture
def asked(vera, mo, now) -> Sanction:
    """A suspension that waits for a second moderator."""
    return sanction(vera, Measure.SUSPENSION, REASON, hours=24, by=mo, now=now)


def told(account) -> list[str]:
    notices = Notice.objects.filter(account=account).order_by("pk")
    return list(notices.values_list("event__happening", flat=True))


def kinds() -> list[str]:
    found = AuditEvent.objects.filter(kind__startswith="account.")
    return list(found.order_by("seq").values_list("kind", flat=True))


def deeds(account, mo, now):
    """Each way of writing under a name."""
    own = make.thread("published", author=account, by=mo, now=now - timedelta(days=2))
    back = make.thread("returned", author=account, by=mo, now=now - timedelta(days=2))
    others = make.thread("published", by=mo, now=now)
    returned = make.question(back)
    return [
        lambda: ask(make.draft(), by=account, now=now),
        lambda: clarify(own, make.text(), by=account, now=now),
        lambda: give_perspective(others, make.text(), by=account, now=now),
        lambda: resubmit_question(returned, make.draft(), by=account, now=now),
    ]


@pytest.mark.parametrize("measure", [Measure.NOTE, Measure.WARNING])
def test_words_alone_keep_from_nothing(vera, mo, now, measure):
    writes = deeds(vera, mo, now)
    sanction(vera, measure, REASON, by=mo, now=now)
    for write in writes:
        write()
    assert told(vera)[-1] == "sanction"
    assert kinds() == [f"account.{'warned' if measure == Measure.WARNING else 'written-to'}"]


@pytest.mark.parametrize("hours", [24, 72, 168, 720])
def test_a_pause_keeps_a_name_from_every_way_of_writing_until_it_ends(vera, mo, now, hours):
    writes = deeds(vera, mo, now)
    given = sanction(vera, Measure.PAUSE, REASON, hours=hours, by=mo, now=now - timedelta(hours=hours - 1))
    assert given.until == hour_of(now) + timedelta(hours=1)
    count = Post.objects.count()
    for write in writes:
        with pytest.raises(NamePaused, match=KEPT):
            write()
    assert Post.objects.count() == count
    Sanction.objects.update(until=now)  # by itself, with nobody's deed
    for write in writes:
        write()


def test_a_moderators_pause_keeps_them_from_consulting(mia, mo, published_thread, now):
    sanction(mia, Measure.PAUSE, REASON, hours=24, by=mo, now=now)
    with pytest.raises(NamePaused):
        consult(published_thread, make.text(aspects=[]), by=mia, now=now)


def test_what_is_written_anonymously_goes_on_as_before(paused, vera, published_thread, now):
    """Else the persona that falls silent with a member's pause would be theirs."""
    ask_as_persona(make.draft(), account=vera, now=now)
    give_perspective_as_persona(published_thread, make.text(), account=vera, now=now)
    assert Post.objects.filter(persona__isnull=False).count() == 2


def test_a_suspension_takes_two(asked, vera, mo, mia, now):
    ask(make.draft(), by=vera, now=now)
    assert told(vera) == []
    with pytest.raises(NotAllowed, match="two moderators"):
        agree(asked, by=mo, now=now)
    later = now + timedelta(hours=5)
    agree(asked, by=mia, now=later)
    asked.refresh_from_db()
    assert asked.until == hour_of(later) + timedelta(hours=24)
    with pytest.raises(NamePaused):
        ask(make.draft(), by=vera, now=later)
    assert told(vera) == ["sanction"]
    assert kinds() == ["account.suspension-asked", "account.suspended"]
    with transaction.atomic(), pytest.raises(IntegrityError):
        Sanction.objects.update(second=None)


def test_who_is_no_moderator_any_more_is_not_one_of_the_two(asked, vera, mo, mia, admin, now):
    dismiss(mo, by=admin, now=now)
    with pytest.raises(NotAllowed, match="no moderator any more"):
        agree(asked, by=mia, now=now)
    page = make.signed_in(mia).get(f"/moderation/members/{vera.pk}/").content.decode()
    assert "Who asked is no moderator any more" in page
    assert "Agree: suspend them" not in page
    refuse(asked, by=mia, now=now)
    assert sanction(vera, Measure.SUSPENSION, REASON, hours=24, by=mia, now=now)


@pytest.mark.parametrize(("measure", "hours"), [("warning", None), ("pause", 72), ("suspension", 24)])
def test_the_same_form_once_more_is_one(vera, mo, now, measure, hours):
    given = sanction(vera, measure, REASON, hours=hours, by=mo, now=now)
    assert sanction(vera, measure, REASON, hours=hours, by=mo, now=now) == given
    assert len(kinds()) - kinds().count("account.vouched-for") == 1
    if measure != "suspension":
        sanction(vera, measure, f"{REASON} Really.", hours=hours, by=mo, now=now)
        assert Sanction.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_clicks_at_once_one_counts(vera, mo, now):
    at_once(3, lambda _: sanction(vera, Measure.PAUSE, REASON, hours=72, by=mo, now=now))
    assert (Sanction.objects.count(), kinds().count("account.paused")) == (1, 1)


def test_of_two_who_decide_one_does(asked, vera, mo, mia, now):
    other = make.moderator()
    refuse(asked, by=mia, now=now)
    for deed in (agree, refuse):
        with pytest.raises(Settled):
            deed(asked, by=other, now=now)
    ask(make.draft(), by=vera, now=now)
    assert (told(vera), told(mo)) == ([], ["notagreed"])
    page = make.signed_in(mo).get("/inbox/").content.decode()
    assert "A colleague did not agree to the removal or suspension" in page
    assert kinds() == ["account.suspension-asked", "account.suspension-refused"]


def test_one_suspension_waits_at_a_time(asked, vera, mia, now):
    with pytest.raises(Settled):
        sanction(vera, Measure.SUSPENSION, REASON, hours=24, by=mia, now=now)
    assert Sanction.objects.count() == 1


def test_whoever_was_given_a_role_meanwhile_is_not_suspended(asked, vera, mia, now):
    appoint(vera, "moderator", now=now)
    with pytest.raises(NotAllowed, match="takes the role away first"):
        agree(asked, by=mia, now=now)
    asked.refresh_from_db()
    assert asked.agreed is None
    refuse(asked, by=mia, now=now)


def test_who_is_suspended_asks_for_no_verification(asked, vera, mia, now):
    make.asked_verification(vera, now=now)
    agree(asked, by=mia, now=now)
    with pytest.raises(NotAllowed):
        make.asked_verification(vera, "clinical-social-worker", now=now)


def test_nobody_sanctions_themself_and_none_but_moderators_anybody(mo, mia, admin, carol, now):
    for by, whom in ((mo, mo), (admin, carol), (carol, mo)):
        with pytest.raises(NotAllowed):
            sanction(whom, Measure.NOTE, REASON, by=by, now=now)
    for whom in (mia, admin):
        with pytest.raises(NotAllowed, match="has a role"):
            sanction(whom, Measure.SUSPENSION, REASON, hours=24, by=mo, now=now)
    given = sanction(mia, Measure.PAUSE, REASON, hours=24, by=mo, now=now)
    with pytest.raises(NotAllowed):
        lift(given, by=mia, now=now)


def test_a_pause_can_be_lifted_once(paused, vera, mia, now):
    lift(paused, by=mia, now=now)
    ask(make.draft(), by=vera, now=now)
    with pytest.raises(Settled):
        lift(paused, by=mia, now=now)
    assert told(vera) == ["sanction", "lifted"]
    assert kinds() == ["account.paused", "account.sanction-lifted"]


def test_the_record_holds_no_words_of_it(paused, asked, mia, now):
    agree(asked, by=mia, now=now)
    assert not AuditEvent.objects.filter(about__contains="fraud").exists()


class TestPages:
    @pytest.fixture
    def veras(self, vera) -> Client:
        client = Client()
        client.force_login(vera)
        return client

    @pytest.fixture
    def mos(self, mo) -> Client:
        client = Client()
        client.force_login(mo)
        return client

    def test_the_member_reads_what_why_and_until_when(self, paused, veras):
        (notice,) = veras.get("/inbox/since/0/").json()["notices"]
        assert veras.get(notice["url"]).headers["Location"] == "/my/sanctions/"
        page = veras.get("/my/sanctions/").content.decode()
        assert "A pause from writing" in page
        assert "called a colleague a fraud" in page
        assert f"{paused.until:%H}:00 UTC" in page

    def test_a_refused_text_comes_back_with_the_reason(self, paused, veras, mo):
        thread = make.thread("published", by=mo)
        asked = veras.post("/ask/", typed.question(identity="named", title="A title that took me long"))
        view = {**typed.reply(body=f"{make.REPLY} These words stay."), "identity": "named"}
        gave = veras.post(f"/threads/{thread.public_id}/act/perspective/", view)
        for refused, words in ((asked, "A title that took me long"), (gave, "These words stay.")):
            page = refused.content.decode()
            assert refused.status_code == 403
            assert KEPT in page
            assert words in page

    def test_a_suspension_by_two_browsers(self, mos, vera, mia):
        page = f"/moderation/members/{vera.pk}/"
        form = {"measure": "suspension", "points": "unkind", "reason": "", "hours": "168"}
        assert mos.post(f"{page}sanction/", prefixed(form)).status_code == 303
        asked = Sanction.objects.get()
        assert "put it more kindly" in asked.reason
        assert "Agree: suspend them" not in mos.get(page).content.decode()
        mias = Client()
        mias.force_login(mia)
        assert "for a second moderator" in mias.get("/moderation/members/").content.decode()
        assert "Agree: suspend them" in mias.get(page).content.decode()
        assert mias.post(f"/moderation/sanctions/{asked.pk}/agree/").status_code == 303
        assert "Suspended" in mias.get(page).content.decode()

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            ({"measure": ""}, "choose what it is"),
            ({"reason": "Hm."}, "write at least a sentence"),
            ({"hours": ""}, "choose for how long"),
            ({"hours": "5"}, "Select a valid choice"),
        ],
    )
    def test_a_slip_is_told_and_nothing_typed_is_lost(self, mos, vera, change, sentence):
        form = {"measure": "pause", "reason": REASON, "hours": "24", **change}
        answer = mos.post(f"/moderation/members/{vera.pk}/sanction/", prefixed(form))
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
        assert form["reason"] in answer.content.decode()
        assert not Sanction.objects.exists()

    def test_what_waits_for_a_second_moderator_stands_first(self, mos, vera, asked, mia, now):
        for number in range(8):
            sanction(vera, Measure.NOTE, f"A word about your texts, number {number}.", by=mia, now=now)
        page = mos.get(f"/moderation/members/{vera.pk}/").content.decode()
        assert page.index("waits for a second moderator") < page.index("A word about your texts")

    def test_what_waits_or_was_refused_is_not_the_members_to_read(self, asked, veras, mia, now):
        assert "fraud" not in veras.get("/my/sanctions/").content.decode()
        refuse(asked, by=mia, now=now)
        assert "fraud" not in veras.get("/my/sanctions/").content.decode()
        assert (
            veras.post(f"/my/sanctions/{asked.pk}/appeal/", {"words": "I am sorry, it was late."}).status_code
            == 404
        )


def prefixed(form: dict) -> dict:
    return {f"sanction-{name}": value for name, value in form.items()}
