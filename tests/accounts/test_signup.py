"""Joining, signing in and a forgotten password, through the pages and the mails."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from accounts.models import Account
from tests import make
from tests.pages import masked

pytestmark = pytest.mark.embedded

NEW = {
    "email": "nora@example.org",
    "display_name": "Nora",
    "password1": "seven slow herons wading",
    "website": "",
}
LIMITED = 429


@pytest.fixture
def code() -> str:
    """The pattern of a code on a line of its own."""
    return r"(?m)^\s*([A-Z0-9][A-Z0-9-]{5,})\s*$"


def join(client: Client, **changes: str):
    return client.post("/accounts/signup/", {**NEW, **changes})


def test_a_new_member_joins_with_the_code_from_the_mail(client, db, code):
    answer = join(client)
    assert client.get("/my/threads/").status_code == 302
    (letter,) = mail.outbox
    assert letter.to == ["nora@example.org"]
    assert letter.subject.startswith("[Sounding Board] ")
    wrong = client.post(answer["Location"], {"code": "WRONG1"})
    assert wrong.status_code == 200
    assert client.get("/my/threads/").status_code == 302
    confirmed = client.post(answer["Location"], {"code": re.search(code, letter.body)[1]})
    assert confirmed.status_code == 303
    account = Account.objects.get()
    assert (account.display_name, account.email) == ("Nora", "nora@example.org")
    assert not any([account.is_moderator, account.is_verified, account.is_administrator])
    assert EmailAddress.objects.get().verified
    assert client.get("/my/threads/").status_code == 200


def test_nobody_signs_in_before_the_address_is_confirmed(client, db):
    join(client)
    other = Client()
    other.post("/accounts/login/", {"login": NEW["email"], "password": NEW["password1"]})
    assert other.get("/my/threads/").status_code == 302


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"display_name": ""}, "This field is required"),
        ({"display_name": "Mo\u202ederator"}, "characters that can&#x27;t be seen"),
        ({"display_name": "M\u200bo"}, "characters that can&#x27;t be seen"),
        ({"display_name": "x" * 61}, "at most 60 characters"),
        ({"email": "no address"}, "valid email address"),
        ({"email": "a@example.org\nBcc: b@example.org"}, "valid email address"),
        ({"password1": "short"}, "at least 12 characters"),
        ({"password1": "123456789012345"}, "entirely numeric"),
        ({"password1": "password1234"}, "too common"),
        ({"password1": "nora@example.org"}, "too similar"),
    ],
)
def test_what_is_wrong_is_said_next_to_its_field(client, db, change, sentence):
    answer = join(client, **change)
    assert sentence in answer.content.decode()
    assert not Account.objects.exists()
    assert not mail.outbox


def test_a_name_is_one_line_with_single_spaces(client, db):
    join(client, display_name="  Nora \t  Quill ")
    assert Account.objects.get().display_name == "Nora Quill"


def test_extra_fields_make_nobody_more_than_a_member(client, db):
    join(client, is_moderator="on", is_verified="on", is_administrator="on", anon_ref="00" * 16, is_demo="on")
    account = Account.objects.get()
    assert not any([account.is_moderator, account.is_verified, account.is_administrator, account.is_demo])
    assert bytes(account.anon_ref) != bytes(16)


def test_what_fills_in_the_trap_gets_no_account(client, db):
    join(client, website="https://spam.example")
    assert not Account.objects.exists()


def test_a_known_address_is_answered_like_an_unknown_one(alice):
    known, unknown = Client(), Client()
    first, second = join(known, email=alice.email), join(unknown, email="nobody@example.org")
    assert (first.status_code, first["Location"]) == (second.status_code, second["Location"])
    pages = [
        masked(each.get(first["Location"])).replace(address.encode(), b"(address)")
        for each, address in ((known, alice.email), (unknown, "nobody@example.org"))
    ]
    assert pages[0] == pages[1]
    assert sorted(letter.to[0] for letter in mail.outbox) == ["alice@example.org", "nobody@example.org"]
    assert Account.objects.filter(email=alice.email).count() == 1


@pytest.mark.parametrize("password", ["wrong but long enough", make.PASSWORD + " "])
def test_a_wrong_password_is_told_in_the_words_of_an_unknown_address(client, alice, password):
    pages = []
    for address in (alice.email, "nobody@example.org"):
        answer = client.post("/accounts/login/", {"login": address, "password": password})
        assert answer.status_code == 200
        assert b"not correct" in answer.content
        pages.append(masked(answer).replace(address.encode(), b"(address)"))
    assert pages[0] == pages[1]


def test_many_wrong_passwords_are_refused_for_a_while(client, alice):
    answers = []
    for _ in range(12):
        form = {"login": alice.email, "password": "wrong but long enough"}
        answers.append(client.post("/accounts/login/", form))
    assert b"Too many failed login attempts" in answers[-1].content or answers[-1].status_code == LIMITED


def test_a_forgotten_password_is_set_anew_by_the_mail(client, alice):
    client.post("/accounts/password/reset/", {"email": alice.email})
    (letter,) = mail.outbox
    address = re.search(r"http://[^/\s]+(/accounts/password/reset/key/\S+)", letter.body)[1]
    page = client.get(address, follow=True)
    form = {"password1": "eleven grey stones in rain", "password2": "eleven grey stones in rain"}
    assert client.post(page.request["PATH_INFO"], form).status_code == 303
    alice.refresh_from_db()
    assert alice.check_password(form["password1"])
    assert Client().get(address, follow=True).status_code == 200
    again = Client()
    page = again.get(address, follow=True)
    again.post(
        page.request["PATH_INFO"], {"password1": "other words at night", "password2": "other words at night"}
    )
    alice.refresh_from_db()
    assert alice.check_password(form["password1"])


def test_asking_for_a_new_password_tells_nobody_whether_the_address_is_known(alice):
    pages = []
    for address in (alice.email, "nobody@example.org"):
        client = Client()
        answer = client.post("/accounts/password/reset/", {"email": address})
        pages.append((answer.status_code, answer["Location"], masked(client.get(answer["Location"]))))
    assert pages[0] == pages[1]


@pytest.mark.parametrize(
    "target", ["//elsewhere.example", "https://elsewhere.example/", "/\\elsewhere.example", "javascript:1"]
)
def test_signing_in_leads_nowhere_else(client, alice, target):
    form = {"login": alice.email, "password": make.PASSWORD, "next": target}
    answer = client.post("/accounts/login/", form)
    assert answer.status_code == 303
    assert answer["Location"] == "/"


def test_signing_in_gives_the_session_a_new_key(client, alice):
    client.get("/accounts/login/")
    session = client.session
    session["seen"] = "before"
    session.save()
    before = session.session_key
    client.post("/accounts/login/", {"login": alice.email, "password": make.PASSWORD})
    assert client.session.session_key != before
