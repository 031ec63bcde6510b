"""The list of what waits: filters that combine, pages, counts by kind, the clock, and what it costs."""

import re
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Verification
from anonymity.hour import hour_of
from forum.models import Post, Thread, ThreadTag
from moderation.actions.claim import claim, hand_over, release
from moderation.actions.sanction import sanction
from moderation.actions.verify import take
from moderation.listing import PAGE, Selection, list_items
from moderation.models import QueueItem, Recusal
from tests import make

pytestmark = pytest.mark.every_case

ROWS = [
    ("Colorado counselor", 30, ["professional-counselor", "us-co"], "routine"),
    ("Oregon psychologist", 5, ["psychologist", "us-or"], "urgent"),
    ("Scotland counselor", 1, ["professional-counselor", "gb-sct"], "routine"),
    ("Colorado psychologist", 3, ["psychologist", "us-co"], "soon"),
]


@pytest.fixture
def waiting(mia, mo, now) -> None:
    """Four questions that came in at different hours before `now`, and a perspective on a public one."""
    for title, hours, tags, urgency in ROWS:
        when = now - timedelta(hours=hours)
        make.thread(title=title, tags=tags, urgency=urgency, now=when, author=make.account())
    public = make.thread("published", title="Public one", by=mo, tags=["psychologist", "gb-sct"], now=now)
    make.post(public, "perspective", state="pending", now=now)
    claim(make.item(Thread.objects.get(title="Colorado psychologist")), by=mia, now=now)
    claim(make.item(Thread.objects.get(title="Scotland counselor")), by=mo, now=now)


def titles(query: str, viewer, now, **page) -> list[str]:
    listed = list_items(Selection.from_address(QueryDict(query)), viewer=viewer, now=now, **page)
    return [item.title for item in listed.page.items]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Oregon psych", "Colorado couns", "Colorado psych", "Scotland couns", "Public"]),
        ("kind=perspective", ["Public"]),
        ("discipline=psychologist", ["Oregon psych", "Colorado psych", "Public"]),
        ("jurisdiction=us", ["Oregon psych", "Colorado couns", "Colorado psych"]),
        ("jurisdiction=us-co&discipline=psychologist", ["Colorado psych"]),
        ("jurisdiction=gb&kind=question", ["Scotland couns"]),
        ("urgency=urgent", ["Oregon psych"]),
        ("urgency=other&jurisdiction=us", ["Colorado couns", "Colorado psych"]),
        ("age=4", ["Oregon psych", "Colorado couns"]),
        ("age=24", ["Colorado couns"]),
        ("hold=mine", ["Colorado psych"]),
        ("hold=claimed", ["Colorado psych", "Scotland couns"]),
        ("hold=free", ["Oregon psych", "Colorado couns", "Public"]),
        ("kind=x&age=1&urgency=0&hold=yes&topic=gifts&jurisdiction=nowhere", [])
    ],
)  # fmt: skip
def test_filters_combine_and_a_parent_includes_its_children(waiting, mia, now, query, found):
    expected = found or ["Oregon psych", "Colorado couns", "Colorado psych", "Scotland couns", "Public"]
    shown = titles(query, mia, now)
    assert [title[: len(part)] for title, part in zip(shown, expected, strict=True)] == expected


def test_a_hold_that_ran_out_is_free(waiting, mia, now):
    assert titles("hold=claimed", mia, now + timedelta(minutes=20)) == []


def test_kinds_are_counted_within_the_other_filters(waiting, mia, now):
    selection = Selection.from_address(QueryDict("kind=question&jurisdiction=gb"))
    listed = list_items(selection, viewer=mia, now=now)
    counts = {kind: count for kind, _, count in listed.kinds}
    assert counts == {
        "question": 1,
        "clarification": 0,
        "perspective": 1,
        "update": 0,
        "edit": 0,
        "flag": 0,
        "appeal": 0,
        "licence": 0,
    }
    assert listed.total == 1


