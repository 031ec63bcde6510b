"""Returning by code: the author's tools of a thread without a link, signed in or not."""

import re

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from forum import return_code
from forum.models import Persona, Post, Thread
from tests import make, typed
from tests.pages import masked

pytestmark = pytest.mark.embedded

CODE = return_code.spelled(bytes(range(16)))
NO_THREAD = "No thread opens with this code"


@pytest.fixture
def thread(carol, mo) -> Thread:
    return make.thread("published", author=carol, code=CODE, by=mo)


def sends(client: Client, deed: str = "", **fields):
    deeds = {"deed": deed} if deed else {}
    return client.post("/return/", {"code": CODE, **deeds, **fields})


@pytest.mark.parametrize("spelling", [CODE, CODE.lower(), " ".join(return_code.groups(CODE))])
def test_a_code_opens_the_tools(client, thread, spelling):
    answer = client.post("/return/", {"code": spelling})
    page = answer.content.decode()
    assert answer.status_code == 200
    for words in (make.TITLE, make.BODY[:40], "Say how it turned out", "Withdraw this thread"):
        assert words in page
    assert page.count(f'name="code" value="{CODE}"') == page.count('method="post"') == 4


@pytest.mark.parametrize(
    "code", ["", "   ", "nonsense", "A" * 26, CODE[:-2], CODE + "AA", "x" * 500, "\x00" * 26, "'; DROP TABLE"]
)
def test_any_other_code_gets_one_sentence_beside_the_field(client, thread, code):
    answer = client.post("/return/", {"code": code})
    page = answer.content.decode()
    assert answer.status_code == 422
    said = re.search(r'id="id_code_error">(.*?)</div>', page, re.DOTALL)[1]
    if "\x00" not in code:
        assert (NO_THREAD if code.strip() else "Please type the code") in said
    assert page.index("id_code_error") < page.index('id="id_code"')
    assert 'aria-invalid="true"' in page
    assert make.TITLE not in page


def test_an_unknown_code_and_one_of_no_form_are_told_apart_by_nobody(client, thread):
    unknown, malformed = (client.post("/return/", {"code": code}) for code in ("A" * 26, "A" * 25))
    assert unknown.status_code == malformed.status_code
    assert masked(unknown).replace(b"A" * 26, b"") == masked(malformed).replace(b"A" * 25, b"")


@pytest.mark.parametrize("code", [CODE, "A" * 26])
def test_answers_are_kept_by_nobody_and_set_no_session(client, thread, code):
    for answer in (client.get("/return/"), client.post("/return/", {"code": code})):
        assert answer["Cache-Control"] == "private, no-store"
        assert answer["Referrer-Policy"] == "same-origin"
        assert set(answer.cookies) <= {"csrftoken", "__Host-csrftoken"}


@pytest.mark.parametrize("who", ["carol", "dave", "mo"])
def test_whoever_is_signed_in_is_met_like_a_visitor(client, request, thread, who):
    """And no statement asks for their session or account beside the persona."""
    visitors = masked(client.post("/return/", {"code": CODE}))
    client.force_login(request.getfixturevalue(who))
    with (
        CaptureQueriesContext(connections["default"]) as asked,
        CaptureQueriesContext(connections["vault"]) as sealed,
    ):
        page = masked(client.post("/return/", {"code": CODE}))
    assert page == visitors
    assert not sealed.captured_queries
    statements = " ".join(query["sql"] for query in asked)
    assert "forum_persona" in statements
    assert "django_session" not in statements
    assert '"accounts_account" WHERE' not in statements


@pytest.mark.parametrize(("deed", "kind"), [("clarify", "clarification"), ("update", "update")])
def test_facts_and_outcomes_are_added_once_however_often_the_form_is_sent(client, thread, deed, kind):
    form = typed.reply(**({"outcomes": ["repaired"]} if deed == "update" else {}))
    for _ in range(2):
        answer = sends(client, deed, **form)
        assert answer.status_code == 200
        assert "Received." in answer.content.decode()
    post = Post.objects.exclude(kind="question").get()
    assert (post.kind, post.state, post.persona) == (kind, "pending", Persona.objects.get())


