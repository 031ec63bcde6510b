"""Replying: who may write what, in which thread, and what is public at once."""

import uuid

import pytest

from accounts.access import NotAllowed, TooMany
from anonymity.models import Rate
from forum import lifecycle
from forum.actions.compose import FormUsed
from forum.actions.reply import NotOpen, clarify, consult, give_perspective, give_perspective_as_persona
from forum.actions.update import post_update
from forum.models import Persona, Post
from forum.states import State
from moderation.models import QueueItem
from tests import make, typed


def test_a_consultation_is_public_at_once(published_thread, mo, now):
    post = consult(published_thread, make.text(aspects=["legal", "risk"]), by=mo, now=now)
    assert (post.author, post.state, post.position, post.aspects) == (mo, "published", 2, ["legal", "risk"])
    assert not QueueItem.objects.waiting().exists()


@pytest.mark.parametrize("deed", [give_perspective, clarify, post_update])
def test_what_others_write_waits_for_a_moderator(published_thread, alice, vera, now, deed):
    by = vera if deed is give_perspective else alice
    post = deed(published_thread, make.text(), by=by, now=now)
    assert (post.author, post.state, post.position) == (by, "pending", None)
    assert QueueItem.objects.waiting().get().post == post
    published_thread.refresh_from_db()
    assert published_thread.reply_count == 0


@pytest.mark.parametrize("who", ["carol", "alice", "vera", "admin"])
def test_only_moderators_consult(published_thread, request, now, who):
    with pytest.raises(NotAllowed, match="by moderators"):
        consult(published_thread, make.text(), by=request.getfixturevalue(who), now=now)
    assert published_thread.posts.count() == 1


@pytest.mark.parametrize("who", ["carol", "alice", "mo", "admin"])
def test_only_verified_clinicians_give_perspectives(published_thread, request, now, who):
    account = request.getfixturevalue(who)
    with pytest.raises(NotAllowed, match="verified clinicians"):
        give_perspective(published_thread, make.text(), by=account, now=now)
    with pytest.raises(NotAllowed, match="verified clinicians"):
        give_perspective_as_persona(published_thread, make.text(), account=account, now=now)
    assert published_thread.posts.count() == 1
    assert not Persona.objects.exists()


@pytest.mark.parametrize("deed", [clarify, post_update])
@pytest.mark.parametrize("who", ["carol", "mo", "persona"])
def test_only_who_asked_clarifies_and_updates(
    published_thread, anonymous_thread, request, alice, now, deed, who
):
    by = make.opener(anonymous_thread) if who == "persona" else request.getfixturevalue(who)
    with pytest.raises(NotAllowed, match="author of the question"):
        deed(published_thread, make.text(), by=by, now=now)
    deed(published_thread, make.text(), by=alice, now=now)


@pytest.mark.parametrize("deed", [clarify, post_update])
def test_an_anonymous_thread_takes_its_authors_words_from_its_persona_only(anonymous_thread, bob, now, deed):
    with pytest.raises(NotAllowed, match="author of the question"):
        deed(anonymous_thread, make.text(), by=bob, now=now)
    post = deed(anonymous_thread, make.text(), by=make.opener(anonymous_thread), now=now)
    assert (post.author, post.persona.label) == (None, "Anonymous author")


def test_a_colleague_is_one_persona_in_a_thread_and_another_elsewhere(
    published_thread, anonymous_thread, now
):
    vera, victor = make.account("Vera", is_verified=True), make.account("Victor", is_verified=True)

    def write(thread, account):
        post = give_perspective_as_persona(thread, make.text(), account=account, now=now)
        return post.persona.pk, post.persona.label

    first, second = write(published_thread, vera), write(published_thread, vera)
    other, elsewhere = write(published_thread, victor), write(anonymous_thread, vera)
    assert first == second
    assert len({first[0], other[0], elsewhere[0]}) == 3
    assert [first[1], other[1], elsewhere[1]] == [
        "Anonymous colleague 2",
        "Anonymous colleague 3",
        "Anonymous colleague 2",
    ]


def test_what_the_author_writes_in_the_colleagues_form_clarifies(mia, now):
    """The form is the same for everybody, so it can't refuse the author (T-SAME)."""
    vera = make.account("Vera", is_verified=True)
    anonymous = make.thread("published", author=vera, anonymous=True, by=mia)
    named = make.thread("published", author=vera, by=mia)
    post = give_perspective_as_persona(anonymous, make.text(), account=vera, now=now)
    assert (post.kind, post.persona.is_op) == ("clarification", True)
    post = give_perspective(named, make.text(), by=vera, now=now)
    assert (post.kind, post.author) == ("clarification", vera)


@pytest.mark.parametrize("state", ["pending", "closed", "hidden", "withdrawn", "declined"])
def test_a_thread_that_is_not_open_takes_no_post(alice, mo, vera, mia, now, state):
    thread = make.thread(state, author=alice, by=mia, now=now)
    deeds = [(consult, mo), (give_perspective, vera), (clarify, alice)]
    if state != "closed":
        deeds.append((post_update, alice))
    for deed, by in deeds:
        with pytest.raises(NotOpen):
            deed(thread, make.text(), by=by, now=now)
    with pytest.raises(NotOpen):
        give_perspective_as_persona(thread, make.text(), account=vera, now=now)
    assert not Persona.objects.exists()
    assert not Rate.objects.exists()
    assert thread.posts.count() == 1


