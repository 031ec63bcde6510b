"""Leaving no link: the deed, and the code that is shown once."""

import html
import re

import pytest

from accounts.access import TooMany
from anonymity import vault
from anonymity.models import Link, Rate
from forum import return_code
from forum.actions.compose import FormUsed
from forum.forms import AskIdentityForm
from forum.models import Persona, Post, Thread
from tests import make, typed

pytestmark = pytest.mark.embedded

SHOWN = re.compile(r'id="code"[^>]*>(.*?)</p>', re.DOTALL)


def shown_on(page: str) -> str:
    found = SHOWN.search(page)
    assert found
    return re.sub(r"<[^>]+>|\s", "", found[1])


# The code itself


@pytest.mark.parametrize(
    "change",
    [
        str.lower,
        lambda code: " ".join(return_code.groups(code)),
        lambda code: "-".join(return_code.groups(code)).lower(),
        lambda code: f"\u200b {code}\n",
        lambda code: code.replace("O", "0").replace("I", "1").replace("B", "8"),
    ],
)
def test_a_code_is_read_however_it_is_written(change):
    for _ in range(20):
        code = return_code.new()
        assert return_code.read(change(code).replace("\u200b", "").strip()) == code


@pytest.mark.parametrize("typed_in", ["", "A" * 25, "A" * 27, "A" * 25 + "9", "Ä" * 26, "A" * 25 + "="])
def test_what_is_no_code_is_none(typed_in):
    assert return_code.read(typed_in) == ""


def test_codes_are_random_and_of_128_bits():
    codes = {return_code.new() for _ in range(200)}
    assert len(codes) == 200
    assert {len(code) for code in codes} == {26}
    assert len(return_code.digest(codes.pop())) == 32


# Asking


def test_the_answer_to_the_form_shows_the_code_once(carols, carol):
    page = carols.get("/ask/").content.decode()
    form = typed.without_link(page)
    answer = carols.post("/ask/", form)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-store"
    assert shown_on(answer.content.decode()) == form["code"]
    assert form["code"] not in answer.cookies.output()
    persona = Persona.objects.get()
    assert bytes(persona.return_hash) == return_code.digest(form["code"])
    assert (persona.notify, persona.is_op, persona.label) == (False, True, "Anonymous author")
    assert Thread.objects.get().author is None
    assert (Link.objects.count(), Rate.objects.count()) == (0, 1)
    assert vault.personas_of(carol) == []
    for address in ("/my/anonymous/", "/my/threads/", "/inbox/", "/"):
        assert make.TITLE not in carols.get(address).content.decode()


def test_the_same_form_twice_shows_the_same_code_and_makes_one_thread(carols):
    form = typed.without_link(carols.get("/ask/").content.decode())
    assert {shown_on(carols.post("/ask/", form).content.decode()) for _ in range(2)} == {form["code"]}
    assert Thread.objects.count() == Persona.objects.count() == Rate.objects.count() == 1


@pytest.mark.parametrize("identity", ["named", "anonymous", "no-link"])
@pytest.mark.parametrize("before", ["named", "anonymous", "no-link"])
def test_no_form_answers_for_what_was_asked_otherwise(carols, carol, identity, before):
    """The same form again, but under another name or with another code: nothing was sent, and it says so."""
    number, codes = str(typed.question()["id"]), [return_code.new(), return_code.new()]
    carols.post("/ask/", typed.question(id=number, identity=before, code=codes[0]))
    answer = carols.post("/ask/", typed.question(id=number, identity=identity, code=codes[1]))
    if "no-link" in (identity, before):
        assert answer.status_code == 409
        assert "nothing was sent" in answer.content.decode()
        assert typed.CODE_FIELD.search(answer.content.decode())[1] not in codes
    assert Thread.objects.count() == 1


def test_a_code_leads_to_one_thread(carol, tags):
    code = return_code.new()
    make.thread(author=carol, code=code)
    with pytest.raises(FormUsed):
        make.thread(author=carol, code=code)
    assert Thread.objects.count() == Persona.objects.count() == 1


def test_a_refused_form_comes_back_with_its_words_and_its_code(carols):
    form = typed.without_link(carols.get("/ask/").content.decode(), title="")
    page = carols.post("/ask/", form)
    assert page.status_code == 422
    words = page.content.decode()
    assert typed.CODE_FIELD.search(words)[1] == form["code"]
    assert 'value="no-link" required checked' in words
    assert make.BODY in words


def test_a_preview_keeps_the_code_of_the_form_and_writes_nothing(carols):
    form = typed.without_link(carols.get("/ask/").content.decode(), preview="1")
    answer = carols.post("/ask/", form)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "This is what others will see" in page
    assert typed.CODE_FIELD.search(page)[1] == form["code"]
    assert not Thread.objects.exists()


@pytest.mark.parametrize("code", [None, "", "short", "A" * 25 + "!"])
def test_a_form_whose_code_is_damaged_comes_back_whole(carols, code):
    answer = carols.post("/ask/", typed.question(identity="no-link", code=code))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "This form was damaged" in page
    again = carols.post("/ask/", typed.without_link(page))
    assert again.status_code == 200
    assert Thread.objects.count() == 1


def test_it_counts_among_the_questions_of_the_day(carol, tags):
    for _ in range(3):
        make.thread(author=carol, code=return_code.new())
    with pytest.raises(TooMany):
        make.thread(author=carol, code=return_code.new())
    with pytest.raises(TooMany):
        make.thread(author=carol, anonymous=True)


def test_with_the_vault_out_of_order_nothing_is_written(carols, tmp_path, settings):
    settings.ANON_KEYRING_FILE = tmp_path / "gone.json"
    answer = carols.post("/ask/", typed.without_link(carols.get("/ask/").content.decode()))
    assert answer.status_code == 503
    assert make.BODY in answer.content.decode()
    assert not Thread.objects.exists()
    assert not Persona.objects.exists()


def test_a_question_kept_after_the_session_ended_still_leaves_no_link(carols, carol):
    form = typed.without_link(carols.get("/ask/").content.decode())
    del carols.cookies["sessionid"]
    kept = carols.post("/ask/", form)
    assert kept.status_code == 401
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(
        r'<input type="hidden" name="([^"]+)" value="([^"]*)">', kept.content.decode()
    ):
        fields.setdefault(name, []).append(html.unescape(value))
    carols.force_login(carol)
    assert shown_on(carols.post("/ask/", fields).content.decode()) == form["code"]
    assert not Link.objects.exists()


def test_the_form_of_a_perspective_has_no_such_choice(client, vera, published_thread):
    client.force_login(vera)
    page = client.get(published_thread.get_absolute_url()).content.decode()
    assert 'value="anonymous"' in page
    assert "no-link" not in page
    assert not typed.CODE_FIELD.search(page)
    form = typed.reply(identity="no-link", code=return_code.new())
    answer = client.post(f"/threads/{published_thread.public_id}/act/perspective/", form)
    assert answer.status_code == 422
    assert Post.objects.count() == 1


def test_each_form_has_a_code_of_its_own():
    forms = [AskIdentityForm(), AskIdentityForm()]
    assert forms[0]["code"].value() == forms[0]["code"].value()
    assert forms[0]["code"].value() != forms[1]["code"].value()