def test_pages_hold_every_item_and_licence_once_in_order(mia, tags, now):
    waiting_items(3 * PAGE + 7, now)
    waiting_licences(2 * PAGE + 3, now)
    seen: list[QueueItem | Verification] = []
    after = ""
    while after or not seen:
        listed = list_items(Selection(), viewer=mia, now=now, after=after)
        seen += listed.page.items
        after = listed.page.after
    items, licences = list(QueueItem.objects.all()), list(Verification.objects.all())
    urgent = [item for item in items if item.urgent]
    yearly = [licence for licence in licences if licence.again]
    others = [each for each in (*items, *licences) if each not in (*urgent, *yearly)]
    assert seen == [each for rank in (urgent, others, yearly) for each in sorted(rank, key=place)]
    assert len(seen) == listed.total == listed.desk.waiting == 5 * PAGE + 10


def place(waits: QueueItem | Verification) -> tuple:
    return waits.hour, waits.pk


@pytest.mark.parametrize("after", ["x", "2-5-00", "1-999999-" + "0" * 32, "0-1-" + "g" * 32, "\x00"])
def test_a_cursor_of_nobodys_making_breaks_nothing(client, mia, pending_item, after):
    client.force_login(mia)
    assert client.get("/moderation/queue/", {"after": after}).status_code == 200


def waiting_items(number: int, now) -> None:
    """Rows as `number` questions leave them, of several hours and every eighth urgent."""
    colorado = make.tags()["us-co"]
    threads = [
        Thread(title=f"Waiting {each}", slug="waiting", hour=hour_of(now), active_hour=hour_of(now))
        for each in range(number)
    ]
    Thread.objects.bulk_create(threads)
    author = make.account()
    same = {"author": author, "kind": "question", "body": make.BODY, "html": make.BODY, "renderer_version": 1}
    same |= {"hour": hour_of(now), "submitted_hour": hour_of(now)}
    posts = [Post(thread=thread, **same) for thread in threads]
    Post.objects.bulk_create(posts)
    ThreadTag.objects.bulk_create(ThreadTag(content_object=thread, tag=colorado) for thread in threads)
    QueueItem.objects.bulk_create(
        QueueItem(
            post=post,
            thread_id=post.thread_id,
            kind="question",
            urgent=each % 8 == 0,
            hour=hour_of(now) - timedelta(hours=each % 5),
        )
        for each, post in enumerate(posts)
    )


def waiting_licences(number: int, now) -> list[Verification]:
    licences = [make.asked_verification(make.account()) for _ in range(number)]
    for each, licence in enumerate(licences):
        came = {"hour": hour_of(now) - timedelta(hours=each % 5), "again": each % 3 == 0}
        Verification.objects.filter(pk=licence.pk).update(**came)
    return licences


FILTERS = "discipline=professional-counselor&jurisdiction=us-co&hold=free&age=1&urgency=other"


