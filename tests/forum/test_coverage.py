"""Coverage: that a discipline has no moderator yet is told openly, to authors and moderators."""

import re

import pytest

from forum import return_code
from tests import make, typed

TOLD = "No moderator from this discipline yet"


def told(client, address: str) -> bool:
    return TOLD in client.get(address).content.decode()


@pytest.fixture
def asked(alice, mia):
    """By discipline, Alice's question: Mia is a counselor."""
    return {
        each: make.thread(author=alice, tags=[each, "us-co"])
        for each in ("psychologist", "professional-counselor")
    }


def test_its_author_reads_it_among_the_tools_until_somebody_answers(client, asked, alice, mia):
    client.force_login(alice)
    tools = {name: f"/my/threads/{thread.public_id}/" for name, thread in asked.items()}
    assert {name: told(client, address) for name, address in tools.items()} == {
        "psychologist": True,
        "professional-counselor": False,
    }
    thread = asked["psychologist"]
    make.decide_on(make.question(thread), "published", by=mia)
    assert told(client, tools["psychologist"])
    thread.refresh_from_db()
    make.post(thread, author=mia)
    assert not told(client, tools["psychologist"])


def test_one_discipline_of_two_is_enough(client, alice, mia):
    thread = make.thread(author=alice, tags=["psychologist", "professional-counselor", "us-co"])
    client.force_login(alice)
    assert not told(client, f"/my/threads/{thread.public_id}/")


def test_whoever_asked_anonymously_reads_it_too(bob, mia):
    make.thread(author=bob, anonymous=True, tags=["psychologist", "us-co"])
    browser = make.signed_in(bob)
    [address] = set(
        re.findall(r"/my/anonymous/[0-9a-f]{32}/", browser.get("/my/anonymous/").content.decode())
    )
    assert told(browser, address)


def test_whoever_comes_with_a_code_reads_it_too(client, mia):
    code = return_code.new()
    make.thread(code=code, tags=["psychologist", "us-co"])
    assert TOLD in client.post("/return/", {"code": code}).content.decode()


def test_moderators_read_it_on_the_item(client, asked, mia):
    client.force_login(mia)
    found = {name: told(client, make.item(thread).get_absolute_url()) for name, thread in asked.items()}
    assert found == {"psychologist": True, "professional-counselor": False}


def test_the_page_after_sending_says_the_same_to_everybody(client, alice, mia, mo, asked):
    client.force_login(alice)
    page = client.get("/ask/sent/").content.decode()
    covered = page.split("Who reads it")[1].split("</ul>")[0]
    assert "Professional counselor" in covered
    assert "Clinical social worker" in covered
    assert "Psychologist" not in covered
    client.force_login(make.account())
    assert client.get("/ask/sent/").content.decode().split("Who reads it")[1].split("</ul>")[0] == covered


def test_who_is_no_moderator_covers_nothing(client, vera, tags):
    client.force_login(vera)
    assert "No moderator has said yet" in client.get("/ask/sent/").content.decode()


def test_the_page_with_the_code_says_it_too(client, alice, mia):
    client.force_login(alice)
    answer = client.post("/ask/", typed.question(identity="no-link", code=return_code.spelled(bytes(16))))
    assert answer.status_code == 200
    assert "Professional counselor" in answer.content.decode()
