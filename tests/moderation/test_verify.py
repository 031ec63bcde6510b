"""Verifying: by hand, by a colleague, for a year; what ends it, who is told, and that it is on record."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.access import NotAllowed, may_give_perspective
from accounts.actions.verify import LASTS
from accounts.forms import VerificationForm
from accounts.models import Account, Verification
from accounts.models.account import today
from forum.models import Notice
from moderation import intake
from moderation.actions.claim import CLAIM_LASTS, AlreadyClaimed
from moderation.actions.verify import (
    Found,
    check_again,
    end_what_is_over,
    note_check,
    put_back,
    put_what_ends_again,
    take,
)
from moderation.member_forms import CheckForm
from moderation.models import AuditEvent
from tests import make


@pytest.fixture
def now():
    """Today: whether somebody is verified is asked of the clock."""
    return timezone.now()


@pytest.fixture
def asked(alice, now) -> Verification:
    return make.asked_verification(alice, now=now)


def found(result: str = "active", *, on=None) -> Found:
    return Found("Colorado DORA", "LPC", on or today(timezone.now()), result)


def checked(asked: Verification, result: str = "active", *, by: Account, now, on=None) -> Account:
    take(asked, by=by, now=now)
    note_check(asked, found(result, on=on), by=by, now=now)
    return Account.objects.get(pk=asked.account_id)


def told(account: Account) -> list[str]:
    notices = Notice.objects.filter(account=account).order_by("pk")
    return list(notices.values_list("event__happening", flat=True))


@pytest.mark.parametrize(
    ("result", "counts"), [("active", True), ("supervised", True), ("lapsed", False), ("not-found", False)]
)
def test_what_a_board_says_settles_the_level_and_the_member_is_told(asked, mo, now, result, counts):
    alice = checked(asked, result, by=mo, now=now)
    assert alice.is_verified is may_give_perspective(alice) is counts
    asked.refresh_from_db()
    assert (asked.result, asked.checked_by, asked.checked_on) == (result, mo, today(now))
    assert asked.valid_until == (today(now) + LASTS if counts else None)
    assert told(alice) == ["checked"]
    event = AuditEvent.objects.last()
    kind = "account.verified" if counts else "account.not-verified"
    assert (event.kind, event.about, event.by) == (kind, str(alice), mo)


@pytest.mark.parametrize("result", ["lapsed", "not-found"])
def test_a_worse_result_withdraws_what_counted_in_that_discipline_alone(asked, alice, mo, now, result):
    checked(asked, by=mo, now=now)
    other = make.asked_verification(alice, "psychologist", now=now)
    checked(other, by=mo, now=now)
    asked.refresh_from_db()
    again = check_again(asked, by=mo, now=now)
    alice = checked(again, result, by=mo, now=now)
    assert alice.is_verified
    assert alice.checked_disciplines() == {other.discipline_id}
    asked.refresh_from_db()
    assert (asked.result, asked.valid_until) == ("active", None)  # the history stays
    assert not checked(check_again(other, by=mo, now=now), result, by=mo, now=now).is_verified


def test_a_reply_says_checked_only_of_the_discipline_that_was_checked(asked, alice, tags, mo, now):
    alice = checked(asked, by=mo, now=now)
    alice.disciplines.add(tags["psychologist"])
    for discipline, level in (("professional-counselor", "verified"), ("psychologist", "self-declared")):
        thread = make.thread("published", tags=[discipline, "us-co"], by=mo)
        assert make.post(thread, "perspective", author=alice, by=mo).standing.level == level


def test_it_ends_with_its_last_day(asked, mo, now):
    alice = checked(asked, by=mo, now=now, on=today(now) - LASTS)
    assert alice.is_verified
    alice.verified_until = today(now) - timedelta(days=1)
    assert not alice.is_verified


def test_nobody_verifies_themself(mo, admin, now):
    for somebody in (mo, admin):
        own = make.asked_verification(somebody, now=now)
        with pytest.raises(NotAllowed):
            take(own, by=somebody, now=now)
        Verification.objects.filter(pk=own.pk).update(holder=somebody, held_until=now + CLAIM_LASTS)
        with pytest.raises(NotAllowed):
            note_check(own, found(), by=somebody, now=now)
        with pytest.raises(NotAllowed):
            check_again(own, by=somebody, now=now)
        assert not checked(own, by=make.moderator(), now=now + CLAIM_LASTS).verifications.waiting()


def test_a_claim_keeps_colleagues_out_until_it_runs_out(asked, mia, mo, now):
    take(asked, by=mia, now=now)
    with pytest.raises(AlreadyClaimed, match="Mia is checking this"):
        take(asked, by=mo, now=now + CLAIM_LASTS - timedelta(seconds=1))
    with pytest.raises(AlreadyClaimed):
        note_check(asked, found(), by=mo, now=now)
    take(asked, by=mo, now=now + CLAIM_LASTS)
    with pytest.raises(AlreadyClaimed, match="Mo is checking this"):
        note_check(asked, found(), by=mia, now=now + CLAIM_LASTS)
    put_back(asked, by=mo, now=now)
    assert not Verification.objects.get().holder


def test_a_check_is_noted_once(asked, mo, now):
    checked(asked, by=mo, now=now)
    with pytest.raises(AlreadyClaimed, match="Mo has checked this already"):
        note_check(asked, found("lapsed"), by=mo, now=now)
    assert Account.objects.get(pk=asked.account_id).is_verified
    assert AuditEvent.objects.filter(kind__startswith="account.").count() == 1


def test_what_a_moderator_holds_is_free_when_they_sign_out_or_time_is_up(asked, mia, now):
    take(asked, by=mia, now=now)
    intake.let_go(mia, now=now)
    assert AuditEvent.objects.last().kind == "verification.released"
    take(asked, by=mia, now=now)
    intake.end_holds(now + CLAIM_LASTS)
    assert Verification.objects.filter(holder=None, held_until=None).exists()


def test_a_month_before_its_end_it_waits_again_once(asked, mo, now):
    alice = checked(asked, by=mo, now=now)
    assert put_what_ends_again(now + LASTS - timedelta(days=31)) == 0
    assert put_what_ends_again(now + LASTS - timedelta(days=30)) == 1
    assert put_what_ends_again(now + LASTS - timedelta(days=29)) == 0
    again = Verification.objects.waiting().get()
    assert (again.account, again.board, again.again) == (alice, "Colorado DORA", True)


def test_its_end_is_told_and_recorded_once(asked, mo, now):
    alice = checked(asked, by=mo, now=now)
    assert end_what_is_over(now + LASTS) == 0
    over = now + LASTS + timedelta(days=1)
    assert [end_what_is_over(over), end_what_is_over(over)] == [1, 0]
    alice.refresh_from_db()
    assert alice.verified_until is None
    assert told(alice) == ["checked", "ended"]
    assert AuditEvent.objects.filter(kind="verification.ended").count() == 1


def test_a_notice_leads_to_what_was_found(asked, mo, now, client):
    alice = checked(asked, by=mo, now=now)
    client.force_login(alice)
    assert "A moderator has looked up your licence" in client.get("/inbox/").content.decode()
    (notice,) = client.get("/inbox/since/0/").json()["notices"]
    assert notice["title"] == ""
    answer = client.get(notice["url"])
    assert answer.headers["Location"] == "/my/settings/verification/"
    assert "Colorado DORA" in client.get(answer.headers["Location"]).content.decode()
    assert client.get("/inbox/since/0/").json()["unread"] == 0


class TestPages:
    @pytest.fixture
    def mos(self, mo) -> Client:
        client = Client()
        client.force_login(mo)
        return client

    def test_a_check_by_the_page(self, mos, asked):
        address = asked.get_absolute_url()
        assert address in mos.get("/moderation/verifications/").content.decode()
        assert mos.post(f"{address}take/").headers["Location"] == f"{address}#check"
        fields = {"board": "DORA", "on": today(timezone.now()).isoformat(), "result": "active"}
        assert mos.post(f"{address}check/", fields).status_code == 303
        assert Account.objects.get(pk=asked.account_id).is_verified
        assert address not in mos.get("/moderation/verifications/").content.decode()

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            ({"on": "2999-01-01"}, "still to come"),
            ({"on": "2001-01-01"}, "more than a year ago"),
            ({"on": "soon"}, "give the day as"),
            ({"result": ""}, "choose what the register says"),
            ({"board": ""}, "name the board"),
        ],
    )
    def test_a_slip_is_told_beside_its_field(self, mos, asked, change, sentence):
        mos.post(f"{asked.get_absolute_url()}take/")
        fields = {"board": "DORA", "licence_type": "LPC-X", "on": "2026-01-01", "result": "active", **change}
        answer = mos.post(f"{asked.get_absolute_url()}check/", fields)
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
        assert "LPC-X" in answer.content.decode()

    def test_a_hold_that_ran_out_keeps_what_was_typed(self, mos, asked, mia):
        take(asked, by=mia, now=timezone.now())
        fields = {"board": "Typed board", "on": today(timezone.now()).isoformat(), "result": "active"}
        answer = mos.post(f"{asked.get_absolute_url()}check/", fields)
        page = answer.content.decode()
        assert answer.status_code == 409
        assert "Mia is checking this." in page
        assert "Typed board" in page
        put_back(asked, by=mia, now=timezone.now())
        answer = mos.post(f"{asked.get_absolute_url()}take/", fields)
        assert answer.status_code == 200
        assert "Typed board" in answer.content.decode()

    def test_ten_more_cost_no_more_queries(self, mos, asked, django_assert_max_num_queries):
        for _ in range(60):
            make.asked_verification(make.account())
        with django_assert_max_num_queries(10):
            page = mos.get("/moderation/verifications/").content.decode()
        assert "after=" in page
        after = page.split("after=")[1].split('"')[0]
        rest = mos.get(f"/moderation/verifications/?after={after}").content.decode()
        assert rest.count("/moderation/verifications/") > 10
        assert not {*entries(page)} & {*entries(rest)}
        assert len(entries(page)) + len(entries(rest)) == 61


def entries(page: str) -> list[str]:
    return [part.split('"')[0] for part in page.split('<h2><a href="')[1:]]


@pytest.mark.parametrize(
    ("field", "typed", "kept"),
    [
        ("licence_type", "LICSW 12345678", False),
        ("licence_type", "No. 1234", False),
        ("licence_type", "LPC II", True),
        ("board", "Board of Social Work, 1234567", False),
        ("board", "Register under the Act of 1999", True),
    ],
)
def test_the_number_of_a_licence_is_not_taken(vera, field, typed, kept):
    right = {"board": "A board", "licence_type": "LPC", "on": "2026-01-02", "result": "active"}
    asking = VerificationForm(vera, {**right, field: typed})
    noting = CheckForm({**right, field: typed})
    for form in (asking, noting):
        assert ("leave the number out" in str(form.errors.get(field, ""))) != kept
