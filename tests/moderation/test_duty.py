"""Duty: a moderator's own settings, being away, who stands in, and what goes on to whom."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models.account import today
from moderation.actions.claim import claim
from moderation.actions.duty import (
    AwayAlready,
    NoCover,
    come_back,
    forget_absences,
    go_away,
    set_duty,
)
from moderation.actions.suggest import suggest_what_waits
from moderation.models import Absence, AuditEvent, Duty, QueueItem
from tests import make

PAGE = "/moderation/duty/"


@pytest.fixture
def day():
    return today(timezone.now())


@pytest.fixture
def mias(client, mia) -> Client:
    client.force_login(mia)
    return client


def away(by, first, days=1, *, now=None, cover=None, pass_on=False) -> Absence:
    last = first + timedelta(days=days - 1)
    now = now or timezone.now()
    return go_away(first=first, last=last, cover=cover, pass_on=pass_on, by=by, now=now)


def form(first, last, **more) -> dict:
    fields = {"first": first, "last": last, **more}
    return {f"away-{name}": str(value) for name, value in fields.items()}


def waiting() -> QueueItem:
    return make.item(make.thread(now=timezone.now()))


def whose(item: QueueItem) -> str:
    item.refresh_from_db()
    return item.suggested_to.display_name if item.suggested_to else ""


def words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


def test_settings_are_kept_and_on_record(mias, mia, tags):
    assert 'name="at_most" value="8"' in mias.get(PAGE).content.decode()
    answer = mias.post(PAGE, {"at_most": "3", "topics": [tags["gifts"].pk]})
    assert answer.headers["Location"] == f"{PAGE}?saved"
    duty = Duty.objects.get()
    assert (duty.account, duty.on_duty, duty.at_most, [*duty.topics.all()]) == (
        mia,
        False,
        3,
        [tags["gifts"]],
    )
    assert "Saved." in mias.get(f"{PAGE}?saved").content.decode()
    [event] = AuditEvent.objects.filter(kind="duty.changed")
    assert event.by == mia


@pytest.mark.parametrize("number", ["", "0", "51", "many"])
def test_a_number_that_is_none_is_told_beside_its_field(mias, number):
    answer = mias.post(PAGE, {"on_duty": "on", "at_most": number})
    assert answer.status_code == 422
    assert "Please give a number from 1 to 50." in words(answer)
    assert not Duty.objects.exists()


def test_off_duty_what_was_suggested_goes_on_at_once(mias, mia, mo):
    item = waiting()
    suggest_what_waits(timezone.now())
    assert whose(item) == "Mia"
    mias.post(PAGE, {"at_most": "8"})
    assert whose(item) == "Mo"
    mias.post(PAGE, {"at_most": "8", "on_duty": "on"})
    assert whose(waiting()) == ""  # nothing comes by itself: the worker does


def test_being_away_from_today_passes_on_what_is_suggested(mias, mia, mo, day):
    make.moderator("Ada")  # who suits better than Mo
    item = waiting()
    suggest_what_waits(timezone.now())
    answer = mias.post(f"{PAGE}away/", form(day, day + timedelta(days=3), cover=mo.pk))
    assert answer.headers["Location"] == f"{PAGE}#away"
    assert whose(item) == "Mo"
    assert AuditEvent.objects.filter(kind="absence.noted", by=mia).count() == 1


def test_who_stands_in_stands_where_the_other_would(mia, mo, day):
    make.moderator("Ada", disciplines=["psychologist"])
    away(mia, day, cover=mo)
    item = waiting()
    suggest_what_waits(timezone.now())
    assert whose(item) == "Mo"  # a social worker in Scotland, for the counselor in Colorado


def test_an_absence_begins_and_ends_by_itself(mia, mo, day):
    item, now = waiting(), timezone.now()
    suggest_what_waits(now)
    away(mia, day + timedelta(days=1), days=2)
    assert suggest_what_waits(now) == 0
    assert suggest_what_waits(now + timedelta(days=1)) == 1
    assert whose(item) == "Mo"
    make.decide_on(item.post, "published", by=mo, now=now)
    later = waiting()
    suggest_what_waits(now + timedelta(days=2))
    assert whose(later) == "Mo"
    other = waiting()
    suggest_what_waits(now + timedelta(days=3))
    assert whose(other) == "Mia"


@pytest.mark.parametrize(("pass_on", "with_cover", "holder"), [(0, 1, "Mia"), (1, 1, "Mo"), (1, 0, "")])
def test_what_they_read_is_passed_on_if_they_wish(mia, mo, day, pass_on, with_cover, holder):
    item = waiting()
    claim(item, by=mia, now=timezone.now())
    away(mia, day, cover=mo if with_cover else None, pass_on=bool(pass_on))
    item.refresh_from_db()
    assert (item.holder.display_name if item.holder else "") == holder


def test_what_the_cover_asked_under_a_name_goes_back_into_the_queue(mia, mo, day):
    item = make.item(make.thread(author=mo, now=timezone.now()))
    claim(item, by=mia, now=timezone.now())
    away(mia, day, cover=mo, pass_on=True)
    item.refresh_from_db()
    assert item.holder is None


@pytest.mark.parametrize(
    ("begins", "ends", "field", "sentence"),
    [
        (3, 2, "last", "The last day is before the first."),
        (-1, 2, "first", "This day is over."),
        (0, 400, "last", "Please give a year at most."),
        (8, 12, "first", "You are away from"),  # on the last of the days below
    ],
)
def test_days_that_cannot_be_are_told_beside_their_field(mias, mia, day, begins, ends, field, sentence):
    away(mia, day + timedelta(days=6), days=3)
    first, last = day + timedelta(days=begins), day + timedelta(days=ends)
    answer = mias.post(f"{PAGE}away/", form(first, last))
    assert answer.status_code == 422
    page = answer.content.decode()
    beside = page.split(f'id="id_away-{field}_error"')[1].split("</div>")[0]
    assert sentence in beside
    assert f'value="{first}"' in page  # what was typed is kept
    assert Absence.objects.count() == 1


def test_no_day_at_all_is_told(mias):
    answer = mias.post(f"{PAGE}away/", {"away-first": "soon"})
    assert answer.status_code == 422
    assert "Please give the day as 2026-03-04." in words(answer)
    assert "Please give the last day." in words(answer)


@pytest.mark.parametrize("why", ["away", "off duty", "no moderator", "oneself"])
def test_who_cannot_stand_in_is_told_beside_the_field(mias, mia, mo, carol, day, why):
    cover = {"no moderator": carol, "oneself": mia}.get(why, mo)
    if why == "away":
        away(mo, day + timedelta(days=2), days=5)
    elif why == "off duty":
        set_duty(on_duty=False, at_most=8, topics=(), by=mo, now=timezone.now())
    answer = mias.post(f"{PAGE}away/", form(day, day + timedelta(days=2), cover=cover.pk))
    assert answer.status_code == 422
    beside = answer.content.decode().split('id="id_away-cover_error"')[1].split("</div>")[0]
    assert {"away": "Mo is away too", "off duty": "Mo is not on duty"}.get(why, "not a moderator") in beside
    with pytest.raises(NoCover):
        away(mia, day, days=3, cover=cover)
    assert not Absence.objects.filter(account=mia).exists()


def test_absences_may_touch_but_not_overlap(mia, day):
    away(mia, day, days=3)
    away(mia, day + timedelta(days=3), days=3)
    with pytest.raises(AwayAlready):
        away(mia, day + timedelta(days=2), days=9)


def test_coming_back_takes_the_own_absence_away(mias, mia, mo, day):
    own, others = away(mia, day), away(mo, day)
    assert mias.post(f"{PAGE}away/{others.pk}/remove/").status_code == 404
    assert mias.post(f"{PAGE}away/{own.pk}/remove/").headers["Location"] == f"{PAGE}#away"
    assert [*Absence.objects.all()] == [others]
    assert AuditEvent.objects.filter(kind="absence.taken-back", by=mia).count() == 1
    come_back(own, by=mia, now=timezone.now())  # twice does nothing more
    assert AuditEvent.objects.filter(kind="absence.taken-back").count() == 1


def test_colleagues_see_who_is_away_and_until_when(mias, mia, mo, day):
    away(mo, day, days=2, cover=mia)
    away(mo, day + timedelta(weeks=9))
    set_duty(on_duty=False, at_most=8, topics=(), by=make.moderator("Ada"), now=timezone.now())
    page = words(mias.get(PAGE))
    until = day + timedelta(days=1)
    assert f"Mo, until {until.day} {until:%B}; Mia stands in" in page
    assert page.count("Mo, ") == (1 if day.weekday() < 6 else 2)
    assert "Not on duty: Ada." in page


def test_what_is_over_is_forgotten(mia, day):
    away(mia, day, days=2)
    forget_absences(timezone.now() + timedelta(days=1))
    assert Absence.objects.exists()
    forget_absences(timezone.now() + timedelta(days=2))
    assert not Absence.objects.exists()


def test_ten_more_who_are_away_cost_no_more_queries(mias, mo, day, django_assert_num_queries):
    costs = []
    mias.get(PAGE)  # the first use of a vault writes the check of its key
    for more in (1, 10):
        for _ in range(more):
            away(make.moderator(), day, days=9, cover=mo)
        with django_assert_num_queries(18, exact=False) as queries:
            assert mias.get(PAGE).status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_the_queue_shows_whom_what_waits_is_for(mias, mia, mo):
    for title in ("One for Mia", "One for nobody"):
        make.thread(title=title, now=timezone.now())
    set_duty(on_duty=True, at_most=1, topics=(), by=mia, now=timezone.now())
    set_duty(on_duty=False, at_most=1, topics=(), by=mo, now=timezone.now())
    hers = QueueItem.objects.get(suggested_to=mia).post.thread.title
    page = words(mias.get("/moderation/queue/"))
    assert "1 suggested to you, by what you know" in page
    assert "Suggested to you" in page
    assert 'id="for-you-badge">1<' in mias.get("/").content.decode()
    both = {"One for Mia", "One for nobody"}
    expected = {"you": {hers}, "somebody": set(), "nobody": both - {hers}, "me": both}
    for to, titles in expected.items():
        shown = words(mias.get("/moderation/queue/", {"to": to}, headers={"HX-Request": "true"}))
        assert {title for title in both if title in shown} == titles, to
    mias.force_login(mo)
    assert "Suggested to Mia; anybody may take it" in words(mias.get("/moderation/queue/?to=somebody"))
    assert mias.get("/inbox/since/0/").json()["for_you"] == 0


def test_who_names_no_discipline_is_told_that_colleagues_come_first(mias, mia):
    assert "names no discipline" not in words(mias.get(PAGE))
    mia.disciplines.clear()
    assert "names no discipline so far, so colleagues come first" in words(mias.get(PAGE))