@pytest.mark.parametrize("query", ["", f"?{FILTERS}", f"?kind=question&{FILTERS}", "?kind=licence"])
def test_a_long_queue_costs_as_few_queries_as_a_short_one(client, mia, mo, now, query):
    client.force_login(mia)
    counts = []
    for more in (10, 50):
        waiting_items(more, now)
        waiting_licences(more // 10, now)
        item = QueueItem.objects.waiting().filter(holder=None).first()
        claim(item, by=mia, now=timezone.now())
        client.get(f"/moderation/queue/{query}")
        with CaptureQueriesContext(connection) as main, CaptureQueriesContext(connections["vault"]) as vault:
            assert client.get(f"/moderation/queue/{query}").status_code == 200
        counts.append(len(main) + len(vault))
    # Two more, in the vault, are the inbox's, as on every page.
    assert counts[0] == counts[1] < 10 + 2


@pytest.mark.embedded
@pytest.mark.parametrize("query", ["", "kind=question"])
def test_the_list_is_read_from_an_index_in_its_order(mia, now, query):
    waiting_items(10, now)
    selection = Selection.from_address(QueryDict(query))
    with CaptureQueriesContext(connection) as captured:
        list_items(selection, viewer=mia, now=now)
    plans = []
    for sql in (each["sql"] for each in captured if '"moderation_queueitem"' in each["sql"]):
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN QUERY PLAN " + sql.replace("%", "%%"))
            plans.append(" ".join(row[3] for row in cursor.fetchall()))
    counting, listing, *_ = plans
    assert "COVERING INDEX queue_by_kind" in counting
    assert ("queue_by_kind" if query else "queue_in_order") in listing
    assert "TEMP B-TREE" not in listing


@pytest.mark.embedded
@pytest.mark.parametrize("query", ["", "hold=free"])
def test_what_the_viewer_left_to_colleagues_is_looked_up_once(mia, now, query):
    waiting_items(10, now)
    Recusal.objects.bulk_create(Recusal(item=each, moderator=mia) for each in QueueItem.objects.all()[:3])
    selection = Selection.from_address(QueryDict(query))
    with CaptureQueriesContext(connection) as captured:
        listed = list_items(selection, viewer=mia, now=now)
    assert sum(item.for_others for item in listed.page.items) == (0 if query else 3)
    assert len(listed.page.items) == (7 if query else 10)
    asked = [each["sql"] for each in captured if '"moderation_recusal"' in each["sql"]]
    for sql in asked:
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN QUERY PLAN " + sql.replace("%", "%%"))
            assert "CORRELATED" not in " ".join(row[3] for row in cursor.fetchall())
    assert len(asked) == (2 if query else 1)  # counted and listed, or listed alone


def shown(client, **query) -> str:
    page = client.get("/moderation/queue/", query, headers={"HX-Request": "true"}).content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))


def test_the_clock_is_told_in_words(client, mia, mo):
    client.force_login(mia)
    hour = hour_of(timezone.now())
    for hours, words in [
        (0, "decide by"),
        (5, "nobody took it up by"),
        (25, "overdue, was to be decided by"),
    ]:
        QueueItem.objects.all().delete()
        item = make.item(make.thread(now=hour - timedelta(hours=hours)))
        page = shown(client)
        assert words in page
        assert f"{hour - timedelta(hours=hours - 24):%H:00} UTC" in page
        claim(item, by=mo, now=timezone.now())
        assert "nobody took it up" not in shown(client)


def test_the_form_shows_what_is_chosen_and_links_keep_it(client, mia, waiting):
    client.force_login(mia)
    page = client.get("/moderation/queue/?jurisdiction=us&age=24").content.decode()
    assert '<option value="us" selected>United States</option>' in page
    assert '<option value="24" selected>Over 24 hours</option>' in page
    assert 'href="?jurisdiction=us&amp;age=24&amp;kind=question"' in page


def test_what_is_handed_over_stands_first_with_its_note(client, mia, mo, now):
    make.thread(title="An older one", now=now - timedelta(hours=3))
    item = make.item(make.thread(title="A younger one", now=now))
    claim(item, by=mo, now=timezone.now())
    client.force_login(mo)
    note = {"over-to": mia.pk, "over-note": "The last sentence names a place."}
    answer = client.post(f"{item.get_absolute_url()}hand-over/", note)
    assert answer.status_code == 303
    client.force_login(mia)
    page = shown(client)
    places = [page.index(words) for words in ("In your hands A younger one", "names a place", "An older one")]
    assert places == sorted(places)
    assert "names a place" in client.get(item.get_absolute_url()).content.decode()


def test_every_colleague_is_offered_and_a_mistake_keeps_the_note(client, mia, mo):
    item = make.item(make.thread(author=mo))  # Mo is party to it, which the list of colleagues must not tell
    claim(item, by=mia, now=timezone.now())
    client.force_login(mia)
    assert ">Mo</option>" in client.get(item.get_absolute_url()).content.decode()
    missing = client.post(f"{item.get_absolute_url()}hand-over/", {"over-note": "The last sentence."})
    assert missing.status_code == 422
    assert "Please choose a colleague." in missing.content.decode()
    assert "autofocus" in missing.content.decode()  # or a narrow window shows nothing of it
    assert "The last sentence." in missing.content.decode()


