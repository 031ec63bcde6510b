"""The script: what members and moderators do on the site, one part of it anonymously.

`asker` asks and comes back as a persona, `replier` replies as one; whoever they are, all others do the same.
"""

from collections.abc import Iterator
from unittest import mock

from django.utils import timezone

from accounts.actions.appoint import appoint
from forum.models import Digest, Happening, Notice
from forum.models.digest import Last
from forum.notices import fanout
from moderation.actions.page import page_about_what_waits
from moderation.actions.suggest import suggest_what_waits
from moderation.clock import SECOND_MODERATOR_AFTER
from moderation.models import QueueItem
from tests import make, typed
from tests.privacy.two_worlds.chance import form_id
from tests.privacy.two_worlds.desk import Desk
from tests.privacy.two_worlds.people import Person
from tests.privacy.two_worlds.tasks import run_every_task
from tests.privacy.two_worlds.world import AUTHORS, BODY, RETURN_CODE, Watch


class Script(Desk):
    """What everybody does, in order."""

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
        yield from self._verified()
        yield from self._on_duty()
        yield from self._editing()
        yield from self._closing()
        yield from self._two_agree()
        yield from self._merging()
        yield from self._redacting()
        yield from self._flagging()
        yield from self._silencing()
        yield from self._without_link()
        yield from self._leaving()
        yield from self._kept_from()
        yield from self._appealing()
        yield from self._exporting()
        yield from self._deleting()

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
        yield "a digest is chosen"
        daily = {"every": "day", "weekday": "0", "at_hour": "20", "zone": "UTC"}
        for name in (*AUTHORS, "carol"):
            about = {"about": "followed", "shows": "excerpts"}
            self.people[name].sends("/my/settings/digest/", {**daily, **about}, page="/my/settings/digest/")

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
        self.decides(mo, "alice's")
        yield "bob writes his anew, mia publishes it"
        returned = self.thread("bob's").posts.get()
        fields = typed.anew(returned, id=str(form_id("bob's")), title="A gift from a client (bob's)")
        own = self.thread("bob's").public_id
        bob.sends(f"/my/threads/{own}/", fields)
        self.decides(mia, "bob's")

    def _asking(self) -> Iterator[str | Watch]:
        asker, mia, mo = (self.people[name] for name in (self.asker, "mia", "mo"))
        yield "somebody looks at the preview and at similar threads"
        asked = typed.question(id=str(form_id("first")), body=BODY.format("first"), preview="1")
        asker.sends("/ask/", asked, status=200)
        asker.sends("/ask/similar/", {"title": "Dinner with a former client"}, page="/ask/", status=200)
        yield "somebody asks anonymously"
        self.asks(asker, "anonymous")
        yield "the worker suggests it to a moderator"
        suggest_what_waits(timezone.now())
        yield "all look round while it waits"
        self.all_look_round()
        yield "mia returns it"
        self.decides(mia, "anonymous", "return")
        yield "mia takes that back, and returns it again"
        item = QueueItem.objects.get(post__thread=self.thread("anonymous")).get_absolute_url()
        mia.opens("/moderation/queue/")
        mia.sends(f"{item}undo/", page=item)
        self.decides(mia, "anonymous", "return")
        yield "readers look round while it is returned"
        self.readers_look_round()
        yield "its author writes it anew"
        returned = self.thread("anonymous").posts.get()
        fields = typed.anew(returned, title="May I climb beside her (anonymous)")
        self.returns_to(asker, "anonymous", "revised", **{**fields, "id": str(form_id("anonymous"))})
        yield "mia holds it for a second opinion"
        self.holds(mia, "anonymous")
        yield "readers look round while it is held"
        self.readers_look_round()
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
        yield "somebody looks at the preview of an anonymous perspective, and gives it"
        looked = {"identity": "anonymous", "preview": "1", "status": 200}
        self.replies(replier, "anonymous", "perspective", "anonymous view", **looked)
        self.replies(replier, "anonymous", "perspective", "anonymous view", identity="anonymous")
        yield "mo publishes the perspective"
        self.decides(mo, "anonymous")
        yield "bob gives a perspective under his name, mia publishes it"
        self.replies(bob, "anonymous", "perspective", "bob's view", identity="named")
        self.decides(mia, "anonymous")
        yield "somebody gives an anonymous perspective on bob's"
        self.replies(replier, "carol's", "perspective", "second anonymous view", identity="anonymous")
        self.decides(mo, "carol's")
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

    def _without_link(self) -> Iterator[str | Watch]:
        """Asked by an account, and gone on with by a browser that shares nothing with it but the code."""
        asker, mia, mo = self.people[self.replier], self.people["mia"], self.people["mo"]
        somebody = Person("somebody", self.chance)
        yield "somebody asks and leaves no link"
        self.asks(asker, "without link", identity="no-link", code=RETURN_CODE, status=200)
        yield "mia returns it, and a code opens it"
        self.decides(mia, "without link", "return")
        somebody.sends("/return/", {"code": RETURN_CODE}, status=200)
        returned = self.thread("without link").posts.get()
        fields = typed.anew(returned, title="May I be her friend one day (without link)")
        fields |= {"id": str(form_id("without link")), "code": RETURN_CODE}
        somebody.sends("/return/", fields, status=200)
        yield "mo publishes it, mia consults"
        self.decides(mo, "without link")
        yield Watch(self.thread("without link").public_id)
        self.replies(mia, "without link", "consult", "mia's on it", aspects=["ethical"])
        yield "by code it is said how it turned out, which mia publishes"
        fields = typed.reply(id=str(form_id("by code")), body=BODY.format("by code"), deed="update")
        somebody.sends("/return/", {**fields, "code": RETURN_CODE}, status=200)
        self.decides(mia, "without link")
        yield "all look round beside it"
        self.all_look_round()
        yield "by code it is withdrawn"
        somebody.sends("/return/withdraw/", {"code": RETURN_CODE}, page="/return/", status=200)

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
        assert Digest.objects.filter(last=Last.SENT).count() == len(AUTHORS) + 1
        yield "one more update waits in the queue, and is claimed"
        self.returns_to(asker, "anonymous", "waiting update", deed="update", outcomes=["went-badly"])
        waiting = QueueItem.objects.waiting().get(post__thread=followed, kind="update")
        address = waiting.get_absolute_url()
        mo.sends(f"{address}claim/", page=address)
        yield "mo hands it over to mia, who puts it back"
        mia = self.people["mia"]
        note = {"over-to": mia.account.pk, "over-note": "Please look at the last sentence."}
        mo.sends(f"{address}hand-over/", note, page=address)
        for person in (mia, mo):
            person.opens("/moderation/insight/?by=month")
            person.opens("/moderation/queue/?kind=update&jurisdiction=us&age=4&hold=claimed")
            person.opens(address)
        mia.sends(f"{address}release/", page=address)
        mo.sends(f"{address}claim/", page=address)

    def _exporting(self) -> Iterator[str | Watch]:
        asker, carol = self.people[self.asker], self.people["carol"]
        yield "carol exports her data"
        carol.sends("/my/export/", {"password": make.PASSWORD}, status=200)
        yield "the author exports what is anonymous"
        asker.confirms()
        asker.sends("/my/anonymous/export/", page="/my/anonymous/", status=200)

    def _deleting(self) -> Iterator[str | Watch]:
        """Erin, who wrote nothing anonymously, leaves; the night then seals the vault anew."""
        erin = self.people["erin"]
        yield "erin follows a tag and asks under her name"
        erin.sends("/tags/jurisdiction/us/follow/", page="/tags/jurisdiction/us/")
        self.asks(erin, "erin's", identity="named")
        yield "erin deletes her account"
        erin.sends("/my/delete/", {"name": "former", "password": make.PASSWORD, "sure": "on"})
        yield "the worker does all that it does in a night"
        self.groups = self.live_groups()
        run_every_task()
        yield "the update that still waits is told to a second moderator, who opens the notice"
        assert page_about_what_waits(timezone.now() + SECOND_MODERATOR_AFTER)
        told = Notice.objects.filter(event__happening=Happening.WAITING).latest("pk")
        second = next(each for each in self.people.values() if each.account == told.account)
        second.opens("/inbox/")
        second.opens(f"/inbox/{told.pk}/", status=302)
        yield "all look round at the end"
        self.all_look_round()
