"""Finding: what a reader typed leads to the threads that say it, and nothing they type breaks anything."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from forum import lifecycle, search
from forum.models import Post, SearchEntry, Tag, Thread
from forum.search import query
from forum.states import State
from tests import make

pytestmark = pytest.mark.every_case


TEXTS = [
    ("Gifts at the last session", "A client handed me a small painting. She had been making it for weeks."),
    ("Gym membership shared with a client", "We met at the café of the gym. A dual-relationship, then?"),
    (
        "Subpoena for my notes",
        "An attorney's letter asks for 5.9 years of K+ notes; see 45 CFR 164.512 and/or <mail> & fax.",
    ),
]


@pytest.fixture(scope="module")
def written(once) -> None:
    for title, text in TEXTS:
        make.thread("published", title=title, body=f"{text} {'Padding. ' * 14}")


@pytest.fixture
def board(written, db) -> dict[str, Thread]:
    """Threads by the first word of their title."""
    return {thread.title.split()[0]: thread for thread in Thread.objects.all()}


def found(q: str, threads=None, **options) -> list[str]:
    """First words of the titles of what `q` finds, the best first."""
    results = search.find(q, Thread.objects.listed() if threads is None else threads, **options)
    return [hit.thread.title.split()[0] for hit in results.hits]


@pytest.mark.parametrize(
    ("q", "title"),
    [
        ("painting", "Gifts"),
        ("PAINTINGS", "Gifts"),
        ("gift", "Gifts"),
        ("paint", "Gifts"),
        ("subpo", "Subpoena"),
        ("cafe", "Gym"),
        ("café", "Gym"),
        ("attorney letter", "Subpoena"),
        ("the attorney's letter", "Subpoena"),
        ('"small painting"', "Gifts"),
        ('"small painting', "Gifts"),
        ("dual-relationship", "Gym"),
        ("client -painting", "Gym"),
        ('client -"small painting"', "Gym"),
        ("5.9", "Subpoena"),
        ('K+ "5.9', "Subpoena"),
        ("45 CFR 164.512", "Subpoena"),
        ("mail", "Subpoena"),
        ("and/or subpoena", "Subpoena"),
        ("mail/fax", "Subpoena"),
        ("gym 🏋️ café", "Gym"),
        ("AND gym OR", "Gym"),
        ("gym\x00café", "Gym"),
    ],
)
def test_words_lead_to_the_thread_that_says_them(board, q, title):
    assert found(q) == [title]


@pytest.mark.parametrize(
    "q",
    ["", " ", "zebra", "painting zebra", '"painting small"', "the", "and or not", "-painting", "*", '"""',
     "()", "col:val", "title:gym", "words : gym zebra", "NEAR(gym zebra, 2)", "^", "gym' OR 1=1 zebra",
     "%s %", "{title}", "\x00", "🏋️", "!!", "\ud800", "zebra" * 2000, "zebra " * 2000],
)  # fmt: skip
def test_what_no_thread_says_finds_nothing(board, q):
    assert found(q) == []


@settings(max_examples=150)
@given(q=st.text(max_size=60) | st.text(alphabet="gym\"'*-+:^(){}&|!<>\\% \x00ORANDNEAR", max_size=30))
def test_any_text_at_all_may_be_typed(board, q):
    search.find(q, Thread.objects.listed())
    search.find(q, Thread.objects.listed(), any_term=True)


def test_a_thread_whose_title_has_the_word_comes_before_one_that_only_mentions_it(board):
    make.post(board["Gym"], body="A subpoena would reach these notes too, so write them with that in mind.")
    assert found("subpoena") == ["Subpoena", "Gym"]


def test_a_thread_is_found_once_by_its_best_post(board):
    make.post(
        board["Gym"], body="Change your gym. Another gym, another hour: no gym is worth a licence, colleague."
    )
    results = search.find("licence", Thread.objects.listed())
    assert [hit.thread for hit in results.hits] == [board["Gym"]]
    assert found("gym") == ["Gym"]


def test_all_words_are_wanted_unless_some_are_enough(board):
    assert found("subpoena painting") == []
    assert set(found("subpoena painting", any_term=True)) == {"Subpoena", "Gifts"}


def test_only_the_threads_asked_for_are_found(board):
    make.thread("published", title="Client in another state", tags=("psychologist", "us-or"))
    oregon = Tag.objects.get(slug="us-or")
    threads = Thread.objects.listed().tagged(oregon)
    assert found("client", threads) == found("client", threads, rarest=oregon) == ["Client"]
    assert found("client", Thread.objects.none()) == []
    assert len(found("client")) == 3


