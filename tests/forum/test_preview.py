"""The preview: exactly what others will see once it is published, and nothing written on the way."""

import re
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Account
from forum.models import Post, Thread
from tests import make, typed
from tests.pages import masked
from tests.privacy.test_write import Written

pytestmark = pytest.mark.embedded

ODD = "“Friend”, she said – and left…\u200b  Then\u00a0nothing. **Firm** <b>no</b> https://example.org/a\u2060b\n\n"
POST = re.compile(r'<article class="post .*?</article>', re.DOTALL)
ENTRY = re.compile(r'<article class="entry">.*?</article>', re.DOTALL)
LINK = re.compile(r'(<h2><a href=")[^"]*')
FIELD = re.compile(r"<(?:input|textarea|select)\b[^>]*>")
BESIDE = ' target="_blank"'
HTMX = {"HTTP_HX_REQUEST": "true"}


def looks(client: Client, address: str, form: dict, **headers: str) -> str:
    answer = client.post(address, {**form, "preview": "1"}, **headers)
    assert answer.status_code == 200
    return answer.content.decode()


def article(page: str) -> str:
    (found,) = POST.findall(page)
    return found.replace(BESIDE, "")


def published(client: Client, address: str, form: dict, by: Account) -> Post:
    """What `form` makes when it is sent and a moderator lets it through, if one has to."""
    assert client.post(address, form).status_code == 303
    post = Post.objects.get(pk=form["id"])
    if post.state == "pending":
        make.decide_on(post, "published", by=by, now=timezone.now())
    return post


def as_read(post: Post) -> str:
    page = Client().get(post.thread.get_absolute_url()).content.decode()
    return next(found for found in POST.findall(page) if f'id="kind-{post.pk}"' in found)


@pytest.mark.parametrize("identity", ["named", "anonymous"])
@pytest.mark.parametrize("words", ["", ODD], ids=["plain", "odd"])
def test_a_question_is_published_as_it_was_shown(vera, mia, tags, identity, words):
    client = make.signed_in(vera)
    form = typed.question(
        identity=identity,
        title=f"{words[:30]}What do I say to her – now…"[:150],
        asking=f"{words[:20]}May I?",
        body=words + make.BODY,
        topic=["small-community", "gifts"],
    )
    page = looks(client, "/ask/", form)
    assert not Thread.objects.exists()
    post = published(client, "/ask/", form, mia)
    assert article(page) == as_read(post)
    assert ("Vera" in article(page)) == (identity == "named")
    home = Client().get("/").content.decode()
    entry = ENTRY.search(page)[0]
    assert entry.count("<a ") == entry.count(BESIDE) + 1 == entry.count("/tags/") + 1
    assert LINK.sub(r"\1", entry.replace(BESIDE, "")) == LINK.sub(r"\1", ENTRY.search(home)[0])
    assert ("made plain" in page) == (identity == "anonymous")


@pytest.mark.parametrize("identity", ["named", "anonymous"])
def test_a_perspective_is_published_as_it_was_shown(published_thread, vera, mia, identity):
    make.post(published_thread, "perspective", anonymous=True, by=mia)
    address = f"/threads/{published_thread.public_id}/act/perspective/"
    client, form = make.signed_in(vera), typed.reply(identity=identity, body=ODD + make.REPLY)
    page = looks(client, address, form, **HTMX)
    assert ("outside own discipline" in page) == (identity == "named")
    assert article(page) == as_read(published(client, address, form, mia))


def test_a_consultation_is_published_as_it_was_shown(published_thread, mo):
    address = f"/threads/{published_thread.public_id}/act/consult/"
    form = typed.consultation(body=ODD + make.REPLY, red_flag="Say it – aloud.", contingent_on="“the state”")
    client = make.signed_in(mo)
    page = looks(client, address, form, **HTMX)
    assert "outside own discipline" in page
    assert page.count(f"<a{BESIDE}") == ODD.count("https://") == 1
    assert article(page) == as_read(published(client, address, form, mo))


@pytest.mark.parametrize("anonymous", [False, True])
@pytest.mark.parametrize("deed", ["clarify", "update"])
def test_the_authors_tools_show_what_they_will_publish(alice, mia, anonymous, deed):
    thread = make.thread("published", author=alice, anonymous=anonymous, by=mia)
    client = make.signed_in(alice)
    address = tools(client, thread)
    form = typed.reply(deed=deed, body=ODD + make.REPLY)
    form |= {"outcomes": ["repaired", "did-nothing"]} if deed == "update" else {}
    page = looks(client, address, form, **HTMX)
    assert article(page) == as_read(published(client, address, form, mia))


@pytest.mark.parametrize("anonymous", [False, True])
def test_a_returned_question_shows_what_its_author_made_of_it(alice, mia, anonymous):
    thread = make.thread("returned", author=alice, anonymous=anonymous, by=mia)
    client = make.signed_in(alice)
    address = tools(client, thread)
    form = typed.anew(make.question(thread), body=ODD + make.BODY, title="Another “title” for the question")
    page = looks(client, address, form, **HTMX)
    assert client.post(address, form).status_code == 303
    make.decide_on(make.question(thread), "published", by=mia, now=timezone.now())
    assert article(page) == as_read(make.question(Thread.objects.get()))


