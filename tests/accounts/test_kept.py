"""Nothing typed is lost: signed out while writing, or signed in again since, the form waits on the page."""

import html
import re

import pytest
from django.test import Client

from anonymity.models import Link
from forum.models import Thread
from tests import make, typed

pytestmark = pytest.mark.embedded

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


@pytest.fixture
def visitor() -> Client:
    """A browser whose forms need their secret, as on the site."""
    return Client(enforce_csrf_checks=True)


def kept_form(page: str) -> dict[str, list[str]]:
    """What the button of a page that kept a text sends."""
    fields: dict[str, list[str]] = {}
    main = page[page.index("Your text is still here") :]
    for name, value in HIDDEN.findall(main):
        fields.setdefault(name, []).append(html.unescape(value))
    return fields


def sign_in(visitor: Client, account) -> None:
    page = visitor.get("/accounts/login/").content.decode()
    secret = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    form = {"login": account.email, "password": make.PASSWORD, "csrfmiddlewaretoken": secret}
    assert visitor.post("/accounts/login/", form).status_code == 303


@pytest.mark.parametrize("identity", ["named", "anonymous"])
def test_a_question_typed_while_the_session_ended_is_sent_after_signing_in(visitor, carol, tags, identity):
    sign_in(visitor, carol)
    page = visitor.get("/ask/").content.decode()
    secret = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    form = typed.question(
        identity=identity, body=f'"{make.BODY}" <b> & {typed.CANARY}', topic=["gifts", "small-community"]
    )
    del visitor.cookies["sessionid"]  # the session ran out

    answer = visitor.post("/ask/", {**form, "csrfmiddlewaretoken": secret})
    assert answer.status_code == 401
    assert not Thread.objects.exists()
    waiting = kept_form(answer.content.decode())
    assert waiting["body"] == [form["body"]]

    sign_in(visitor, carol)  # in another tab, which changes the secret of every form
    stale = visitor.post("/ask/", waiting)
    assert stale.status_code == 403
    assert not Thread.objects.exists()

    assert visitor.post("/ask/", kept_form(stale.content.decode()))["Location"] == "/ask/sent/"
    thread = Thread.objects.get()
    assert thread.posts.get().body == form["body"]
    assert str(thread.pk) == form["id"]
    assert set(thread.thread_tags.filter(inherited=False).values_list("tag__slug", flat=True)) == {
        "professional-counselor",
        "us-co",
        "gifts",
        "small-community",
    }
    assert Link.objects.exists() == (identity == "anonymous")
    assert thread.author == (carol if identity == "named" else None)


@pytest.mark.parametrize(
    "name", ["body", "title", "asking", "note", "return-note", "red_flag", "contingent_on"]
)
def test_every_kind_of_text_is_shown_to_be_copied(client, db, name):
    page = client.post("/ask/", {name: "Words of an hour."}).content.decode()
    assert ">Words of an hour.</textarea>" in page


def test_a_page_that_keeps_a_form_shows_no_password_and_no_secret(visitor, db):
    form = {
        "login": "a@example.org",
        "password": "unspoken words",
        "oldpassword": "unspoken",
        "password1": "unspoken",
    }
    answer = visitor.post("/accounts/login/", {**form, "csrfmiddlewaretoken": "stale"})
    assert answer.status_code == 403
    assert b"unspoken" not in answer.content
    assert b'value="stale"' not in answer.content


@pytest.mark.parametrize("address", ["withdraw/", ""])
def test_a_form_without_words_is_not_offered_again(visitor, carol, mia, address):
    """A page elsewhere could have sent it: one press of a button would then do what nobody asked for."""
    thread = make.thread("published", author=carol, by=mia)
    visitor.force_login(carol)
    answer = visitor.post(f"/my/threads/{thread.public_id}/{address}")
    assert answer.status_code == 403
    assert "Send it now" not in answer.content.decode()
    thread.refresh_from_db()
    assert thread.state == "published"


def test_words_sent_from_elsewhere_are_not_offered_again(visitor, carol, tags):
    visitor.force_login(carol)
    answer = visitor.post("/ask/", typed.question(), headers={"Origin": "https://elsewhere.example"})
    assert answer.status_code == 403
    assert make.BODY not in answer.content.decode()
    assert "Send it now" not in answer.content.decode()


def test_a_kept_form_leads_back_to_this_site_only(client, db):
    page = client.post("//elsewhere.example/ask/", {"body": "x"}).content.decode()
    assert 'action="//' not in page
    page = client.post("/ask/?next=//elsewhere.example", {"body": "Words."}).content.decode()
    assert 'action="/ask/?next=//elsewhere.example"' in page
