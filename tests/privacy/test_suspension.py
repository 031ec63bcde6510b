"""T-SUSP: nobody learns from a pause who was paused, or that two paused authors are one."""

import re
import uuid
from datetime import timedelta
from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from anonymity.models import Block, Link
from forum.models import Persona
from forum.notices import fanout
from moderation.actions.silence import pause_author
from tests import make
from tests.forum.live.conftest import new_tab, open_tab  # noqa: F401
from tests.forum.live.tabs import soon
from tests.pages import masked
from tests.privacy.two_worlds.crawl import addresses

pytestmark = pytest.mark.embedded

UUID = re.compile(rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def signed_in(account) -> Client:
    return make.signed_in(account) if account else Client()


def author_page(persona: Persona) -> str:
    return f"/moderation/posts/{persona.posts.order_by('hour', 'pk')[0].pk}/author/"


@pytest.fixture
def personas(tags, mo) -> dict[str, Persona]:
    """Two of one author, one of another, and one that is nobody's any more: threads alike but for that."""
    bob, carol = make.account("Bob", is_verified=True), make.account("Carol", is_verified=True)
    authors = {"first": bob, "second": bob, "another's": carol, "nobody's": make.account()}
    made = {}
    for name, author in authors.items():
        thread = make.thread("published", author=author, anonymous=True, by=mo)
        made[name] = make.opener(thread)
    Link.objects.filter(persona=made["nobody's"].pk.bytes).delete()
    fanout.tell_all()
    return made


def everywhere(viewers: dict[str, Client], but: str) -> dict[tuple[str, str], tuple[int, bytes]]:
    """What each viewer gets at every address, apart from those of one page about an author."""
    seen = {}
    for alike in addresses(get_resolver()):
        for address in alike:
            if address.startswith(but) or "logout" in address or address == "/readyz":
                continue  # which tells how long ago the worker was there
            for name, client in viewers.items():
                response = client.get(address)
                seen[address, name] = response.status_code, masked(response)
            if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
                break  # of what only takes forms, one is looked at
    return seen


def test_no_page_of_any_account_or_persona_differs_after_a_pause(personas, mo, admin, mia):
    acted = personas["first"]
    bob = make.Account.objects.get(display_name="Bob")
    viewers = {"nobody": None, "bob": bob, "admin": admin, "mia": mia}
    clients = {name: signed_in(account) for name, account in viewers.items()}
    page = author_page(acted)
    clients["bob"].post("/inbox/read/")  # a notice that is opened is read, and looking round opens all
    before = everywhere(clients, but=page)
    pause_author(acted, days=7, by=mo, now=timezone.now())
    after = everywhere(clients, but=page)
    told = {key for key in before if before[key] != after[key]}
    # Only the author's own page of asking tells, and to the author alone; so would their tools. That Mo did
    # it stands in the record, as on the page left out.
    assert told == {("/ask/", "bob"), ("/moderation/log/", "mia"), ("/moderation/log/", "admin")}
    assert recorded(clients["mia"]) == [("Author paused", f"persona {acted.pk}", "Mo")]
    assert set(before) == set(after)
    assert {address for address, _ in before if "/author/" in address}  # pages of the others were looked at


def recorded(client: Client) -> list[tuple[str, ...]]:
    page = client.get("/moderation/log/?kind=author.paused").content.decode()
    return re.findall(
        r'<b>([^<]+)</b><br><span class="soft about">([^<]+)</span></td>\s*<td><a[^>]+>(.*?)</a>', page
    )


def answers(client: Client, persona: Persona, deeds: list[tuple[str, dict]]) -> list[tuple]:
    """Status, headers and body of the page and of each deed, but for the ids of its thread and post."""
    page = author_page(persona)
    responses = [client.get(page)]
    for deed, fields in deeds:
        responses += [client.post(f"{page}{deed}/", fields), client.get(page)]
    public_id = persona.thread.public_id.encode()
    return [
        (
            response.status_code,
            sorted((name, UUID.sub(b"-", value.encode())) for name, value in response.headers.items()),
            UUID.sub(b"-", masked(response)).replace(public_id, b"-"),
        )
        for response in responses
    ]


@pytest.mark.parametrize("deed", [("pause", {"days": "7"}), ("pause", {"days": "30"}), ("lift", {})])
def test_a_second_pause_of_one_author_is_answered_like_a_first_of_another_and_of_nobody(personas, mo, deed):
    client = signed_in(mo)
    pause_author(personas["first"], days=30, by=mo, now=timezone.now())
    rows = Block.objects.count()
    names = ["second", "another's", "nobody's"]
    seen = []
    for grown, name in enumerate(names, start=1):
        seen.append(answers(client, personas[name], [deed]))
        assert Block.objects.count() == rows + grown
    assert seen[0] == seen[1] == seen[2]
    assert [status for status, *_ in seen[0]] == [200, 303, 200]


def test_the_page_of_the_acted_persona_tells_of_the_deed_and_not_of_its_outcome(personas, mo):
    """After the third pause, which lasts longer, as after the first."""
    client = signed_in(mo)
    for days in (60, 30):
        pause_author(personas["second"], days=7, by=mo, now=timezone.now() - timedelta(days=days))
    deeds = [("pause", {"days": "7"}), ("lift", {})]
    assert answers(client, personas["first"], deeds) == answers(client, personas["another's"], deeds)


def test_members_and_authors_get_one_answer_whatever_post_they_name(personas, tags):
    bob = signed_in(make.Account.objects.get(display_name="Bob"))
    for address in (author_page(personas["first"]), f"/moderation/posts/{uuid.uuid4()}/author/"):
        for deed in ("mute", "unmute", "pause", "lift"):
            assert bob.post(f"{address}{deed}/", {"days": "7"}).status_code == 404
    assert not Block.objects.exists()


@pytest.mark.django_db(transaction=True)
async def test_the_sockets_of_a_paused_author_stay_open_and_hear_nothing(open_tab):  # noqa: F811
    """Leak 52."""
    author, mo = await soon(make.account)("Bob"), await soon(make.moderator)("Mo")
    thread = await soon(make.thread)("published", author=author, anonymous=True, by=mo)
    persona = await soon(make.opener)(thread)
    tabs = [await open_tab(author), await open_tab(mo)]
    await soon(pause_author)(persona, days=30, by=mo, now=timezone.now())
    for tab in tabs:
        assert await tab.receive_nothing(timeout=0.2)
        await tab.sends('{"t":"ping"}')
        assert not tab.future.done()
