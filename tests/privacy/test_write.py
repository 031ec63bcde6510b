"""T-WRITE: a request that acts as a persona writes nothing that leads to its account."""

import re
from collections.abc import Callable
from contextlib import ExitStack

import pytest
from django.db import connections
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Account
from forum import return_code
from forum.models import Edit, Persona, Post, Thread
from forum.models.edit import version_shown
from tests import make, typed

pytestmark = pytest.mark.django_db(transaction=True)

POSTS = {"forum_post", "forum_persona", "moderation_queueitem", "moderation_auditevent"}
POSTS |= {"moderation_audithead"}  # the board's one row, moved by whatever anybody does
ALLOWED = {
    "ask": POSTS | {"forum_thread", "forum_threadtag", "vault_link", "vault_rate", "vault_keycheck"},
    # No link: of the account, the vault gets the used place of its day and nothing else.
    "ask without link": POSTS | {"forum_thread", "forum_threadtag", "vault_rate", "vault_keycheck"},
    "reply": POSTS | {"vault_link", "vault_rate", "vault_keycheck"},
    "revise": POSTS | {"forum_thread", "forum_threadtag", "forum_edit"},
    # With an item that is taken back go who stepped back from it, and to whom it was suggested.
    "edit": POSTS
    | {"forum_thread", "forum_edit", "moderation_decision", "moderation_recusal", "moderation_suggestion"},
    # And whoever follows the tags hears of it, as they would have from a moderator's request.
    "accept": POSTS
    | {
        "forum_thread",
        "forum_threadtag",
        "forum_edit",
        "forum_tag",
        "forum_searchentry",
        "forum_event",
        "forum_notice",
    },
    "appeal": {"moderation_appeal", *POSTS} - {"forum_post", "forum_persona"},
    "withdraw": POSTS
    | {
        "forum_thread",
        "forum_threadtag",
        "forum_threadmark",
        "forum_tag",
        "forum_searchentry",
        "forum_edit",
        "moderation_decision",
        "moderation_redaction",  # of the thread
        "moderation_appeal",  # its words
    },
}
WRITE = re.compile(r'^\s*(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM)\s+"?(\w+)', re.IGNORECASE)


class Written:
    """The writing statements of everything done inside, on both databases, with their values."""

    def __init__(self) -> None:
        self.stack = ExitStack()

    def __enter__(self) -> "Written":
        self.captured = [
            self.stack.enter_context(CaptureQueriesContext(connections[alias])) for alias in connections
        ]
        return self

    def __exit__(self, *exception: object) -> None:
        self.stack.close()

    @property
    def statements(self) -> list[str]:
        return [query["sql"] for each in self.captured for query in each if WRITE.match(query["sql"])]

    @property
    def tables(self) -> set[str]:
        return {found[1] for statement in self.statements if (found := WRITE.match(statement))}


@pytest.fixture
def author(tags) -> Account:
    """An account whose key no count or position of a test equals, and no id of a row holds by chance."""
    return make.account("Xanthe", pk=7_340_127_450_613, is_verified=True)


@pytest.fixture
def xanthe(author) -> Client:
    return make.signed_in(author)


def check(
    author: Account, client: Client, deed: Callable[[], HttpResponse], allowed: set[str], status: int = 303
) -> None:
    """Do `deed`: it writes to `allowed` only, and no value of it is the account's."""
    session = client.session.session_key
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    with Written() as written:
        assert deed().status_code == status
    assert written.statements
    assert written.tables <= allowed
    for statement in written.statements:
        for trace in (str(author.pk), author.email, author.display_name, session, author.anon_ref.hex()):
            assert trace not in statement
    assert {name: morsel.value for name, morsel in client.cookies.items()} == cookies


@pytest.fixture
def persona_page(author, xanthe) -> Callable[[], str]:
    """The address of the author's tools for the one anonymous thread."""

    def address() -> str:
        page = xanthe.get("/my/anonymous/").content.decode()
        return re.search(r"/my/anonymous/[0-9a-f]{32}/", page)[0]

    return address


def test_asking(author, xanthe):
    check(author, xanthe, lambda: xanthe.post("/ask/", typed.question()), ALLOWED["ask"])
    assert Thread.objects.get().author is None


CODE = return_code.spelled(bytes(range(16)))


def test_asking_without_a_link(author, xanthe):
    form = typed.question(identity="no-link", code=CODE)
    xanthe.get("/ask/")  # whose form brings the cookie of its secret
    check(author, xanthe, lambda: xanthe.post("/ask/", form), ALLOWED["ask without link"], status=200)
    assert Thread.objects.get().author is None


@pytest.mark.parametrize("deed", ["clarify", "update"])
def test_clarifying_and_updating_by_code(author, xanthe, deed):
    make.thread("published", author=author, code=CODE)
    form = typed.reply(deed=deed, code=CODE)
    xanthe.get("/return/")
    check(author, xanthe, lambda: xanthe.post("/return/", form), POSTS, status=200)
    assert Persona.objects.get().posts.count() == 2


