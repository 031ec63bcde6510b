"""Makes what tests need by the deeds that make it on the site; nothing here writes a post's row itself."""

import itertools
import uuid
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone

from accounts import confirm
from accounts.actions.verify import ask_for_verification, vouch_for
from accounts.models import Account, Verification
from anonymity.hour import hour_of
from forum import return_code
from forum.actions.ask import ask, ask_as_persona, ask_without_link
from forum.actions.compose import Author, Draft, Text, writer_of
from forum.actions.edit import edit as edit_text
from forum.actions.reply import clarify, consult, give_perspective, give_perspective_as_persona
from forum.actions.update import post_update
from forum.actions.withdraw import withdraw
from forum.models import Edit, Facet, Kind, Persona, Post, Tag, Thread, Wording
from forum.models.edit import edit_of, version_shown
from forum.states import State
from moderation.actions.decide import decline, publish, return_to_author
from moderation.actions.propose import propose
from moderation.actions.threads import close, hide
from moderation.models import Ended, Job, JobFailure, QueueItem

NOW = datetime(2026, 3, 4, 10, 30, tzinfo=UTC)
PASSWORD = "quiet river under pines"
TITLE = "A former client asks whether we can be friends"
BODY = (
    "I finished with this client about fourteen months ago, and it went well. Last week she held the door of "
    "the climbing gym for me and said that she would love to get dinner some day."
)
REASON = "The question is answered, and the last replies went beyond it."
REPLY = "Decline warmly, stay somebody whom she can come back to, and tell your consultation group this week."

# facet, slug, name, parent, and what else a test may look for
TAGS: list[tuple[Facet, str, str, str | None, dict[str, Any]]] = [
    (Facet.DISCIPLINE, "professional-counselor", "Professional counselor", None, {"short_name": "Counselor"}),
    (Facet.DISCIPLINE, "clinical-social-worker", "Clinical social worker", None, {}),
    (Facet.DISCIPLINE, "psychologist", "Psychologist", None, {}),
    (Facet.JURISDICTION, "us", "United States", None, {"code": "US", "synonyms": ["USA"]}),
    (Facet.JURISDICTION, "us-co", "Colorado", "us", {"code": "US-CO"}),
    (Facet.JURISDICTION, "us-or", "Oregon", "us", {"code": "US-OR"}),
    (Facet.JURISDICTION, "gb", "United Kingdom", None, {"code": "GB"}),
    (Facet.JURISDICTION, "gb-sct", "Scotland", "gb", {"code": "GB-SCT"}),
    (Facet.JURISDICTION, "xx", "Not stated", None, {"code": "XX"}),
    (Facet.TOPIC, "friendship-after-termination", "Friendship after therapy ends", None, {}),
    (Facet.TOPIC, "gifts", "Gifts", None, {"synonyms": ["present"]}),
    (Facet.TOPIC, "small-community", "Living in a small community", None, {}),
]
USUAL_TAGS = ("professional-counselor", "us-co", "friendship-after-termination")

_numbers = itertools.count(1)


def tag(facet: str, slug: str, name: str = "", parent: Tag | None = None, **fields: Any) -> Tag:
    made = _tag(facet, slug, name, parent, **fields)
    made.save(force_insert=True)
    return made


def _tag(facet: str, slug: str, name: str = "", parent: Tag | None = None, **fields: Any) -> Tag:
    path = f"{parent.path if parent else ''}{slug}/"
    return Tag(facet=facet, slug=slug, name=name or slug.capitalize(), parent=parent, path=path, **fields)


def tags() -> dict[str, Tag]:
    """The small tree of TAGS, by slug; the same rows however often it is called."""
    made = {row.slug: row for row in Tag.objects.filter(slug__in=[row[1] for row in TAGS])}
    missing = [row for row in TAGS if row[1] not in made]
    for generation in ([row for row in missing if not row[3]], [row for row in missing if row[3]]):
        new = [
            _tag(facet, slug, name, made[parent] if parent else None, **fields)
            for facet, slug, name, parent, fields in generation
        ]
        made |= {each.slug: each for each in Tag.objects.bulk_create(new)}
    return made