@pytest.mark.parametrize("anonymous", [False, True])
def test_a_closed_thread_takes_its_authors_update(alice, mia, now, anonymous):
    thread = make.thread("closed", author=alice, anonymous=anonymous, by=mia, now=now)
    make.post(thread, "update", outcomes=["repaired"], by=mia, now=now)
    thread.refresh_from_db()
    assert (thread.state, thread.update_count) == ("closed", 1)


def test_a_thread_opened_again_takes_posts_again(published_thread, mo, now):
    lifecycle.move(published_thread, State.CLOSED)
    with pytest.raises(NotOpen):
        consult(published_thread, make.text(), by=mo, now=now)
    lifecycle.move(published_thread, State.PUBLISHED)
    assert consult(published_thread, make.text(), by=mo, now=now).position == 2


@pytest.mark.parametrize("deed", [consult, give_perspective, give_perspective_as_persona])
def test_the_same_form_twice_makes_one_post_and_takes_one_place(published_thread, mo, vera, now, deed):
    text = make.text(**({"aspects": ["legal"]} if deed is consult else {}))
    who = (
        {"account": vera} if deed is give_perspective_as_persona else {"by": mo if deed is consult else vera}
    )
    assert deed(published_thread, text, **who, now=now).pk == deed(published_thread, text, **who, now=now).pk
    published_thread.refresh_from_db()
    assert published_thread.posts.count() == 2
    assert published_thread.reply_count == (deed is consult)
    assert Rate.objects.count() == (deed is give_perspective_as_persona)


@pytest.mark.parametrize("named_first", [False, True])
def test_a_form_sent_again_under_another_name_is_refused(published_thread, vera, now, named_first):
    text = make.text()
    deeds = [
        lambda: give_perspective(published_thread, text, by=vera, now=now),
        lambda: give_perspective_as_persona(published_thread, text, account=vera, now=now),
    ]
    first, second = deeds if named_first else reversed(deeds)
    first()
    with pytest.raises(FormUsed):
        second()
    assert published_thread.posts.count() == 2


def test_the_id_of_a_post_elsewhere_is_refused(published_thread, anonymous_thread, mo, now):
    taken = make.question(anonymous_thread).pk
    text = make.text()
    with pytest.raises(FormUsed):
        consult(published_thread, type(text)(taken, text.body), by=mo, now=now)
    assert published_thread.posts.count() == 1


@pytest.mark.parametrize("anonymous", [False, True])
def test_a_day_has_a_share_of_replies(published_thread, vera, now, settings, anonymous):
    settings.REPLIES_A_DAY = 2
    for _ in range(2):
        make.post(published_thread, "perspective", author=vera, anonymous=anonymous, state="pending", now=now)
    with pytest.raises(TooMany, match="2 replies a day"):
        make.post(published_thread, "perspective", author=vera, anonymous=anonymous, state="pending", now=now)
    assert Post.objects.exclude(kind="question").count() == 2


def test_a_moderators_consultation_through_the_page_leads_to_it(client, published_thread, mo):
    client.force_login(mo)
    form = typed.consultation(
        red_flag="Check the two-year rule first.", contingent_on="The code of your board"
    )
    answer = client.post(f"/threads/{published_thread.public_id}/act/consult/", form)
    post = Post.objects.get(kind="consultation")
    assert (answer.status_code, answer["Location"]) == (303, post.get_absolute_url())
    page = client.get(published_thread.get_absolute_url()).content.decode()
    for words in (form["red_flag"], form["contingent_on"], make.REPLY, "Mo"):
        assert words in page


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"aspects": None}, "at least one kind of help"),
        ({"aspects": ["magic"]}, "Select a valid choice"),
        ({"red_flag": "x" * 401}, "at most 400 characters"),
        ({"contingent_on": "x" * 301}, "at most 300 characters"),
        ({"id": "1d5b1e1c-8f2f-11ee-b9d1-0242ac120002"}, "This form is damaged"),
    ],
)
def test_a_faulty_consultation_comes_back_with_its_text(client, published_thread, mo, change, sentence):
    client.force_login(mo)
    form = typed.reply(aspects=["ethical"]) | change
    form = {name: value for name, value in form.items() if value is not None}
    answer = client.post(f"/threads/{published_thread.public_id}/act/consult/", form)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert sentence in page
    assert f"{make.REPLY}</textarea>" in page
    assert published_thread.posts.count() == 1


def test_with_the_vault_out_of_order_a_perspective_waits_on_the_page(
    client, published_thread, vera, tmp_path, settings
):
    settings.ANON_KEYRING_FILE = tmp_path / "gone.json"
    client.force_login(vera)
    address = f"/threads/{published_thread.public_id}/act/perspective/"
    form = typed.reply(identity="anonymous", body=f"{make.REPLY} {typed.CANARY}")
    answer = client.post(address, form)
    assert answer.status_code == 503
    assert typed.CANARY in answer.content.decode()
    assert published_thread.posts.count() == 1
    assert not Persona.objects.exists()


def test_extra_fields_of_a_reply_are_ignored(client, published_thread, mo, alice):
    client.force_login(mo)
    extra = {
        "author": alice.pk,
        "persona": str(uuid.uuid4()),
        "kind": "update",
        "state": "pending",
        "position": 9,
    }
    client.post(f"/threads/{published_thread.public_id}/act/consult/", typed.consultation(**extra))
    post = Post.objects.exclude(kind="question").get()
    assert (post.author, post.kind, post.state, post.position) == (mo, "consultation", "published", 2)
