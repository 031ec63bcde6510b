"""Asking: what is written, what is refused, and that nothing typed is lost."""

import re
import uuid
from datetime import timedelta

import pytest

from accounts.access import TooMany
from anonymity import vault
from anonymity.models import Link, Rate
from forum.actions.ask import ask, ask_as_persona
from forum.models import Persona, Post, Tag, Thread
from moderation.models import QueueItem
from tests import make, typed


def test_a_question_under_a_name_names_its_author(alice, now):
    thread = ask(make.draft(), by=alice, now=now)
    assert (thread.author, thread.state, thread.posts.get().author) == (alice, "pending", alice)
    assert not Persona.objects.exists()
    assert not Link.objects.exists()


def test_a_question_as_a_persona_holds_no_path_to_its_account(alice, now):
    thread = ask_as_persona(make.draft(), account=alice, now=now)
    post, persona = thread.posts.get(), Persona.objects.get()
    assert (thread.author, post.author, post.persona) == (None, None, persona)
    assert (persona.is_op, persona.ordinal) == (True, 1)
    assert bytes(Link.objects.get().persona) == persona.pk.bytes
    assert vault.owns(alice, persona.pk)


@pytest.mark.parametrize("anonymous", [False, True])
def test_a_question_waits_in_the_queue_with_its_hour_and_urgency(alice, now, anonymous):
    thread = make.thread(author=alice, anonymous=anonymous, now=now, urgency="urgent")
    item = QueueItem.objects.get()
    assert (item.post, item.kind, item.urgent, item.decided) == (thread.posts.get(), "question", True, False)
    whole = now.replace(minute=0)
    assert {thread.hour, thread.active_hour, item.post.hour, item.hour} == {whole}


def test_a_thread_is_under_its_tags_and_their_ancestors(pending_thread):
    rows = {(row.tag.slug, row.inherited) for row in pending_thread.thread_tags.all()}
    assert rows == {
        ("professional-counselor", False),
        ("us-co", False),
        ("us", True),
        ("friendship-after-termination", False),
    }


@pytest.mark.parametrize("deed", ["named", "anonymous"])
def test_the_same_form_twice_makes_one_thread_and_takes_one_place(carols, deed):
    form = typed.question(identity=deed)
    for _ in range(2):
        answer = carols.post("/ask/", form)
        assert (answer.status_code, answer["Location"]) == (303, "/ask/sent/")
    assert Thread.objects.count() == Post.objects.count() == QueueItem.objects.count() == 1
    assert Rate.objects.count() == (deed == "anonymous")


@pytest.mark.parametrize("identity", ["named", "anonymous"])
def test_the_fourth_question_of_a_day_is_refused_with_its_text_on_the_page(carols, identity):
    for _ in range(3):
        assert carols.post("/ask/", typed.question(identity=identity)).status_code == 303
    answer = carols.post("/ask/", typed.question(identity=identity, body=f"{make.BODY} {typed.CANARY}"))
    assert answer.status_code == 429
    assert b"3 questions a day" in answer.content
    assert typed.CANARY.encode() in answer.content
    assert Thread.objects.count() == 3


@pytest.mark.parametrize("anonymous", [False, True])
def test_the_next_day_has_questions_of_its_own(alice, now, anonymous):
    for _ in range(3):
        make.thread(author=alice, anonymous=anonymous, now=now)
    with pytest.raises(TooMany):
        make.thread(author=alice, anonymous=anonymous, now=now + timedelta(hours=1))
    make.thread(author=alice, anonymous=anonymous, now=now + timedelta(days=1))