def account(
    name: str = "", *, disciplines: Iterable[str] = (), jurisdictions: Iterable[str] = (), **fields: Any
) -> Account:
    """A member whose address is confirmed and whose password is PASSWORD; other roles by `is_…=True`."""
    name = name or f"Member {next(_numbers)}"
    verified = fields.pop("is_verified", False)
    email = fields.pop("email", f"{name.replace(' ', '')}@example.org").lower()
    made = Account.objects.create(email=email, password=_hashed(PASSWORD), display_name=name, **fields)
    EmailAddress.objects.create(user=made, email=made.email, verified=True, primary=True)
    if disciplines or jurisdictions:
        known = tags()
        made.disciplines.add(*(known[slug] for slug in disciplines))
        made.jurisdictions.add(*(known[slug] for slug in jurisdictions))
    if verified:
        vouch_for(made, now=timezone.now())
    return made


def asked_verification(
    account: Account, discipline: str = "professional-counselor", **what: Any
) -> Verification:
    """What `account` asks a moderator to look up, in a discipline of its profile."""
    known = tags()
    account.disciplines.add(known[discipline])
    what = {"board": "Colorado DORA", "licence_type": "LPC", "jurisdiction": known["us-co"], **what}
    return ask_for_verification(account, discipline=known[discipline], **{"now": timezone.now(), **what})


_hashed = lru_cache(make_password)  # which takes a second where passwords are hashed as on a real board


def moderator(name: str = "", **fields: Any) -> Account:
    fields.setdefault("disciplines", ["professional-counselor"])
    fields.setdefault("jurisdictions", ["us-co"])
    return account(name, is_moderator=True, credential=fields.pop("credential", "LPC"), **fields)


def browser(account: Account) -> Client:
    """One in which `account` is signed in."""
    client = Client()
    client.force_login(account)
    return client


def signed_in(account: Account) -> Client:
    """A browser in which `account` is signed in and has just confirmed who it is, as /my/anonymous/ asks."""
    client = browser(account)
    confirmed(client)
    return client


def confirmed(client: Client) -> None:
    """Confirm with PASSWORD in a browser that is signed in already."""
    assert client.post(confirm.PATH, confirmation()).status_code == 303


def confirmation(then: str = confirm.LOOK, password: str = PASSWORD) -> dict[str, str]:
    """The form that /my/anonymous/ shows to who has not confirmed lately."""
    return {"confirm-then": then, "confirm-password": password}


def draft(**changes: Any) -> Draft:
    """A question as typed; `tags` may be slugs of TAGS."""
    chosen = changes.pop("tags", USUAL_TAGS)
    known = tags()
    fields: dict[str, Any] = {"id": uuid.uuid4(), "title": TITLE, "body": BODY, **changes}
    return Draft(tags=[known[each] if isinstance(each, str) else each for each in chosen], **fields)


def text(body: str = REPLY, **extra: Any) -> Text:
    """A later contribution as typed; what its kind adds goes in `extra`: aspects, red_flag, outcomes."""
    return Text(uuid.uuid4(), body, extra)


def thread(
    state: str = "pending",
    *,
    author: Account | None = None,
    anonymous: bool = False,
    code: str = "",
    by: Account | None = None,
    now: datetime = NOW,
    **changes: Any,
) -> Thread:
    """A question of `author` brought to `state` by moderator `by`; anonymous: as a persona of `author`.

    With a `code` the persona is nobody's, and the thread has no link.
    """
    author = author or account()
    if code:
        hashed = return_code.digest(code)
        made = ask_without_link(draft(**changes), return_hash=hashed, account=author, now=now)
    elif anonymous:
        made = ask_as_persona(draft(**changes), account=author, now=now)
    else:
        made = ask(draft(**changes), by=author, now=now)
    if state != State.PENDING:
        _bring(made, State(state), by=by, now=now)
    return Thread.objects.get(pk=made.pk)


