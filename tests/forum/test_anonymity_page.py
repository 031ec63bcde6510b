"""How your anonymity works: every number on the page is the one that the board runs by."""

from datetime import timedelta

import pytest

from anonymity import vault
from tests import make

pytestmark = pytest.mark.embedded

ADDRESS = "/anonymity/"


def words(client) -> str:
    return " ".join(client.get(ADDRESS).content.decode().split())


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("THREADS_A_DAY", 41, "ask 41 questions"),
        ("THREADS_A_DAY", 1, "ask 1 question and"),
        ("REPLIES_A_DAY", 43, "write 43 replies a day"),
        ("ANON_KEY_GRACE", timedelta(days=47), "destroyed 47 days later"),
        ("SESSION_COOKIE_AGE", 53 * 24 * 3600, "ends by itself after 53 days"),
        ("MODERATOR_SESSION_AGE", 59 * 3600, "a moderator’s after 59 hours"),
    ],
)
def test_a_changed_setting_changes_the_promise(client, db, settings, name, value, sentence):
    assert sentence not in words(client)
    setattr(settings, name, value)
    assert sentence in words(client)


def test_the_age_of_the_key_is_the_one_it_is_renewed_by(client, db, monkeypatch):
    assert "Every 30 days there is a new key" in words(client)
    monkeypatch.setattr(vault, "KEY_LASTS", timedelta(days=61))
    assert "Every 61 days there is a new key" in words(client)


@pytest.mark.parametrize("address", ["/", "/accounts/signup/", "/my/anonymous/", "/ask/"])
def test_the_page_is_linked_where_somebody_wonders(client, alice, address):
    if address != "/accounts/signup/":
        client.force_login(alice)
        make.confirmed(client)
    main = client.get(address).content.decode().partition("<main")[2]
    assert f'href="{ADDRESS}"' in (main if address == "/" else main.partition("</main>")[0])


def test_without_break_glass_there_is_no_way(client, db):
    assert "On this board there is no way" in words(client)
    assert "two moderators together</a>" not in words(client)
