"""The pages: who sees them, that a deed asks who it is, that the name is in one answer and nowhere else."""

import io
import logging
import re
import uuid
from contextlib import ExitStack
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core import mail
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from breakglass.actions.decide import approve
from breakglass.actions.open import show_name, turn_key
from breakglass.models import Ground, State, UnmaskRequest
from forum import return_code
from forum.notices import fanout
from moderation.models import AuditEvent
from tests import make
from tests.breakglass.conftest import REASON
from tests.pages import masked
from tests.privacy.test_rows import rows_of_everything

NAME = "Bartholomew Quillfeather"
REAUTH = "/accounts/reauthenticate/?next="


def fields(post, **changes) -> dict:
    return {"text": str(post.pk), "ground": "other_policy", "reason": REASON, **changes}


@pytest.fixture
def post(persona):
    return persona.posts.get()


@pytest.fixture
def today(ask_about, persona, mo, mia):
    """A request of danger that can be opened now, by the clock that the pages have."""
    asked = ask_about(persona, ground=Ground.HARM, now=timezone.now())
    approve(asked, by=mo, now=timezone.now())
    asked.refresh_from_db()
    return asked


@pytest.mark.parametrize("address", ["", "ask/", "{id}/", "{id}/open/"])
def test_who_is_no_moderator_meets_an_unknown_address(today, carol, admin, bob, signed_in, address):
    for who in (carol, admin, bob):
        client = signed_in(who)
        there = client.get(f"/moderation/unmask/{address.format(id=today.pk)}")
        nowhere = client.get("/no/such/page/")
        assert there.status_code == nowhere.status_code == 404
        assert masked(there) == masked(nowhere)


def test_every_moderator_sees_every_request_and_only_the_two_the_opening(today, mia, mo, nia, signed_in):
    for who in (mia, mo, nia):
        client = signed_in(who)
        assert str(today.pk) in client.get("/moderation/unmask/").content.decode()
        assert REASON in client.get(today.get_absolute_url()).content.decode()
        own = client.get(f"{today.get_absolute_url()}open/")
        assert own.status_code == (404 if who == nia else 200)
        if who == nia:
            assert masked(own) == masked(client.get(f"/moderation/unmask/{uuid.uuid4()}/open/"))


def test_asking_on_the_page(post, mia, signed_in):
    client = signed_in(mia)
    page = client.post("/moderation/unmask/ask/", fields(post))
    assert page.status_code == 303
    assert page["Location"] == UnmaskRequest.objects.get().get_absolute_url()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"reason": "x" * 79}, "at least 80 characters"),
        ({"waits_days": "3"}, "Only a court"),
        ({"ground": "court_order", "waits_days": "31"}, "less than or equal to 30"),
        ({"text": "the one about the gym"}, "no anonymous text"),
        ({"text": str(uuid.uuid4())}, "no anonymous text"),
        ({"ground": ""}, "required"),
    ],
)
def test_a_wrong_form_comes_back_with_what_was_typed(post, mia, signed_in, wrong, sentence):
    client = signed_in(mia)
    page = client.post("/moderation/unmask/ask/", fields(post, **wrong))
    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert wrong.get("reason", REASON) in page.content.decode()
    assert not UnmaskRequest.objects.exists()
    address = f"http://testserver/threads/x/y/#post-{post.pk}"
    assert client.post("/moderation/unmask/ask/", fields(post, text=address)).status_code == 303


def test_a_text_under_a_name_needs_no_opening(published_thread, post, mia, signed_in):
    client = signed_in(mia)
    named = published_thread.posts.get()
    assert client.post("/moderation/unmask/ask/", fields(named)).status_code == 422
    assert client.post("/moderation/unmask/ask/", fields(post)).status_code == 303


def test_a_deed_asks_who_it_is_unless_that_was_confirmed_lately(today, mia, nia, signed_in):
    stale = Client()
    stale.force_login(mia)
    page = today.get_absolute_url()
    for deed in ("approve", "refuse", "wait", "tell", "key", "name"):
        answer = stale.post(f"{page}{deed}/")
        assert (answer.status_code, answer["Location"]) == (303, f"{REAUTH}{page.replace('/', '%2F')}")
    assert stale.get("/moderation/unmask/ask/")["Location"].startswith(REAUTH)
    assert signed_in(mia).post(f"{page}key/").status_code == 303
    today.refresh_from_db()
    assert today.requester_half == "turned"