def post(
    thread: Thread,
    kind: str = "consultation",
    *,
    author: Account | Persona | None = None,
    anonymous: bool = False,
    state: str | None = None,
    by: Account | None = None,
    now: datetime = NOW,
    body: str = REPLY,
    **extra: Any,
) -> Post:
    """A post of `kind` in a published thread, public at once unless `state` says otherwise.

    Clarifications and updates come from whoever asked; anonymous: a perspective as a persona of `author`.
    """
    if kind == Kind.CONSULTATION:
        made = consult(thread, text(body, **{"aspects": [], **extra}), by=_as_account(author), now=now)
    elif kind == Kind.PERSPECTIVE:
        writer = _as_account(author, is_verified=True)
        if anonymous:
            made = give_perspective_as_persona(thread, text(body, **extra), account=writer, now=now)
        else:
            made = give_perspective(thread, text(body, **extra), by=writer, now=now)
    else:
        deed = clarify if kind == Kind.CLARIFICATION else post_update
        made = deed(thread, text(body, **extra), by=author or opener(thread), now=now)
    state = state or State.PUBLISHED
    if made.state == State.PENDING and state != State.PENDING:
        decide_on(made, state, by=by, now=now)
    return Post.objects.get(pk=made.pk)


def opener(thread: Thread) -> Author:
    """Who asked the question of `thread`, as its page names them."""
    return thread.author or Persona.objects.get(thread=thread, is_op=True)


def question(thread: Thread) -> Post:
    return thread.posts.get(kind=Kind.QUESTION)


def item(thread_or_post: Thread | Post) -> QueueItem:
    """What waits in the queue of this thread or post."""
    waiting = QueueItem.objects.waiting()
    if isinstance(thread_or_post, Thread):
        return waiting.get(post__thread=thread_or_post)
    return waiting.get(post=thread_or_post)


def edit(post: Post, *, now: datetime = NOW, **changes: Any) -> QueueItem:
    """What its author would rather say in the place of a published post's words; the item that waits."""
    found = Post.objects.select_related("thread", "edit").get(pk=post.pk)
    earlier = edit_of(found)
    words = replace(earlier.wording if earlier else Wording.of(found), **changes)
    edit_text(found, words, seen=version_shown(found, earlier), by=writer_of(found), now=now)
    return QueueItem.objects.waiting().get(post=post, kind="edit")


def proposal(
    waits: Thread | Post, *, by: Account | None = None, note: str = "", now: datetime = NOW, **changes: Any
) -> Edit:
    """The changes with which moderator `by` would publish what waits."""
    waiting = item(waits)
    words = replace(Wording.of(waiting.post), **changes)
    propose(waiting, words, note, version=waiting.version, by=by or moderator(), now=now)
    return Edit.objects.get(post=waiting.post_id)


def job_failure(**fields: Any) -> JobFailure:
    """Of the job that levels the rows, which is to be run once more."""
    name, hour = "forum.tasks.level_the_rows", hour_of(NOW)
    Job.objects.update_or_create(pk=name, defaults={"hour": hour, "ended": Ended.FAILED})
    wrong = {"error": "django.db.utils.OperationalError", "hour": hour} | fields
    return JobFailure.objects.update_or_create(name=name, error=wrong.pop("error"), defaults=wrong)[0]


def decide_on(post: Post, state: str, *, by: Account | None = None, now: datetime = NOW) -> None:
    """Let a moderator bring a pending post to `state`: published, returned or declined."""
    by = by or moderator()
    waiting = QueueItem.objects.waiting().select_related("post__thread").get(post=post)
    decision: dict[str, Any] = {"version": post.version, "by": by, "now": now}
    if state == State.PUBLISHED:
        publish(waiting, **decision)
    elif state == State.RETURNED:
        return_to_author(waiting, "Please leave out the name of the gym.", **decision)
    elif state == State.DECLINED:
        decline(waiting, "This asks for legal advice, which the board can't give.", **decision)
    else:
        raise ValueError(f"no decision leads to {state}")


def _bring(thread: Thread, state: State, *, by: Account | None, now: datetime) -> None:
    if state in (State.PUBLISHED, State.RETURNED, State.DECLINED):
        decide_on(question(thread), state, by=by, now=now)
        return
    decide_on(question(thread), State.PUBLISHED, by=by, now=now)
    thread.refresh_from_db()
    if state == State.WITHDRAWN:
        withdraw(thread, by=opener(thread), now=now)
    elif state in (State.CLOSED, State.HIDDEN):
        deed = close if state == State.CLOSED else hide
        deed(thread, REASON, by=by or moderator(), now=now)
    else:
        raise ValueError(f"no deeds lead a thread to {state}")


def _as_account(author: Account | Persona | None, **fields: Any) -> Account:
    if isinstance(author, Account):
        return author
    return account(**fields) if fields else moderator()