def test_a_returned_question_is_sent_again(client, carol, mo):
    make.thread("returned", author=carol, code=CODE, by=mo)
    page = sends(client).content.decode()
    assert "Please leave out the name of the gym." in page
    form = typed.anew(Post.objects.get(), title="May a former client become a friend?")
    del form["deed"]
    for _ in range(2):
        answer = sends(client, "revise", **form)
        assert answer.status_code == 200
        assert "May a former client become a friend?" in answer.content.decode()
    assert Thread.objects.get().state == "pending"
    assert Post.objects.get().version == 2


def test_the_reason_of_a_declined_one_is_read(client, carol, mo):
    make.thread("declined", author=carol, code=CODE, by=mo)
    page = sends(client).content.decode()
    assert "This asks for legal advice" in page
    assert "Say how it turned out" not in page


def test_a_faulty_text_comes_back_with_the_code(client, thread):
    answer = sends(client, "clarify", **typed.reply(body="Too short."))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Too short.</textarea>" in page
    assert f'name="code" value="{CODE}"' in page


def test_what_is_refused_waits_with_its_code_and_its_text(client, thread):
    """A form of a thread that was closed meanwhile: the page that kept it sends the code again."""
    Thread.objects.update(state="closed")
    answer = sends(client, "clarify", **typed.reply(body=f"{make.REPLY} {typed.CANARY}"))
    assert answer.status_code == 409
    page = answer.content.decode()
    assert typed.CANARY in page
    assert f'name="code" value="{CODE}"' in page
    assert answer["Cache-Control"] == "private, no-store"


def test_a_day_has_so_many_replies_by_code(client, thread, settings):
    settings.REPLIES_A_DAY = 2
    for number in range(2):
        assert sends(client, "clarify", **typed.reply(body=f"{make.REPLY} {number}")).status_code == 200
    answer = sends(client, "clarify", **typed.reply(body=f"{make.REPLY} {typed.CANARY}"))
    assert answer.status_code == 429
    assert typed.CANARY in answer.content.decode()
    assert Post.objects.count() == 3


def test_a_preview_by_code_shows_the_text_and_keeps_nothing(client, thread):
    answer = sends(client, "clarify", **typed.reply(body=f"{make.REPLY} {typed.CANARY}"), preview="1")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "This is what others will see" in page
    assert f"{typed.CANARY}</p>" in page
    assert f'name="code" value="{CODE}"' in page
    assert Post.objects.count() == 1


def test_a_muted_author_reads_why(client, thread):
    Persona.objects.update(muted=True)
    assert "has muted you in this thread" in sends(client).content.decode()
    assert sends(client, "clarify", **typed.reply()).status_code == 403
    assert Post.objects.count() == 1


def test_withdrawing_leaves_the_stub_and_no_hash(client, thread):
    assert client.get("/return/withdraw/").status_code == 405
    assert client.post("/return/withdraw/", {"code": "A" * 26}).status_code == 422
    assert Thread.objects.get().state == "published"
    answer = client.post("/return/withdraw/", {"code": CODE})
    assert "Your thread is withdrawn" in answer.content.decode()
    assert Thread.objects.get().state == "withdrawn"
    assert Persona.objects.get().return_hash is None
    for address in ("/return/", "/return/withdraw/"):
        again = client.post(address, {"code": CODE})
        assert again.status_code == 422
        assert NO_THREAD in again.content.decode()


@pytest.mark.parametrize("deed", ["publish", "withdraw"])
def test_there_are_no_other_deeds(client, thread, deed):
    assert sends(client, deed, **typed.reply()).status_code == 404
    assert Post.objects.count() == 1


def test_no_code_opens_a_thread_that_has_a_link(client, carol, mo):
    make.thread("published", author=carol, anonymous=True, by=mo)
    persona = Persona.objects.get()
    for code in (persona.pk.hex[:26], return_code.spelled(persona.pk.bytes), return_code.spelled(bytes(16))):
        assert client.post("/return/", {"code": code}).status_code == 422


def test_a_form_needs_its_secret(thread):
    browser = Client(enforce_csrf_checks=True)
    assert sends(browser).status_code == 403
    page = browser.get("/return/").content.decode()
    secret = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    assert sends(browser, csrfmiddlewaretoken=secret).status_code == 200
