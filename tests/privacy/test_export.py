"""T-EXPORT: each file goes to its owner alone, is kept nowhere, and holds only one side of them."""

import json
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.actions.employers import declare_employers
from anonymity import vault
from forum import lifecycle
from forum.actions.appeal import appeal
from forum.actions.follow import follow
from forum.actions.notice_settings import choose_notices
from forum.models import NoticeSettings, Post
from forum.notices import fanout
from forum.states import State
from moderation import intake
from moderation.actions.duty import go_away, set_duty
from moderation.actions.sanction import appeal_sanction, sanction
from tests import make, typed
from tests.privacy.test_graph import HOLDS_AN_ACCOUNT
from tests.privacy.test_write import Written

pytestmark = pytest.mark.embedded

HEADERS = {
    "Content-Type": "application/json",
    "Content-Disposition": 'attachment; filename="sounding-board.json"',
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
}
# Of each column with an account, where the file tells of it, or why not.
TOLD = {
    "forum.Thread.author": "threads",
    "forum.Post.author": "threads",
    "forum.Notice.account": "notices",
    "forum.Follow.account": "follows",
    "accounts.Account_disciplines.account": "profile",
    "accounts.Account_jurisdictions.account": "profile",
    "accounts.Verification.account": "verifications",
    "accounts.Verification.checked_by": "about somebody else",
    "accounts.Verification.holder": "a claim lasts for minutes",
    "moderation.QueueItem.holder": "a claim lasts for minutes",
    "moderation.QueueItem.suggested_to": "about somebody else's text",
    "moderation.QueueItem.agreed_by": "about somebody else's text",
    "moderation.Suggestion.to": "about somebody else's text",
    "moderation.Duty.account": "duty",
    "moderation.Absence.account": "away",
    "moderation.Absence.cover": "about somebody else's days",
    "moderation.Decision.by": "decisions",
    "moderation.Redaction.asked_by": "about somebody else's words, which are gone",
    "moderation.Redaction.decided_by": "about somebody else's words, which are gone",
    "moderation.Recusal.moderator": "about somebody else's text",
    "moderation.Sanction.account": "sanctions",
    "moderation.Sanction.by": "about somebody else",
    "moderation.Sanction.second": "about somebody else",
    "moderation.AuditEvent.by": "says of each decision once more that it was made",
    "breakglass.UnmaskRequest.requester": "about somebody else, and on record for all moderators",
    "breakglass.UnmaskRequest.second": "about somebody else, and on record for all moderators",
    "breakglass.UnmaskRequest.third": "about somebody else, and on record for all moderators",
}


@pytest.fixture
def board(vera, bob, mo, mia, tags) -> dict[str, str]:
    """Vera's, under her name and not, among others'; the words by which each text is known."""
    names = ("named", "anonymous", "reply", "view", "others", "edit", "rewording")
    marks = {name: f"{typed.CANARY}{name}" for name in names}

    def body(name: str) -> str:
        return f"{make.BODY} I mean {marks[name]}."

    own = make.thread("published", author=vera, by=mo, body=body("named"), title="A question of Vera's own")
    make.post(own, author=mo, body=body("others"))
    make.thread("returned", author=vera, by=mo, title="A text that came back")
    make.thread("published", author=vera, anonymous=True, by=mo, body=body("anonymous"))
    asked = make.thread("published", author=bob, anonymous=True, by=mo, body=body("others"))
    make.post(asked, "perspective", author=vera, by=mo, body=body("reply"))
    make.post(asked, "perspective", author=vera, anonymous=True, by=mo, body=body("view"))
    make.edit(make.question(own), body=body("edit"))
    make.edit(asked.posts.get(persona__is_op=False), body=body("rewording"))
    follow(asked, by=vera)
    follow(tags["us"], by=vera)
    choose_notices(NoticeSettings(account=vera, quiet_from=22, quiet_to=7))
    fanout.tell_all()
    return marks


@pytest.fixture
def veras(vera) -> Client:
    return make.signed_in(vera)


def named(client: Client) -> HttpResponse:
    return client.post("/my/export/", {"password": make.PASSWORD})


def anonymous(client: Client) -> HttpResponse:
    return client.post("/my/anonymous/export/")


def test_the_file_by_name_holds_what_is_the_names_and_nothing_else(board, veras, vera):
    answer = named(veras)
    assert {name: answer[name] for name in HEADERS} == HEADERS
    text, file = answer.content.decode(), json.loads(answer.content)
    assert [name for name, mark in board.items() if mark in text] == ["named", "reply", "edit"]
    assert file["profile"] == {
        "display name": "Vera",
        "addresses": [vera.email],
        "credential": "PhD",
        "disciplines": ["discipline: Psychologist"],
        "jurisdictions": ["jurisdiction: Oregon"],
        "employers": [],
        "roles": ["verified"],
    }
    titles = {thread.get("title"): [post["state"] for post in thread["posts"]] for thread in file["threads"]}
    assert titles == {
        "A question of Vera's own": ["published"],
        "A text that came back": ["returned"],
        None: ["published"],
    }
    assert len(file["follows"]["threads"]) == 1
    assert file["follows"]["tags"] == [{"tag": "jurisdiction: United States", "level": "follow"}]
    assert file["hears of"]["quiet from"] == 22
    assert {notice["about"] for notice in file["notices"]} >= {"Your text was published", "A new reply"}
    assert file["decisions"] == []
    assert "leave out the name of the gym" not in text  # a moderator's words