def tools(client: Client, thread: Thread) -> str:
    if thread.author:
        return f"/my/threads/{thread.public_id}/"
    return re.search(r"/my/anonymous/[0-9a-f]{32}/", client.get("/my/anonymous/").content.decode())[0]


@pytest.mark.parametrize("identity", ["anonymous", "no-link", "", "Named"])
def test_whatever_is_not_the_name_is_anonymous(client, vera, tags, identity):
    client.force_login(vera)
    page = looks(client, "/ask/", typed.question(identity=identity), **HTMX)
    assert "Anonymous author" in page
    assert "Vera" not in page


def test_without_scripts_the_page_comes_back_with_everything_typed(client, vera, tags):
    client.force_login(vera)
    form = typed.question(identity="named", topic=["gifts"])
    page = looks(client, "/ask/", form)
    shown = page.replace(article(page), "").replace(ENTRY.search(page)[0], "")
    fields = {unescape(field) for field in FIELD.findall(shown)}
    for name in ("title", "asking", "id"):
        assert any(f'name="{name}"' in field and f'value="{form[name]}"' in field for field in fields)
    for value in ("professional-counselor", "us-co", "gifts"):
        assert any(f'value="{value}" checked' in field for field in fields)
    assert 'value="named" required checked' in shown
    assert '<option value="soon" selected>' in shown
    assert make.BODY in unescape(re.search(r"<textarea[^>]*>(.*?)</textarea>", shown, re.DOTALL)[1])
    assert "autofocus" in page


def test_with_scripts_only_the_panel_comes_back(client, vera, tags):
    client.force_login(vera)
    page = looks(client, "/ask/", typed.question(), **HTMX)
    assert "<form" not in page
    assert "autofocus" not in page


def test_a_text_that_can_not_be_sent_yet_is_shown_as_far_as_it_goes(client, vera, tags):
    client.force_login(vera)
    faults = {"discipline": [], "topic": ["no-such"], "urgency": "x"}
    form = typed.question(title="Too short", body="Too little.", **faults)
    page = looks(client, "/ask/", form)
    assert "Too little." in article(page)
    for words in ("Too short", "at least 15 characters", "at least 120 characters", "at least one"):
        assert words in page
    assert "Nothing to show yet" in looks(client, "/ask/", {}, **HTMX)


@pytest.mark.parametrize(
    "change",
    [
        {"id": "nonsense"},
        {"id": "11111111-1111-1111-8111-111111111111"},
        {"body": "a" * 30_000},
        {"body": "…" * 8000},
        {"title": "x" * 400},
        {"title": "\0"},
        {"jurisdiction": ["\0"]},
    ],
)
def test_a_damaged_form_is_no_fault(client, vera, tags, change):
    client.force_login(vera)
    looks(client, "/ask/", typed.question(**change))


def test_a_damaged_consultation_is_no_fault(client, published_thread, mo):
    client.force_login(mo)
    address = f"/threads/{published_thread.public_id}/act/consult/"
    page = looks(client, address, typed.reply(aspects=["nonsense"], red_flag="x" * 500), **HTMX)
    assert "nonsense" not in article(page)


@pytest.mark.parametrize("identity", ["named", "anonymous"])
def test_looking_writes_nothing(vera, mo, mia, identity):
    own = make.thread("published", author=vera, anonymous=identity == "anonymous", by=mia)
    other = make.thread("published", author=mia, by=mo)
    veras, mos = make.signed_in(vera), make.signed_in(mo)
    own_tools = tools(veras, own)
    veras.get("/ask/")  # the first page ever writes down the number of the key
    with Written() as written:
        for headers in ({}, HTMX):
            looks(veras, "/ask/", typed.question(identity=identity), **headers)
            address = f"/threads/{other.public_id}/act/"
            looks(veras, f"{address}perspective/", typed.reply(identity=identity), **headers)
            looks(mos, f"{address}consult/", typed.consultation(), **headers)
            looks(veras, own_tools, typed.reply(deed="update"), **headers)
    assert not written.statements
    assert Post.objects.count() == 2


def test_on_a_shared_page_it_is_the_same_for_the_anonymous_author_and_others(vera, mia, mo):
    """T-SAME: a bystander sees the panel too."""
    thread = make.thread("published", author=vera, anonymous=True, by=mia)
    colleague = make.account("Zoe", is_verified=True)
    form = typed.reply(identity="anonymous")
    address = f"/threads/{thread.public_id}/act/perspective/"
    seen = {
        masked(make.signed_in(who).post(address, {**form, "preview": "1"}, **HTMX))
        for who in (vera, colleague)
    }
    assert len(seen) == 1
    assert "Anonymous colleague 2" in seen.pop().decode()


def test_it_does_not_tell_of_colleagues_who_wait_for_a_moderator(published_thread, vera, mia):
    make.post(published_thread, "perspective", anonymous=True, state="pending")
    address = f"/threads/{published_thread.public_id}/act/perspective/"
    page = looks(make.signed_in(vera), address, typed.reply(identity="anonymous"), **HTMX)
    assert "Anonymous colleague 2" in page
