"""The script: what members and moderators do on the site, one part of it anonymously.

`asker` asks and comes back as a persona, `replier` replies as one; whoever they are, all others do the same.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from unittest import mock
from uuid import UUID

from accounts.actions.appoint import appoint
from forum.models import Notice, Thread
from forum.notices import fanout
from moderation.models import QueueItem
from tests import make, typed
from tests.privacy.two_worlds.chance import Chance, form_id
from tests.privacy.two_worlds.people import EVERYBODY, Person
from tests.privacy.two_worlds.tasks import run_every_task

BODY = (
    "I finished with this client about fourteen months ago, and it went well. Last week she held the door of "
    "the climbing gym for me and said that she would love to get dinner some day. This is my text, {}."
)
AUTHORS = ("alice", "bob", "mia", "dave")  # who may be the author of something anonymous in some world


@dataclass(frozen=True)
class Watch:
    """Everybody opens the page of this thread, whose socket then hears of it."""

    public_id: str


@dataclass
class World:
    """One run of the script: who writes anonymously in it, and what came of it."""

    asker: str
    replier: str
    chance: Chance = field(default_factory=Chance)

    def __post_init__(self) -> None:
        self.people = {name: Person(name, self.chance) for name in EVERYBODY}
        self.threads: dict[str, UUID] = {}

    def __str__(self) -> str:
        return f"{self.asker} asks, {self.replier} replies"

    @property
    def authors(self) -> set[tuple[str, str]]:
        """Who writes anonymously, and what."""
        return {("asks", self.asker), ("replies", self.replier)}

    def thread(self, name: str) -> Thread:
        return Thread.objects.get(pk=self.threads[name])

    def asks(self, who: Person, name: str, *, status: int = 303, **changes: Any) -> None:
        number = self.threads[name] = form_id(name)
        title = f"May I have dinner with a former client ({name})"
        fields = typed.question(id=str(number), title=title, body=BODY.format(name), **changes)
        who.sends("/ask/", fields, status=status)

    def replies(self, who: Person, name: str, kind: str, label: str, **extra: Any) -> None:
        thread = self.thread(name)
        fields = typed.reply(id=str(form_id(label)), body=BODY.format(label), **extra)
        who.sends(f"/threads/{thread.public_id}/act/{kind}/", fields, page=thread.get_absolute_url())

    def returns_to(self, who: Person, name: str, label: str, **fields: Any) -> None:
        """The author's tools of an anonymous thread, found as an author finds them."""
        address = self.tools_of(who, name)
        who.sends(address, {"id": str(form_id(label)), "body": BODY.format(label), **fields})

    def tools_of(self, who: Person, name: str) -> str:
        page = who.opens("/my/anonymous/")
        for address in dict.fromkeys(re.findall(r"/my/anonymous/[0-9a-f]{32}/", page)):
            if f"({name})" in who.opens(address):
                return address
        raise AssertionError(f"{who.name} finds no tools for {name}")

    def decides(self, who: Person, name: str, verdict: str = "publish", *, claim: bool = True) -> None:
        waiting = QueueItem.objects.waiting().select_related("post").get(post__thread=self.threads[name])
        address = waiting.get_absolute_url()
        who.opens("/moderation/queue/")
        if claim:
            who.sends(f"{address}claim/", page=address)
        prefix = "" if verdict == "publish" else f"{verdict}-"
        fields = {f"{prefix}version": waiting.post.version}
        if prefix:
            fields[f"{prefix}note"] = "Please leave out the name of the gym."
        who.sends(f"{address}{verdict}/", fields, page=address)

    def all_look_round(self) -> None:
        """Everybody reads the list, a thread, and what is their own."""
        for person in self.people.values():
            for address in ("/", "/inbox/", "/inbox/since/0/", "/my/threads/", "/my/anonymous/"):
                person.opens(address)
            thread = Thread.objects.listed().order_by("public_id").last()
            if thread:
                person.opens(thread.get_absolute_url())

    def script(self) -> Iterator[str | Watch]:
        """What to call the step that follows, or what is watched."""
        yield "the reference data"
        make.tags()
        for person in self.people.values():
            yield f"{person.name} joins"
            person.joins()
        yield from self._roles()
        yield from self._named()
        yield from self._asking()
        yield from self._replying()
        yield from self._looking()
        yield from self._leaving()

    def _roles(self) -> Iterator[str | Watch]:
        yield "roles are given"
        for name in ("mia", "mo"):
            where = {"disciplines": ["professional-counselor"], "jurisdictions": ["us-co"]}
            appoint(self.people[name].account, "moderator", now=self.chance.now(), credential="LPC", **where)
        for name in ("bob", "dave"):
            where = {"disciplines": ["psychologist"], "jurisdictions": ["us-or"]}
            appoint(self.people[name].account, "verified", now=self.chance.now(), credential="PhD", **where)
        appoint(self.people["admin"].account, "administrator", now=self.chance.now())
        yield "alice signs out and in"
        self.people["alice"].signs_out()
        self.people["alice"].signs_in()
        yield "profiles are written"
        known = make.tags()
        where = [known["professional-counselor"].pk], [known["us-co"].pk]
        for name in ("alice", "bob", "mia"):
            fields = {"display_name": name.capitalize(), "credential": "LPC"}
            fields |= {"disciplines": where[0], "jurisdictions": where[1]}
            self.people[name].sends("/my/settings/profile/", fields)
        yield "tags are followed"
        for name in (*AUTHORS, "carol"):
            for tag in ("jurisdiction/us", "topic/friendship-after-termination"):
                self.people[name].sends(f"/tags/{tag}/follow/", page=f"/tags/{tag}/")

    def _named(self) -> Iterator[str | Watch]:
        alice, bob, carol, mia, mo = (self.people[name] for name in ("alice", "bob", "carol", "mia", "mo"))
        yield "carol asks under her name"
        self.asks(carol, "carol's", identity="named")
        yield "mo publishes carol's"
        self.decides(mo, "carol's")
        yield Watch(self.thread("carol's").public_id)
        yield "mia consults on carol's"
        self.replies(mia, "carol's", "consult", "consultation on carol's", aspects=["ethical"])
        yield "alice and bob ask under their names"
        self.asks(alice, "alice's", identity="named")
        self.asks(bob, "bob's", identity="named")
        yield "mia returns bob's, mo publishes alice's"
        self.decides(mia, "bob's", "return")
        self.decides(mo, "alice's", claim=False)
        yield "bob writes his anew, mia publishes it"
        returned = self.thread("bob's").posts.get()
        fields = typed.anew(returned, id=str(form_id("bob's")), title="A gift from a client (bob's)")
        own = self.thread("bob's").public_id
        bob.sends(f"/my/threads/{own}/", fields)
        self.decides(mia, "bob's")

    def _asking(self) -> Iterator[str | Watch]:
        asker, mia, mo = (self.people[name] for name in (self.asker, "mia", "mo"))
        yield "somebody looks at the preview and at similar threads"
        asker.sends("/ask/preview/", {"body": BODY.format("first")}, page="/ask/", status=200)
        asker.sends("/ask/similar/", {"title": "Dinner with a former client"}, page="/ask/", status=200)
        yield "somebody asks anonymously"
        self.asks(asker, "anonymous")
        yield "all look round while it waits"
        self.all_look_round()
        yield "mia returns it"
        self.decides(mia, "anonymous", "return")
        yield "all look round while it is returned"
        self.all_look_round()
        yield "its author writes it anew"
        returned = self.thread("anonymous").posts.get()
        fields = typed.anew(returned, title="May I climb beside her (anonymous)")
        self.returns_to(asker, "anonymous", "revised", **{**fields, "id": str(form_id("anonymous"))})
        yield "mo publishes it"
        self.decides(mo, "anonymous")
        yield Watch(self.thread("anonymous").public_id)
        yield "all read what concerns them"
        self.all_look_round()
        for name in AUTHORS:
            self.people[name].sends("/inbox/read/", page="/inbox/")

    def _replying(self) -> Iterator[str | Watch]:
        asker, replier = self.people[self.asker], self.people[self.replier]
        bob, mia, mo = (self.people[name] for name in ("bob", "mia", "mo"))
        yield "mia and mo consult on it"
        self.replies(mia, "anonymous", "consult", "mia's", aspects=["ethical"], contingent_on="the place")
        self.replies(mo, "anonymous", "consult", "mo's", aspects=["legal"], red_flag="Do not wait with this.")
        yield "it is followed"
        page = self.thread("anonymous").get_absolute_url()
        for name in ("alice", "bob", "carol", "mia"):
            address = f"/threads/{self.thread('anonymous').public_id}/act/follow/"
            self.people[name].sends(address, page=page)
        yield "its author clarifies"
        self.returns_to(asker, "anonymous", "clarification", deed="clarify")
        yield "mia publishes the clarification"
        self.decides(mia, "anonymous")
        yield "somebody gives an anonymous perspective"
        self.replies(replier, "anonymous", "perspective", "anonymous view", identity="anonymous")
        yield "mo publishes the perspective"
        self.decides(mo, "anonymous")
        yield "bob gives a perspective under his name, mia publishes it"
        self.replies(bob, "anonymous", "perspective", "bob's view", identity="named")
        self.decides(mia, "anonymous")
        yield "somebody gives an anonymous perspective on bob's"
        self.replies(replier, "carol's", "perspective", "second anonymous view", identity="anonymous")
        self.decides(mo, "carol's", claim=False)
        yield "its author says how it turned out, and the worker tells of it"
        self.returns_to(asker, "anonymous", "update", deed="update", outcomes=["repaired"])
        with mock.patch.object(fanout, "AT_ONCE", -1):
            self.decides(mia, "anonymous")
        run_every_task()
        yield "its author opens a notice of it"
        his_own = Notice.objects.filter(persona__thread=self.thread("anonymous"), persona__is_op=True)
        asker.opens(f"/inbox/{his_own.latest('pk').pk}/", status=302)

    def _looking(self) -> Iterator[str | Watch]:
        yield "all look round, search and read feeds"
        self.all_look_round()
        for person in self.people.values():
            for address in ("/search/?q=climbing", "/feeds/threads.atom", "/?sort=active", "/?outcome=any"):
                person.opens(address)
        yield "all read what concerns them again"
        for name in AUTHORS:
            self.people[name].sends("/inbox/read/", page="/inbox/")

    def _leaving(self) -> Iterator[str | Watch]:
        asker, mia, mo = (self.people[name] for name in (self.asker, "mia", "mo"))
        yield "somebody asks anonymously again, and mo declines it"
        self.asks(asker, "declined", urgency="urgent")
        self.decides(mo, "declined", "decline")
        yield "somebody asks anonymously a third time, mia publishes it, its author withdraws it"
        self.asks(asker, "withdrawn")
        self.decides(mia, "withdrawn")
        address = self.tools_of(asker, "withdrawn")
        asker.sends(f"{address}withdraw/", page=address)
        yield "somebody asks anonymously more often than a day allows"
        self.asks(asker, "too many", status=429)
        yield "carol withdraws her own"
        withdrawn = self.thread("carol's").public_id
        own = f"/my/threads/{withdrawn}/"
        self.people["carol"].sends(f"{own}withdraw/", page=own)
        yield "alice follows no longer"
        followed = self.thread("anonymous")
        address = f"/threads/{followed.public_id}/act/follow/"
        self.people["alice"].sends(address, {"stop": ""}, page=followed.get_absolute_url())
        yield "the worker does all that it ever does"
        run_every_task()
        yield "one more update waits in the queue, and is claimed"
        self.returns_to(asker, "anonymous", "waiting update", deed="update", outcomes=["went-badly"])
        waiting = QueueItem.objects.waiting().get(post__thread=followed)
        mo.sends(f"{waiting.get_absolute_url()}claim/", page=waiting.get_absolute_url())
        yield "all look round at the end"
        self.all_look_round()
