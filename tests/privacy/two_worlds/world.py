"""A world: its people, and what each of them can do on the site by its forms."""

import re
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

from django.utils.html import escape

from accounts.models import Account
from anonymity import vault
from forum import return_code
from forum.models import Post, Thread
from moderation.models import QueueItem
from tests import typed
from tests.privacy.two_worlds.chance import Chance, form_id
from tests.privacy.two_worlds.people import EVERYBODY, Person

BODY = (
    "I finished with this client about fourteen months ago, and it went well. Last week she held the door of "
    "the climbing gym for me and said that she would love to get dinner some day. This is my text, {}."
)
RETURN_CODE = return_code.spelled(Random("code").randbytes(16))
AUTHORS = ("alice", "bob", "mia", "dave")  # who may be the author of something anonymous in some world
READERS = ("carol", "dave", "mia", "mo")  # one of each kind whose pages two worlds are compared by


@dataclass(frozen=True)
class Watch:
    """Everybody opens the page of this thread, whose socket then hears of it."""

    public_id: str


@dataclass
class World:
    """Who writes anonymously in one run of the script, and what came of it."""

    asker: str
    replier: str
    chance: Chance = field(default_factory=Chance)

    def __post_init__(self) -> None:
        self.people = {name: Person(name, self.chance) for name in EVERYBODY}
        self.threads: dict[str, UUID] = {}
        self.groups: dict[str, str] = {}  # of the time before the vault was sealed anew

    def __str__(self) -> str:
        return f"{self.asker} asks, {self.replier} replies"

    @property
    def authors(self) -> set[tuple[str, str]]:
        """Who writes anonymously, and what."""
        return {("asks", self.asker), ("replies", self.replier)}

    def live_groups(self) -> dict[str, str]:
        """Whose group on the bus is whose, as long as the vault's key stays."""
        accounts = Account.objects.in_bulk(
            [f"{name}@example.org" for name in self.people], field_name="email"
        )
        return {vault.live_group(account): email.partition("@")[0] for email, account in accounts.items()}

    def thread(self, name: str) -> Thread:
        return Thread.objects.get(pk=self.threads[name])

    def asks(self, who: Person, name: str, *, status: int = 303, **changes: Any) -> None:
        number = self.threads[name] = form_id(name)
        title = f"May I have dinner with a former client ({name})"
        fields = typed.question(id=str(number), title=title, body=BODY.format(name), **changes)
        who.sends("/ask/", fields, status=status)

    def replies(
        self, who: Person, name: str, kind: str, label: str, *, status: int = 303, **extra: Any
    ) -> None:
        thread = self.thread(name)
        fields = typed.reply(id=str(form_id(label)), body=BODY.format(label), **extra)
        address = f"/threads/{thread.public_id}/act/{kind}/"
        who.sends(address, fields, page=thread.get_absolute_url(), status=status)

    def returns_to(self, who: Person, name: str, label: str, **fields: Any) -> None:
        """The author's tools of an anonymous thread, found as an author finds them."""
        address = self.tools_of(who, name)
        who.sends(address, {"id": str(form_id(label)), "body": BODY.format(label), **fields})

    def tools_of(self, who: Person, name: str) -> str:
        who.confirms()
        page = who.opens("/my/anonymous/")
        for address in dict.fromkeys(re.findall(r"/my/anonymous/[0-9a-f]{32}/", page)):
            if f"({escape(name)})" in who.opens(address):
                return address
        raise AssertionError(f"{who.name} finds no tools for {name}")

    def decides(self, who: Person, name: str, verdict: str = "publish") -> None:
        waiting = QueueItem.objects.waiting().select_related("post").get(post__thread=self.threads[name])
        address = waiting.get_absolute_url()
        who.opens("/moderation/queue/")
        who.sends(f"{address}claim/", page=address)
        prefix = "" if verdict == "publish" else f"{verdict}-"
        fields = {f"{prefix}version": waiting.version}
        if verdict == "propose":
            fields["propose-body"] = f"{waiting.post.body} Kindly."
        if prefix:
            fields[f"{prefix}note"] = "Please leave out the name of the gym."
        who.sends(f"{address}{verdict}/", fields, page=address)

    def edits(self, who: Person, post: Post, words: str, *, seen: str) -> None:
        """An author's own text of the anonymous thread, edited among its tools."""
        thread = self.thread("anonymous")
        fields = {"title": thread.title, "body": f"{post.body} {words}", "asking": thread.asking}
        self.answers(who, post, "edit", seen=seen, **fields)

    def answers(self, who: Person, post: Post, deed: str, **fields: Any) -> None:
        """What an author presses below one of their own texts of the anonymous thread."""
        who.sends(self.tools_of(who, "anonymous"), {"deed": deed, "post": post.pk, **fields})

    def holds(self, who: Person, name: str) -> None:
        waiting = QueueItem.objects.waiting().select_related("post").get(post__thread=self.threads[name])
        address = waiting.get_absolute_url()
        who.sends(f"{address}claim/", page=address)
        fields = {"hold-version": waiting.version, "hold-reason": "Waiting for a second opinion."}
        who.sends(f"{address}hold/", fields, page=address)

    def all_look_round(self) -> None:
        """All read as readers do; alice and bob write anonymously in some world, and leave no more behind."""
        self.readers_look_round((*AUTHORS, "carol", "mo", "admin"))

    def readers_look_round(self, readers: tuple[str, ...] = READERS) -> None:
        """They read the list, a thread, and what is their own; but erin, a reader like carol, does not."""
        thread = Thread.objects.listed().order_by("public_id").last()
        for person in (self.people[name] for name in readers):
            for address in ("/", "/inbox/", "/inbox/since/0/", "/my/threads/"):
                person.opens(address)
            if thread:
                person.opens(thread.get_absolute_url())
            person.confirms()
            person.opens("/my/anonymous/")

    def silences(self, who: Person, post: UUID, deed: str, **fields: Any) -> None:
        """A deed on the page about the author of an anonymous post, as a moderator finds it."""
        page = f"/moderation/posts/{post}/author/"
        who.sends(f"{page}{deed}/", fields, page=page)