def test_a_reason_is_kept_in_the_page_alone_while_who_it_is_is_asked(post, mia):
    client = Client()
    client.force_login(mia)
    page = client.post("/moderation/unmask/ask/", fields(post))
    assert page.status_code == 403
    assert REASON in page.content.decode()
    assert REAUTH in page.content.decode()
    assert not any(REASON in row for rows in rows_of_everything().values() for row in rows)
    assert REASON not in str(dict(client.session))
    client.post("/accounts/reauthenticate/", {"password": "quiet river under pines"})
    assert client.post("/moderation/unmask/ask/", fields(post)).status_code == 303


def test_whoever_has_a_second_factor_is_asked_for_it(today, mia, signed_in):
    client = signed_in(mia)
    Authenticator.objects.create(user=mia, type=Authenticator.Type.TOTP, data={"secret": ""})
    page = f"{today.get_absolute_url()}key/"
    assert client.post(page)["Location"].startswith("/accounts/2fa/reauthenticate/?next=")
    session = client.session
    (record,) = session["account_authentication_methods"]
    session["account_authentication_methods"] = [{**record, "method": "mfa"}]
    session.save()
    assert client.post(page)["Location"] == f"{today.get_absolute_url()}open/"


def test_the_name_comes_once_in_the_answer_to_a_post(today, mia, mo, bob, signed_in):
    page = today.get_absolute_url()
    pair = signed_in(mia), signed_in(mo)
    for client in pair:
        assert client.post(f"{page}key/").status_code == 303
    for client in pair:
        assert client.get(f"{page}name/").status_code == 405
        answer = client.post(f"{page}name/")
        assert "<h1>Bob</h1>" in answer.content.decode()
        assert answer["Cache-Control"] == "private, no-store"
        for again in (client.post(f"{page}name/"), client.get(f"{page}open/"), client.get(page)):
            assert "Bob" not in again.content.decode()
    assert client.post(f"{page}name/").status_code == 409


@pytest.mark.django_db(transaction=True)
def test_the_name_is_in_no_table_log_cache_mail_session_or_statement(
    today, mia, mo, bob, signed_in, caplog, capfd, settings
):
    """T-BG."""
    bob.display_name = NAME
    bob.save()
    before = rows_with(NAME)
    page, pair = today.get_absolute_url(), (signed_in(mia), signed_in(mo))
    with caplog.at_level(logging.DEBUG, logger=""), ExitStack() as stack:
        captured = [stack.enter_context(CaptureQueriesContext(connections[each])) for each in connections]
        for client in pair:
            client.post(f"{page}key/")
        for client in pair:
            assert NAME in client.post(f"{page}name/").content.decode()
    fanout.tell_all()
    assert rows_with(NAME) == before == {"accounts_account"}
    statements = [query["sql"] for each in captured for query in each]
    assert len(statements) > 10
    said = [record.getMessage() for record in caplog.records]
    sessions = [str(dict(client.session)) for client in pair]
    cookies = [str(client.cookies) for client in pair]
    cached = [str(getattr(cache, "_cache", "")) for cache in caches.all()]
    letters = [str(letter.message()) for letter in mail.outbox]
    events = [event.about for event in AuditEvent.objects.all()]
    everything = [*statements, *said, *sessions, *cookies, *cached, *letters, *events, *capfd.readouterr()]
    for trace in (NAME, bytes(bob.anon_ref).hex(), "Quillfeather"):
        assert not [each for each in everything if trace in each]
    if connection.vendor == "sqlite":
        assert files_with(NAME) == {Path(connection.settings_dict["NAME"]).name}


def rows_with(word: str) -> set[str]:
    return {table for table, rows in rows_of_everything().items() if any(word in row for row in rows)}


def files_with(word: str) -> set[str]:
    """Files of this installation that hold the word; a database and its log count as one."""
    holding = {path for path in Path(settings.DATA_DIR).rglob("*") if path.is_file()}
    return {path.name.removesuffix("-wal") for path in holding if word.encode() in path.read_bytes()}


def test_nothing_shows_on_the_thread_to_anybody(persona, ask_about, mo, mia, signed_in, carol, admin, bob):
    address = persona.thread.get_absolute_url()
    people = [Client(), *map(signed_in, (carol, admin, bob, mo))]
    for client in people:
        client.get(address)
    before = [without_badge(client.get(address)) for client in people]
    asked = ask_about(persona, ground=Ground.HARM, now=timezone.now())
    approve(asked, by=mo, now=timezone.now())
    asked.refresh_from_db()
    for who in (mia, mo):
        turn_key(asked, by=who, now=timezone.now())
    show_name(asked, by=mia, now=timezone.now())
    fanout.tell_all()
    for cache in caches.all():
        cache.clear()
    assert [without_badge(client.get(address)) for client in people] == before


