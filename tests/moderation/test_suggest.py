"""Suggesting: who suits what waits, whose turn it is, when it goes on; and that only a name leaves out."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from anonymity.hour import hour_of
from forum.models import Event, Happening, Notice
from forum.notices import fanout
from moderation import intake
from moderation.actions.claim import claim, step_back
from moderation.actions.duty import set_duty
from moderation.actions.suggest import AT_ONCE, GOES_ON_AFTER, forget_suggestions, suggest_what_waits
from moderation.clock import ACKNOWLEDGE_WITHIN
from moderation.models import QueueItem, Recusal, Suggestion
from moderation.routing import LATELY
from tests import make
from tests.moderation.test_queue_list import waiting_items
from tests.races import at_once

LATER = GOES_ON_AFTER


@pytest.fixture(autouse=True)
def no_limits(settings):
    settings.THREADS_A_DAY = 100


def whose(item: QueueItem) -> str:
    item.refresh_from_db()
    return item.suggested_to.display_name if item.suggested_to else ""


def waits(*tags: str, now, **changes) -> QueueItem:
    return make.item(make.thread(tags=tags or make.USUAL_TAGS, now=now, **changes))


def load(moderator, now, *, at_most: int = 8, on_duty: bool = True, topics=()) -> None:
    set_duty(on_duty=on_duty, at_most=at_most, topics=topics, by=moderator, now=now)


PSY, CSW, COUNSELOR = "psychologist", "clinical-social-worker", "professional-counselor"


@pytest.mark.parametrize(
    ("people", "asked", "expected"),
    [
        # discipline before place
        ({"Far": ([PSY], ["gb"]), "Near": ([CSW], ["us-co"])}, [PSY, "us-co"], "Far"),
        # the place itself, then those above it, then those inside of it
        ({"Country": ([PSY], ["us"]), "State": ([PSY], ["us-co"])}, [PSY, "us-co"], "State"),
        ({"Other": ([PSY], ["us-or"]), "Country": ([PSY], ["us"])}, [PSY, "us-co"], "Country"),
        ({"Other": ([PSY], ["gb"]), "Inside": ([PSY], ["us-or"])}, [PSY, "us"], "Inside"),
        # the best next, when there is nobody from the discipline
        ({"Far": ([CSW], ["gb"]), "Near": ([COUNSELOR], ["us"])}, [PSY, "us-co"], "Near"),
    ],
)
def test_by_discipline_then_place(tags, people, asked, expected, now):
    for name, (disciplines, places) in people.items():
        make.moderator(name, disciplines=disciplines, jurisdictions=places)
    item = waits(*asked, now=now)
    assert suggest_what_waits(now) == 1
    assert whose(item) == expected


def test_by_topic_where_discipline_and_place_are_one(tags, mia, now):
    knows = make.moderator("Kim")
    load(knows, now, topics=[tags["gifts"]])
    assert suggest_what_waits(now) == 0
    items = [waits(COUNSELOR, "us-co", "gifts", now=now) for _ in range(2)]
    suggest_what_waits(now)
    assert [whose(item) for item in items] == ["Kim", "Kim"]


def test_those_who_suit_alike_take_turns(mia, now):
    make.moderator("Ada")
    items = [waits(now=now) for _ in range(4)]
    suggest_what_waits(now)
    assert sorted(map(whose, items)) == ["Ada", "Ada", "Mia", "Mia"]
    QueueItem.objects.all().delete()  # with all suggestions
    first = waits(now=now)
    suggest_what_waits(now)
    assert whose(first) == "Mia"  # of equals, who was there first
    second = waits(now=now)
    suggest_what_waits(now)
    assert whose(second) == "Ada"


def test_nobody_gets_more_than_they_take_on(mia, now):
    load(mia, now, at_most=2)
    items = [waits(now=now - timedelta(hours=age)) for age in range(3)]
    urgent = waits(now=now, urgency="urgent")
    assert suggest_what_waits(now) == 2
    assert [*map(whose, items), whose(urgent)] == ["", "", "Mia", "Mia"]  # the urgent one, then the oldest
    make.decide_on(urgent.post, "published", by=mia, now=now)
    assert suggest_what_waits(now) == 1
    assert [*map(whose, items)] == ["", "Mia", "Mia"]


def test_what_somebody_reads_already_is_suggested_to_nobody(mia, mo, now):
    item = waits(now=now)
    claim(item, by=mo, now=now)
    assert suggest_what_waits(now) == 0
    assert suggest_what_waits(now + timedelta(minutes=20)) == 1


def test_it_goes_to_the_next_after_four_hours_and_comes_round(mia, mo, now):
    item = waits(now=now)
    suggest_what_waits(now)
    before, then = hour_of(now) + LATER - timedelta(seconds=1), hour_of(now) + LATER
    assert suggest_what_waits(before) == 0
    turns = [whose(item)]
    for _ in range(2):
        assert suggest_what_waits(then) == 1
        assert suggest_what_waits(then) == 0
        turns.append(whose(item))
        then += LATER
    assert turns == ["Mia", "Mo", "Mia"]
    told = Notice.objects.filter(event__happening=Happening.SUGGESTED).order_by("pk")
    assert [each.account.display_name for each in told] == ["Mia", "Mo"]  # each once


def test_nobody_has_less_than_four_hours(mia, mo, now):
    item = waits(now=now)
    suggest_what_waits(last_minute := hour_of(now) + timedelta(minutes=59))
    assert suggest_what_waits(last_minute + ACKNOWLEDGE_WITHIN) == 0
    assert suggest_what_waits(last_minute + ACKNOWLEDGE_WITHIN + timedelta(minutes=1)) == 1
    assert whose(item) == "Mo"


@pytest.mark.parametrize("more", [0, AT_ONCE + 5])
def test_what_nobody_here_may_decide_keeps_nothing_else_waiting(mia, now, more):
    load(mia, now, at_most=2)
    item = waits(now=now)
    left = [waits(now=now - timedelta(hours=2)) for _ in range(3)]
    waiting_items(more, now - timedelta(hours=1))
    left += QueueItem.objects.exclude(pk__in=[item.pk, *(each.pk for each in left)])
    Recusal.objects.bulk_create(Recusal(item=each, moderator=mia) for each in left)
    assert suggest_what_waits(now) == 1
    assert whose(item) == "Mia"


def test_nor_what_is_for_colleagues_who_have_enough(mia, mo, now):
    load(mo, now, at_most=1)
    load(mia, now, at_most=1)
    first, second, third = (waits(now=now - timedelta(hours=age)) for age in (3, 2, 1))
    for each in (first, second):
        step_back(each, by=mia, now=now)
    suggest_what_waits(now)
    suggest_what_waits(now)
    assert [*map(whose, (first, second, third))] == ["Mo", "", "Mia"]


def test_it_stays_while_somebody_reads_it_and_where_there_is_no_other(mia, mo, now):
    item = waits(now=now)
    suggest_what_waits(now)
    late = hour_of(now) + LATER
    claim(item, by=mo, now=late)
    assert suggest_what_waits(late) == 0
    load(mo, late, on_duty=False)
    assert suggest_what_waits(late + timedelta(hours=1)) == 0
    assert whose(item) == "Mia"


def test_when_all_let_the_time_pass_they_exchange_what_they_have(mia, now):
    ada = make.moderator("Ada")
    for each in (mia, ada):
        load(each, now, at_most=1)
    items = [waits(now=now - timedelta(hours=age)) for age in range(3)]
    suggest_what_waits(now)
    before = [*map(whose, items)]
    suggest_what_waits(hour_of(now) + LATER)
    after = [*map(whose, items)]
    assert before[0] == after[0] == ""
    assert before[1:] == after[:0:-1]


def test_anybody_may_take_it(mia, mo, now):
    item = waits(now=now)
    suggest_what_waits(now)
    claim(item, by=mo, now=now)
    make.decide_on(item.post, "published", by=mo, now=now)
    assert suggest_what_waits(now + timedelta(days=1)) == 0


def test_of_their_own_under_a_name_nobody_is_asked(mia, mo, now):
    item = waits(author=mia, now=now)
    public = make.thread("published", author=mia, by=mo, now=now)
    reply = make.item(make.post(public, "perspective", anonymous=True, state="pending", now=now))
    suggest_what_waits(now)
    assert whose(item) == whose(reply) == "Mo"
    assert suggest_what_waits(now + timedelta(days=1)) == 0  # nor when it would be their turn


def test_of_an_anonymous_text_its_author_is_asked_like_everybody(mia, mo, now):
    """Whoever never is suggested one would be known to have written it."""
    author = make.thread(author=mia, anonymous=True, now=now)
    assert suggest_what_waits(now) == 1
    assert whose(make.item(author)) == "Mia"


def test_only_who_can_open_the_desk_is_asked(mia, mo, now, settings):
    settings.SECOND_FACTOR_FOR_MODERATORS = True
    item = waits(now=now)
    assert suggest_what_waits(now) == 0
    mo.authenticator_set.create(type="totp", data={})
    suggest_what_waits(now)
    assert whose(item) == "Mo"


@pytest.mark.parametrize("gone", [{"is_moderator": False}, {"is_active": False}])
def test_who_is_no_moderator_any_more_loses_it_at_once(mia, mo, now, gone):
    item = waits(now=now)
    suggest_what_waits(now)
    type(mia).objects.filter(pk=mia.pk).update(**gone)
    suggest_what_waits(now)
    assert whose(item) == "Mo"
    type(mo).objects.filter(pk=mo.pk).update(**gone)
    suggest_what_waits(now)
    assert whose(item) == ""


def test_the_notice_leads_to_it_and_is_there_while_it_is_theirs(client, mia, mo):
    thread = make.thread(now=timezone.now(), title="A text for a counselor of Colorado")
    suggest_what_waits(timezone.now())
    client.force_login(mia)
    inbox = client.get("/inbox/").content.decode()
    assert "A text in the queue is suggested to you" in inbox
    assert thread.title in inbox
    notice = Notice.objects.get()
    item = make.item(thread)
    assert client.get(f"/inbox/{notice.pk}/").headers["Location"] == item.get_absolute_url()
    suggest_what_waits(timezone.now() + LATER)
    assert thread.title not in client.get("/inbox/").content.decode()
    assert client.get(f"/inbox/{notice.pk}/").status_code == 404
    client.force_login(mo)
    assert thread.title in client.get("/inbox/").content.decode()
    make.decide_on(item.post, "published", by=mo, now=timezone.now())
    assert "suggested to you" not in client.get("/inbox/").content.decode()


def test_open_pages_hear_of_it_and_of_nothing_when_it_stays(
    mia, now, monkeypatch, django_capture_on_commit_callbacks
):
    waits(now=now)
    told = []
    monkeypatch.setattr(fanout.vault, "nudge_accounts", told.extend)
    with django_capture_on_commit_callbacks(execute=True):
        suggest_what_waits(now)
    assert told == [mia]
    with django_capture_on_commit_callbacks(execute=True) as heard:
        assert suggest_what_waits(now + LATER) == 0  # there is nobody else
    assert not heard


def test_ten_thousand_that_wait_cost_no_more_queries_than_ten(mia, mo, tags, now):
    costs = []
    for more, room in ((10, 10), (10_000, 16)):
        waiting_items(more, now)
        QueueItem.objects.update(suggested_to=None, suggested_hour=None)
        Suggestion.objects.all().delete()
        with CaptureQueriesContext(connection) as captured:
            assert suggest_what_waits(now) == room
        costs.append(len(captured))
    assert costs[0] == costs[1] < 20
    with CaptureQueriesContext(connection) as captured:
        assert suggest_what_waits(now) == 0
    assert len(captured) < 10


@pytest.mark.embedded
def test_only_what_waits_is_read_and_from_an_index(client, mia, now):
    waiting_items(10, now)
    with CaptureQueriesContext(connection) as captured:
        suggest_what_waits(now)
        intake.counts(mia)
    asked = [each["sql"] for each in captured if 'FROM "moderation_queueitem"' in each["sql"]]
    plans = []
    for sql in asked:
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN QUERY PLAN " + sql.replace("%", "%%"))
            plans.append(" ".join(row[3] for row in cursor.fetchall()))
    suggested, fresh, counts = plans
    assert "queue_suggested" in suggested
    assert "queue_in_order" in fresh
    assert "queue_by_kind" in counts
    assert "queue_suggested" in counts


def test_ten_more_moderators_cost_no_query_to_read(mia, tags, now):
    waits(now=now)
    costs = []
    for more in (1, 10):
        for _ in range(more):
            load(make.moderator(), now, topics=[tags["gifts"]])
        QueueItem.objects.update(suggested_to=None)
        with CaptureQueriesContext(connection) as captured:
            suggest_what_waits(now)
        costs.append(len(captured))
    assert costs[0] == costs[1]


def test_many_at_once_are_placed_in_one_run(mia, tags, now):
    load(mia, now, at_most=50)
    waiting_items(60, now)
    assert suggest_what_waits(now) == 50 <= AT_ONCE
    assert Notice.objects.count() == 50


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_at_once_one_suggests(pending_item, mia, mo, now):
    assert sum(at_once(3, lambda _: suggest_what_waits(now))) == 1
    assert Suggestion.objects.count() == Notice.objects.count() == 1


def test_what_counts_no_more_is_forgotten(mia, mo, now):
    decided, open_ = waits(now=now), waits(now=now)
    suggest_what_waits(now)
    make.decide_on(decided.post, "published", by=mo, now=now)
    forget_suggestions(now)
    assert Suggestion.objects.count() == 2
    forget_suggestions(now + LATELY)
    assert [each.item for each in Suggestion.objects.all()] == [open_]
    told = Event.objects.filter(happening=Happening.SUGGESTED)
    assert [each.post for each in told] == [open_.post]
    assert {notice.event_id for notice in Notice.objects.all()} == {each.pk for each in told}
