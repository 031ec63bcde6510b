"""What pages cost in queries to both databases: no more with more rows, and few on the busy ones."""

from datetime import timedelta

import pytest
from django.core.cache import caches
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Account
from forum.listing import Selection, list_threads
from forum.models import Tag, Thread
from forum.notices import fanout
from forum.paging import PAGE
from forum.synthetic.load import generate
from tests import make

pytestmark = pytest.mark.embedded

LISTS = [
    "/",
    "/?sort=active",
    "/?sort=unanswered",
    "/?discipline=professional-counselor&jurisdiction=us",
    "/?discipline=professional-counselor&jurisdiction=us&sort=active",
    "/?aspect=legal",
    "/?outcome=any",
    "/tags/",
    "/tags/jurisdiction/us/",
    "/tags/topic/friendship-after-termination/?discipline=professional-counselor",
    "/search/?q=friends",
    "/search/?q=friends&jurisdiction=us",
    "/feeds/threads.atom",
    "/tags/jurisdiction/us/feed.atom",
]
OWN = ["/inbox/", "/inbox/since/0/", "/my/threads/", "/my/anonymous/"]
QUEUE = ["/moderation/queue/"]
VISITOR_BUDGET, MEMBER_BUDGET = 8, 12


def browser(account: Account | None) -> Client:
    return make.signed_in(account) if account else Client()


def cost(client: Client, address: str) -> int:
    """Queries for one page whose caches are warm."""
    assert client.get(address).status_code == 200, address
    return len(queries(client, address))


def queries(client: Client, address: str) -> list[str]:
    with (
        CaptureQueriesContext(connections["default"]) as main,
        CaptureQueriesContext(connections["vault"]) as vault,
    ):
        assert client.get(address).status_code == 200, address
    return [query["sql"] for query in (*main.captured_queries, *vault.captured_queries)]


def fill(count: int, *, author: Account, replier: Account, first: int = 0) -> None:
    """`count` times four threads, a day apart: two answered, one waiting for it, one pending."""
    for number in range(first, first + count):
        now = make.NOW + timedelta(days=number)
        for anonymous in (True, False):
            answered = make.thread("published", author=author, by=replier, anonymous=anonymous, now=now)
            make.post(answered, author=replier, now=now, aspects=["legal"])
        make.post(answered, "update", by=replier, now=now, outcomes=["repaired"])
        make.thread("published", author=make.account(), by=replier, now=now)
        make.thread("pending", author=make.account(), now=now)


@pytest.fixture
def limits_lifted(settings):
    settings.THREADS_A_DAY = settings.REPLIES_A_DAY = 1000


def test_ones_own_texts_cost_no_more_with_ten_edits_than_with_two(alice, mia, limits_lifted):
    thread = make.thread("published", author=alice, by=mia)
    client, address, costs = make.signed_in(alice), f"/my/threads/{thread.public_id}/", []
    for number in range(10):
        post = make.post(thread, "clarification", by=mia, body=f"{number}: {make.REPLY}")
        make.edit(post, body=f"{make.REPLY} And write it down.")
        costs.append(cost(client, address))
    assert costs[1] == costs[-1]


def test_a_list_costs_no_more_with_25_rows_than_with_5(alice, carol, mia, mo, limits_lifted):
    asked = [(None, LISTS), (carol, LISTS), (alice, OWN), (mia, [*LISTS, *OWN, *QUEUE])]
    pages = [(browser(viewer), address) for viewer, addresses in asked for address in addresses]
    fill(5, author=alice, replier=mo)
    few = [cost(*page) for page in pages]
    fill(20, author=alice, replier=mo, first=5)
    assert [cost(*page) for page in pages] == few


@pytest.mark.parametrize("viewer", [None, "carol", "vera", "mia"])
def test_a_thread_costs_no_more_with_60_posts_than_with_10(viewer, tags, now, request):
    client = browser(viewer and request.getfixturevalue(viewer))
    costs = set()
    for posts in (10, 60):
        generate(threads=1, posts=posts, users=60, seed=1, now=now)
        costs.add(cost(client, Thread.objects.get(last_position=posts).get_absolute_url()))
    assert len(costs) == 1


@pytest.mark.parametrize(
    ("viewer", "budget"), [(None, VISITOR_BUDGET), ("carol", MEMBER_BUDGET), ("mia", MEMBER_BUDGET)]
)
def test_the_busiest_pages_need_few_queries(viewer, budget, tags, now, request):
    client = browser(viewer and request.getfixturevalue(viewer))
    generate(threads=25, posts=25 + 20, users=60, seed=1, now=now)
    busiest = Thread.objects.order_by("-last_position").first()
    client.get("/")  # the first use of a vault writes the check of its key
    if viewer:  # who has something unread is asked what of it to show
        make.thread("published", author=request.getfixturevalue(viewer))
        fanout.tell_all()
    for address in ("/", busiest.get_absolute_url()):
        for each in caches.all():
            each.clear()  # so that the page is also the one which fills them
        asked = queries(client, address)
        assert len(asked) <= budget, "\n".join(asked)


@pytest.mark.parametrize("sort", ["newest", "active", "unanswered"])
def test_a_list_is_read_from_an_index_and_not_sorted(sort, tags, now):
    """Parameters of a query hide a partial index from SQLite, which then sorts all threads for each page."""
    generate(threads=60, posts=60, users=10, seed=1, now=now)
    with CaptureQueriesContext(connection) as asked:
        list_threads(Selection(sort=sort))
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {asked[0]['sql']}")
        steps = [step[-1] for step in cursor.fetchall()]
    assert any("USING INDEX threads_by_" in step for step in steps)
    assert not any("ORDER BY" in step for step in steps)


def test_a_rare_tag_in_the_order_of_replies_is_not_searched_for_among_all_threads(tags, now):
    generate(threads=200, posts=200, users=10, seed=1, now=now)
    rare = Tag.objects.filter(thread_count__gt=0).order_by("thread_count")[0]
    with CaptureQueriesContext(connection) as asked:
        page = list_threads(Selection(tags=[rare], sort="active"))
    assert len(page.items) == min(rare.thread_count, PAGE)
    with connection.cursor() as cursor:
        for query in asked:
            cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
            assert not any(step[-1].startswith("SCAN forum_thread") for step in cursor.fetchall())