def test_the_anonymous_file_holds_what_is_the_personas_and_no_name_of_them(board, veras, vera):
    answer = anonymous(veras)
    assert {name: answer[name] for name in HEADERS} == HEADERS
    text = answer.content.decode()
    assert [name for name, mark in board.items() if mark in text] == ["anonymous", "view", "rewording"]
    personas = vault.personas_of(vera)
    assert len(personas) == 2
    ids = [*personas, *Post.objects.filter(persona__in=personas).values_list("pk", flat=True)]
    for trace in [*ids, *(number.hex for number in ids), vera.email, "Vera", "PhD"]:
        assert str(trace) not in text
    own, reply = sorted(json.loads(text)["threads"], key=len, reverse=True)
    assert own["thread"].startswith("http://127.0.0.1:8000/threads/")
    assert set(reply) == {"thread", "posts"}


def test_of_a_thread_of_another_that_is_no_longer_public_only_the_own_words_are_told(board, veras):
    thread = Post.objects.get(body__contains=board["reply"]).thread
    lifecycle.move(thread, State.HIDDEN)
    for export, mark in ((named, "reply"), (anonymous, "view")):
        text = export(veras).content.decode()
        assert board[mark] in text
        assert thread.public_id not in text


def test_a_moderators_decisions_are_told(board, mo):
    client = Client()
    client.force_login(mo)
    file = json.loads(named(client).content)
    assert file["profile"]["roles"] == ["moderator"]
    assert {decision["decision"] for decision in file["decisions"]} == {"Published", "Returned with a note"}
    assert any("leave out the name of the gym" in decision["note"] for decision in file["decisions"])


def test_a_moderators_own_duty_is_told(mo, mia, tags):
    now = timezone.now()
    set_duty(on_duty=True, at_most=3, topics=[tags["gifts"]], by=mo, now=now)
    days = {"first": now.date(), "last": now.date() + timedelta(days=3)}
    go_away(**days, cover=mia, pass_on=False, by=mo, now=now)
    go_away(**days, cover=None, pass_on=False, by=mia, now=now)
    client = Client()
    client.force_login(mo)
    file = json.loads(named(client).content)
    assert file["duty"] == {"on duty": True, "at most": 3, "topics": ["topic: Gifts"]}
    assert file["away"] == [{name: day.isoformat() for name, day in days.items()}]


def test_where_somebody_works_and_their_appeals_are_told_on_their_own_side(vera, mo, veras, now):
    declare_employers(["The county clinic"], by=vera, now=now)
    given = sanction(vera, "warning", "Please write more kindly.", by=mo, now=now)
    appeal_sanction(given, "I wrote nothing of the kind, please look.", by=vera, now=now)
    for anonymously, words in ((False, "Under my name I ask again."), (True, "Without a name I ask again.")):
        thread = make.thread("declined", author=vera, anonymous=anonymously, by=mo, now=now)
        [decided] = intake.decided_about(thread.posts.all())
        appeal(decided, words, by=make.opener(thread), now=now)
    by_name, by_persona = (json.loads(export(veras).content) for export in (named, anonymous))
    assert by_name["profile"]["employers"] == ["The county clinic"]
    assert by_name["sanctions"][0]["appeal"] == "I wrote nothing of the kind, please look."
    for file, words in ((by_name, "Under my name I ask again."), (by_persona, "Without a name I ask again.")):
        assert [post["appeals"] for thread in file["threads"] for post in thread["posts"]] == [[words]]


@pytest.mark.parametrize("export", [named, anonymous])
def test_nobody_gets_the_words_of_others(board, carol, client, export):
    assert export(client).status_code == 401
    client.force_login(carol)
    make.confirmed(client)
    answer = export(client)
    assert answer.status_code == 200
    assert typed.CANARY not in answer.content.decode()
    assert json.loads(answer.content)["threads"] == []


def test_the_file_by_name_asks_for_the_password(board, veras):
    assert "Download" in veras.get("/my/export/").content.decode()
    for password in ("", "another long password"):
        answer = veras.post("/my/export/", {"password": password})
        assert answer.status_code == 422
        assert typed.CANARY not in answer.content.decode()
    assert veras.get("/my/anonymous/export/").status_code == 405


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("export", [named, anonymous])
def test_an_export_writes_nothing(board, veras, export):
    cookies = {name: morsel.value for name, morsel in veras.cookies.items()}
    with Written() as written:
        assert export(veras).status_code == 200
    assert not written.statements
    assert {name: morsel.value for name, morsel in veras.cookies.items()} == cookies


@pytest.mark.parametrize("export", [named, anonymous])
def test_ten_more_threads_cost_no_more_queries(
    vera, mo, veras, export, settings, django_assert_max_num_queries
):
    settings.THREADS_A_DAY = 20
    counts = []
    for _ in range(2):
        for anonymously in (False, True):
            for _ in range(3):
                make.thread("published", author=vera, anonymous=anonymously, by=mo)
        fanout.tell_all()
        with django_assert_max_num_queries(40) as queries:
            export(veras)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_of_every_table_it_is_known_whether_the_file_tells_of_it():
    """Whoever adds a column that holds an account says so here, and adds it to `forum.export`."""
    assert set(TOLD) == set(HOLDS_AN_ACCOUNT)