def test_with_the_vault_out_of_order_nothing_is_written_and_nothing_typed_is_lost(
    carols, carol, tmp_path, settings
):
    settings.ANON_KEYRING_FILE = tmp_path / "gone.json"
    form = typed.question(title=f"{make.TITLE} {typed.CANARY}", topic=["gifts"])
    answer = carols.post("/ask/", form)
    assert answer.status_code == 503
    page = answer.content.decode()
    for words in (form["title"], form["asking"], make.BODY, 'value="gifts" checked'):
        assert words in page
    assert 'value="anonymous" required checked' in page
    for model in (Thread, Post, Persona, QueueItem, Link, Rate):
        assert not model.objects.exists()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"title": ""}, "Please write your question in one line"),
        ({"title": "Too short"}, "at least 15 characters"),
        ({"body": "…" * 8000}, "Please use fewer of them"),
        ({"title": "x" * 151}, "at most 150 characters"),
        ({"title": "\u200b" * 40}, "Please write your question in one line"),
        ({"body": ""}, "Please say what happened"),
        ({"body": "Short."}, "at least 120 characters"),
        ({"body": "x" * 8001}, "at most 8000 characters"),
        ({"body": "\u2060" * 400}, "Please say what happened"),
        ({"asking": "x" * 301}, "at most 300 characters"),
        ({"discipline": None}, "choose at least one"),
        ({"jurisdiction": None}, "choose at least one"),
        ({"discipline": ["us-co"]}, "is not one of the tags"),
        ({"topic": ["no-such-topic"]}, "is not one of the tags"),
        ({"topic": ["gifts\0"]}, "Null characters are not allowed"),
        (
            {"topic": ["gifts", "small-community", "friendship-after-termination", "fourth"]},
            "3 topics at most",
        ),
        ({"urgency": "yesterday"}, "Select a valid choice"),
        ({"id": "1d5b1e1c-8f2f-11ee-b9d1-0242ac120002"}, "This form is damaged"),
        ({"id": "no-id"}, "Enter a valid UUID"),
        ({"identity": None}, "Please choose whether your name is shown"),
        ({"identity": "somebody"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_said_on_the_page_that_keeps_the_rest(carols, change, sentence):
    make.tag("topic", "fourth")
    form = typed.question(**change)
    answer = carols.post("/ask/", form)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert sentence in page
    if "title" not in change:
        assert form["title"] in page
    if "body" not in change:
        assert form["body"] in page
    assert not Thread.objects.exists()
    assert not Link.objects.exists()


def test_the_sentence_stands_next_to_its_field(carols):
    page = carols.post("/ask/", typed.question(body="Short.")).content.decode()
    error, control = page.index('id="id_body_error"'), re.search(r'<textarea[^>]*name="body"', page).start()
    assert error < page.index("at least 120 characters", error) < control


@pytest.mark.parametrize("then", ["named", "anonymous"])
def test_a_form_sent_again_under_another_name_is_not_taken_for_sent(carols, then):
    """Who went back to choose otherwise would believe the text to stand as chosen last."""
    form = typed.question(identity="anonymous" if then == "named" else "named")
    carols.post("/ask/", form)
    answer = carols.post("/ask/", {**form, "identity": then})
    assert answer.status_code == 409
    assert make.BODY in answer.content.decode()
    assert "sent already" in answer.content.decode()
    assert Thread.objects.count() == 1


@pytest.mark.parametrize("identity", ["named", "anonymous"])
def test_the_id_of_another_post_makes_no_thread_and_no_fault(carols, consultation, identity):
    """Ids of posts can be read on the page of their thread."""
    answer = carols.post("/ask/", typed.question(identity=identity, id=str(consultation.pk)))
    assert answer.status_code == 409
    assert make.BODY in answer.content.decode()
    assert Thread.objects.count() == 1


def test_what_a_form_does_not_ask_is_ignored(carols, alice, carol):
    extra = {"author": alice.pk, "persona": str(uuid.uuid4()), "state": "published", "hour": "2020-01-01"}
    extra |= {"public_id": "23456789abcd", "is_demo": "1", "position": "1"}
    assert carols.post("/ask/", typed.question(identity="named", **extra)).status_code == 303
    thread = Thread.objects.get()
    assert (thread.author, thread.state, thread.is_demo) == (carol, "pending", False)
    assert thread.public_id != "23456789abcd"
    assert thread.hour.year > 2020
    assert thread.posts.get().position is None


@pytest.mark.parametrize("title", ["…" * 150, "A “quoted” line — with dashes ﬃ" + "…" * 110])
@pytest.mark.parametrize("identity", ["named", "anonymous"])
def test_typographic_signs_at_full_length_are_taken(carols, identity, title):
    answer = carols.post("/ask/", typed.question(identity=identity, title=title, asking="…" * 300))
    assert answer.status_code == 303
    thread = Thread.objects.get()
    assert 15 <= len(thread.title) <= 150
    assert len(thread.asking) <= 300


def test_a_persona_writes_with_everybodys_quotes_and_dashes(alice, bob, now):
    words = "“Friend”, she said – and left…\u200b" + make.BODY
    named = ask(make.draft(body=words), by=alice, now=now)
    anonymous = ask_as_persona(make.draft(title="“Friends” – really… now", body=words), account=bob, now=now)
    assert named.posts.get().body.startswith("“Friend”, she said – and left…")
    assert anonymous.posts.get().body.startswith('"Friend", she said - and left...')
    assert anonymous.title == '"Friends" - really... now'


def test_the_form_comes_with_the_disciplines_and_places_of_the_profile(client, vera):
    client.force_login(vera)
    page = client.get("/ask/").content.decode()
    assert 'value="psychologist" checked' in page
    assert 'value="us-or" checked' in page
    page = client.get("/ask/?discipline=clinical-social-worker").content.decode()
    assert 'value="clinical-social-worker" checked' in page
    assert 'value="psychologist" checked' not in page


def test_similar_threads_are_offered_from_the_title_alone(carols, published_thread, pending_anonymous_thread):
    Tag.objects.update(description="")
    page = carols.post("/ask/similar/", {"title": "former client asks whether friends"}).content.decode()
    assert published_thread.get_absolute_url() in page
    assert pending_anonymous_thread.public_id not in page
    assert published_thread.public_id not in carols.post("/ask/similar/", {"title": "a"}).content.decode()