def test_a_lost_hold_keeps_the_note_for_a_colleague(client, mia, mo, pending_item):
    claim(pending_item, by=mia, now=timezone.now())
    hand_over(pending_item, mo, "Please go on with this.", by=mia, now=timezone.now())
    client.force_login(mia)
    form = {"over-to": mo.pk, "over-note": "A second note about it."}
    answer = client.post(f"{pending_item.get_absolute_url()}hand-over/", form)
    assert answer.status_code == 409
    assert "Mo is reading this." in answer.content.decode()
    assert "autofocus" in answer.content.decode()
    assert "A second note about it." in answer.content.decode()


def test_no_author_is_at_hand_where_the_list_is_made_up(mia, alice, pending_thread, now):
    with CaptureQueriesContext(connection) as captured:
        listed = list_items(Selection(), viewer=mia, now=now)
    [item] = listed.page.items
    assert not item._state.fields_cache.keys() & {"post", "thread", "appeal"}
    assert not [each["sql"] for each in captured if '"persona_id"' in each["sql"]]


def test_what_waits_beside_the_texts_stands_there_with_the_way_to_it(client, mia, mo, vera, now):
    client.force_login(mo)
    assert "suspension" not in shown(client)
    assert "Licence" not in shown(client)
    sanction(vera, "suspension", make.REASON, hours=24, by=mia, now=now)
    make.asked_verification(vera)
    assert "1 suspension waits for a second moderator." in shown(client)
    assert "Licence to look up 1" in shown(client)


def test_licences_are_a_kind_of_what_waits_and_fit_filters_like_all_else(client, mia, vera, bob, tags):
    now = timezone.now()
    of_vera = make.asked_verification(vera)  # a counselor's, of Colorado
    Verification.objects.filter(pk=of_vera.pk).update(hour=hour_of(now) - timedelta(hours=30))
    make.asked_verification(bob, "psychologist", jurisdiction=tags["gb-sct"])
    client.force_login(mia)
    fitting = {
        (): {"Vera", "Bob"},
        ("discipline", "professional-counselor"): {"Vera"},
        ("jurisdiction", "us"): {"Vera"},
        ("jurisdiction", "gb-sct"): {"Bob"},
        ("age", "24"): {"Vera"},
        ("urgency", "urgent"): set(),
        ("urgency", "other"): {"Vera", "Bob"},
        ("to", "you"): set(),
        ("hold", "free"): {"Bob"},
        ("hold", "mine"): {"Vera"},
        ("hold", "claimed"): {"Vera"},
    }
    take(of_vera, by=mia, now=now)
    for filters, names in fitting.items():
        page = shown(client, kind="licence", **({filters[0]: filters[1]} if filters else {}))
        assert {name for name in ("Vera", "Bob") if name in page} == names, filters
        assert f"{len(names)} waiting" in page or not names


def test_a_licence_is_taken_from_the_list_unless_it_is_ones_own(client, mia, vera):
    of_vera, own = make.asked_verification(vera), make.asked_verification(mia)
    client.force_login(mia)
    page = client.get("/moderation/queue/").content.decode()
    assert f'action="{own.get_absolute_url()}take/"' not in page
    assert "For a colleague" in shown(client)
    assert "For a colleague" not in shown(client, hold="free")
    assert f'action="{of_vera.get_absolute_url()}take/"' in page
    client.post(f"{of_vera.get_absolute_url()}take/")
    assert "You are checking this" in shown(client)
    answer = client.post(f"{of_vera.get_absolute_url()}put-back/")
    assert answer.headers["Location"] == "/moderation/queue/"
    assert "You are checking this" not in shown(client)


def test_nobody_took_it_up_is_not_said_of_what_somebody_did(client, mia, mo, pending_item, now):
    QueueItem.objects.update(hour=hour_of(timezone.now()) - timedelta(hours=5))
    client.force_login(mo)
    assert "nobody took it up" in shown(client)
    claim(pending_item, by=mia, now=timezone.now())
    release(pending_item, by=mia, now=timezone.now())
    assert "nobody took it up" not in shown(client)