def without_badge(response) -> bytes:
    """The page but for the number of one's own unread notices, which the author's inbox has on every page."""
    return re.sub(rb'(inbox-badge">|data-cursor=")\d*', rb"\1", masked(response))


def test_the_author_reads_of_it_in_the_inbox_and_among_their_tools(asked, bob, carol, signed_in):
    fanout.tell_all()
    for who, reads in ((bob, True), (carol, False)):
        client = signed_in(who)
        assert ("A note about your anonymity" in client.get("/inbox/").content.decode()) == reads
        assert bool(client.get("/inbox/since/0/").json()["unread"]) == reads
    author = make.signed_in(bob)
    tools = re.search(r"/my/anonymous/[0-9a-f]{32}/", author.get("/my/anonymous/").content.decode())[0]
    for state, sentence in [
        (State.REQUESTED, "has not agreed so far"),
        (State.REFUSED, "Nobody learnt anything"),
        (State.EXPIRED, "It ran out"),
    ]:
        UnmaskRequest.objects.update(state=state)
        page = author.get(tools).content.decode()
        assert sentence in page
        assert "Mia" not in page
        assert REASON not in page
    notice = re.search(r"/inbox/\d+/", author.get("/inbox/").content.decode())[0]
    assert author.get(notice)["Location"] == "/my/anonymous/"


def test_the_author_without_a_link_reads_that_there_was_no_name(ask_about, carol, mia, client):
    code = return_code.spelled(bytes(range(16)))
    thread = make.thread("published", author=carol, code=code, by=mia)
    ask_about(make.opener(thread))
    UnmaskRequest.objects.update(state=State.REVEALED, told=True, revealed_hour=make.NOW)
    page = client.post("/return/", {"code": code}).content.decode()
    assert "there was no name to show" in page
    assert "your display name" not in page


def test_an_author_who_has_to_wait_reads_nothing_so_far(ask_about, persona, nia, bob):
    ask_about(persona, ground=Ground.COURT, waits_days=5)
    fanout.tell_all()
    author = make.signed_in(bob)
    tools = re.search(r"/my/anonymous/[0-9a-f]{32}/", author.get("/my/anonymous/").content.decode())[0]
    assert "A note about" not in author.get("/inbox/").content.decode()
    assert "learn" not in author.get(tools).content.decode()
    UnmaskRequest.objects.update(told=True)
    assert "asked to learn" in author.get(tools).content.decode()


def test_moderators_find_the_pages_from_the_desk(post, persona, mia, signed_in):
    client = signed_in(mia)
    assert "/moderation/unmask/" in client.get("/moderation/queue/").content.decode()
    item = f"/moderation/posts/{post.pk}/author/"
    link = f"/moderation/unmask/ask/?text={post.pk}"
    assert link in client.get(item).content.decode()
    assert f'value="{post.pk}"' in client.get(link).content.decode()


def test_a_list_of_ten_more_requests_costs_no_more_queries(asked, mia, signed_in, ask_about, persona):
    client = signed_in(mia)
    client.get("/moderation/unmask/")
    with CaptureQueriesContext(connection) as one:
        client.get("/moderation/unmask/")
    for number in range(10):
        asked.pk, asked.state, asked.quarter = uuid.uuid4(), State.REFUSED, f"20{number:02}-1"
        asked.save(force_insert=True)
    with CaptureQueriesContext(connection) as eleven:
        assert client.get("/moderation/unmask/").content.count(b'class="entry"') == 11
    assert len(eleven) == len(one)


@pytest.mark.django_db(transaction=True)
def test_its_table_comes_when_it_is_switched_on_later():
    table = UnmaskRequest._meta.db_table
    call_command("migrate", "breakglass", "zero", stdout=io.StringIO())
    assert table not in connection.introspection.table_names()
    call_command("migrate", stdout=io.StringIO())
    assert table in connection.introspection.table_names()


def test_the_public_page_tells_of_it_counts_and_names_nobody(today, client):
    page = client.get("/anonymity/").content.decode()
    assert f'<th scope="row">{timezone.now().year}</th><td>1</td><td>1</td><td>0</td><td>0</td>' in page
    assert "not by cryptography" in page
    assert "there is no way" not in page
    for hidden in (today.persona.thread.title, REASON, "Mia", "Mo<"):
        assert hidden not in page