@pytest.mark.parametrize("state", [State.HIDDEN, State.WITHDRAWN])
def test_a_thread_that_nobody_may_read_is_not_found(board, state):
    lifecycle.move(board["Gym"], state)
    assert found("gym") == []


def test_what_waits_for_a_moderator_is_not_found(board):
    make.thread("pending", title="Zebra crossings near the office")
    make.post(board["Gym"], "perspective", state="pending", body="Zebra. " * 40)
    assert found("zebra") == []


def marked(q: str) -> list[str]:
    [hit] = search.find(q, Thread.objects.listed()).hits
    return [text for text, is_marked in hit.snippet if is_marked]


def test_a_snippet_marks_the_words_that_were_meant(board):
    assert marked("painting making") == ["painting", "making"]


def test_a_snippet_is_plain_text_that_a_template_has_to_escape(board):
    make.post(
        board["Gym"], body="Write `<script>` & *walrus* in your notes, and see what the template makes of it."
    )
    [hit] = search.find("walrus", Thread.objects.listed()).hits
    assert "".join(text for text, _ in hit.snippet).startswith("Write <script> & walrus in your notes")


def test_the_page_shows_what_was_found_with_its_words_marked_and_all_else_escaped(client, board):
    make.post(
        board["Gym"], body="Write `<script>` & *walrus* in your notes, and see what the template makes of it."
    )
    html = client.get("/search/?q=walrus").content.decode()
    assert "Write &lt;script&gt; &amp; <mark>walrus</mark> in your notes" in html


def test_pages_follow_each_other_without_gap_or_double_while_posts_come_in(board, mia):
    for number in range(7):
        make.thread("published", by=mia, title=f"N{number} walrus in the waiting room")
    first = search.find("walrus", Thread.objects.listed(), size=3)
    make.thread("published", by=mia, title="Walrus walrus walrus walrus")
    second = search.find("walrus", Thread.objects.listed(), size=3, after=first.next)
    third = search.find("walrus", Thread.objects.listed(), size=3, after=second.next)
    seen = [hit.thread.title[:2] for page in (first, second, third) for hit in page.hits]
    assert sorted(seen) == [f"N{number}" for number in range(7)]
    assert third.next is None


@pytest.mark.parametrize("after", ["", "x", "-1", "1-2-3", "9" * 40, "0-0", "999999999999999999-9999"])
def test_a_cursor_that_is_none_breaks_nothing(board, after):
    search.find("gym", Thread.objects.listed(), after=after)


def test_of_more_matches_than_are_ranked_the_newest_are(board, mia, monkeypatch):
    monkeypatch.setattr(query, "POOL", 2)
    for number in range(4):
        make.thread("published", by=mia, title=f"N{number} walrus in the waiting room")
    assert set(found("walrus")) == {"N2", "N3"}


def test_more_hits_cost_no_more_queries(board, mia):
    counts = []
    for made in (1, 8):
        for number in range(made):
            make.thread("published", by=mia, title=f"Walrus {number} in the waiting room")
        with CaptureQueriesContext(connection) as queries:
            found("walrus")
        counts.append(len(queries))
    assert counts == [3, 3]


def test_an_entry_holds_nothing_about_who_wrote(anonymous_thread, bob):
    [entry] = SearchEntry.objects.filter(thread=anonymous_thread)
    assert {field.name for field in SearchEntry._meta.get_fields()} == {
        "id",
        "post",
        "thread",
        "title",
        "words",
    }
    assert bob.display_name not in entry.words
    assert found("bob") == []


def test_a_changed_text_is_found_by_its_new_words_only(board):
    post = make.question(board["Gym"])
    Post.objects.filter(pk=post.pk).update(
        html="<p>We met at the swimming pool.</p>", red_flag="Tell nobody yet."
    )
    post.refresh_from_db()
    search.index(post)
    assert found("swimming") == found('"tell nobody"') == ["Gym"]
    assert found("café") == []
    assert SearchEntry.objects.filter(thread=board["Gym"]).count() == 1


def test_the_line_that_asks_is_found(tags):
    make.thread(
        "published", title="Quoll in the garden", asking="Should I tell my supervisor about the wombat?"
    )
    assert found("wombat") == ["Quoll"]


def test_a_forgotten_thread_is_found_no_more(board):
    search.forget(board["Gym"])
    assert found("gym") == []
    assert found("subpoena") == ["Subpoena"]