def test_sending_a_returned_question_again_by_code(author, xanthe):
    make.thread("returned", author=author, code=CODE)
    form = typed.anew(Post.objects.get(), code=CODE)
    xanthe.get("/return/")
    check(author, xanthe, lambda: xanthe.post("/return/", form), ALLOWED["revise"], status=200)
    assert Thread.objects.get().state == "pending"


def test_withdrawing_by_code(author, xanthe):
    make.thread("published", author=author, code=CODE)
    form = {"code": CODE}
    check(author, xanthe, lambda: xanthe.post("/return/withdraw/", form), ALLOWED["withdraw"], status=200)
    assert Thread.objects.get().state == "withdrawn"


def test_giving_a_perspective(author, xanthe):
    thread = make.thread("published", author=make.account("Alice"))
    address = f"/threads/{thread.public_id}/act/perspective/"
    form = typed.reply(identity="anonymous")
    check(author, xanthe, lambda: xanthe.post(address, form), ALLOWED["reply"])
    assert Persona.objects.get().posts.get().author is None


@pytest.mark.parametrize("deed", ["clarify", "update"])
def test_clarifying_and_updating(author, xanthe, persona_page, deed):
    make.thread("published", author=author, anonymous=True)
    address = persona_page()
    check(author, xanthe, lambda: xanthe.post(address, typed.reply(deed=deed)), ALLOWED["reply"])
    assert Persona.objects.get().posts.count() == 2


def test_sending_a_returned_question_again(author, xanthe, persona_page):
    make.thread("returned", author=author, anonymous=True)
    address = persona_page()
    form = typed.anew(Post.objects.get())
    check(author, xanthe, lambda: xanthe.post(address, form), ALLOWED["revise"])
    assert Thread.objects.get().state == "pending"


def test_appealing(author, xanthe, persona_page):
    make.thread("declined", author=author, anonymous=True)
    address = persona_page()
    against = re.search(r'name="against" value="([^"]+)"', xanthe.get(address).content.decode())[1]
    form = {
        "deed": "appeal",
        "against": against,
        "words": "It asks nothing about the law. Please look again.",
    }
    check(author, xanthe, lambda: xanthe.post(address, form), ALLOWED["appeal"])
    assert Post.objects.get().appeals.count() == 1


def test_editing_and_taking_it_back(author, xanthe, persona_page):
    make.thread("published", author=author, anonymous=True)
    address, post = persona_page(), Post.objects.get()
    words = {"title": make.TITLE, "body": f"{make.BODY} She laughed.", "asking": ""}
    for title in (make.TITLE, f"{make.TITLE}!"):
        seen = version_shown(post, Edit.objects.first())
        form = {"deed": "edit", "post": post.pk, "seen": seen, **words, "title": title}
        check(author, xanthe, lambda form=form: xanthe.post(address, form), ALLOWED["edit"])
    assert Edit.objects.get().title == f"{make.TITLE}!"
    back = {"deed": "drop-edit", "post": post.pk}
    check(author, xanthe, lambda: xanthe.post(address, back), ALLOWED["edit"])
    assert not Edit.objects.exists()


@pytest.mark.parametrize(("deed", "state"), [("accept", "published"), ("refuse", "pending")])
def test_answering_what_a_moderator_proposes(author, xanthe, persona_page, deed, state):
    thread = make.thread(author=author, anonymous=True)
    proposal = make.proposal(thread, body=f"{make.BODY} She laughed.")
    address = persona_page()
    form = {"deed": deed, "post": Post.objects.get().pk, "version": proposal.version}
    check(author, xanthe, lambda: xanthe.post(address, form), ALLOWED["accept"])
    assert Thread.objects.get().state == state


def test_withdrawing(author, xanthe, persona_page):
    make.thread("published", author=author, anonymous=True)
    address = f"{persona_page()}withdraw/"
    check(author, xanthe, lambda: xanthe.post(address), ALLOWED["withdraw"])
    assert Thread.objects.get().state == "withdrawn"


def test_flagging_while_one_has_a_persona_in_the_thread(author, xanthe, mo):
    """What it hides, and telling whose text that was, hold nothing of who flagged it."""
    thread = make.thread("published", author=author, anonymous=True)
    reply = make.post(thread, author=mo)
    address = f"/posts/{reply.pk}/flag/"
    allowed = ALLOWED["reply"] | {"forum_flag", "forum_event", "forum_notice"}
    allowed |= {"forum_thread", "forum_threadmark", "forum_searchentry"}
    xanthe.get(address)
    check(author, xanthe, lambda: xanthe.post(address, {"what": "identifies"}), allowed)
    assert Post.objects.get(pk=reply.pk).state == "hidden"


@pytest.mark.parametrize("address", ["/my/anonymous/", "/inbox/", "/inbox/since/0/", "/ask/"])
def test_looking_at_ones_own_pages_writes_nothing(author, xanthe, address):
    make.thread("published", author=author, anonymous=True)
    with Written() as written:
        assert xanthe.get(address).status_code == 200
    assert not written.statements


def test_a_signed_in_form_under_a_name_is_told_apart_by_this_very_check(author, xanthe):
    """The check would notice: a question under a name does hold its account."""
    with Written() as written:
        xanthe.post("/ask/", typed.question(identity="named"))
    assert any(str(author.pk) in statement for statement in written.statements)
