"""What moderators do besides deciding: members, closing, redacting, flags, silencing."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from accounts.models import Verification
from forum.models import Edit, Happening, Notice
from forum.models.edit import version_shown
from moderation.actions.suggest import GOES_ON_AFTER, suggest_what_waits
from moderation.models import Absence, QueueItem, Redaction, Sanction
from tests import make, typed
from tests.privacy.two_worlds.chance import form_id
from tests.privacy.two_worlds.people import Person
from tests.privacy.two_worlds.world import AUTHORS, BODY, Watch, World


class Desk(World):
    """The part of the script that moderators play."""

    def _verified(self) -> Iterator[str | Watch]:
        """Alice, who asks anonymously in some world, is verified and lapses; her page is read all along."""
        alice, mo, admin = (self.people[name] for name in ("alice", "mo", "admin"))
        known = make.tags()
        form = {"discipline": known["professional-counselor"].pk, "jurisdiction": known["us-co"].pk}
        form |= {"board": "Colorado DORA", "licence_type": "LPC", "npi": "1234567893"}
        page = f"/moderation/members/{alice.account.pk}/"
        for result, who in (("active", mo), ("lapsed", admin)):
            yield f"alice asks to be verified, and {who.name} finds her {result}"
            alice.sends("/my/settings/verification/", form)
            asked = Verification.objects.waiting().get(account=alice.account).get_absolute_url()
            who.opens("/moderation/verifications/")
            who.sends(f"{asked}take/", page=asked)
            found = {"board": "Colorado DORA", "licence_type": "LPC", "result": result}
            found["on"] = self.chance.now().date().isoformat()
            who.sends(f"{asked}check/", found, page=asked)
            who.opens(page)
        yield "mo and admin write and read about members"
        mo.sends(f"{page}notes/", {"note": "Asked twice in one day."}, page=page)
        for name in AUTHORS:
            for who in (mo, admin):
                who.opens(f"/moderation/members/?q={name}")
                who.opens(f"/moderation/members/{self.people[name].account.pk}/")
        yield from self._sanctioned()
        yield "admin appoints carol, and takes the role away again"
        carol = f"/moderation/members/{self.people['carol'].account.pk}/"
        for deed in ("appoint", "dismiss"):
            admin.sends(f"{carol}{deed}/", {"password": make.PASSWORD}, page=carol)

    def _sanctioned(self) -> Iterator[str | Watch]:
        """Alice's name is paused, and bob is suspended by two; who writes anonymously then goes on."""
        alice, bob, mia, mo = (self.people[name] for name in ("alice", "bob", "mia", "mo"))
        yield "mo pauses alice's name, mo and mia suspend bob's"
        for person, measure in ((alice, "pause"), (bob, "suspension")):
            page = f"/moderation/members/{person.account.pk}/"
            form = {"measure": measure, "reason": "Please stop calling a colleague a fraud.", "hours": "72"}
            mo.sends(f"{page}sanction/", {f"sanction-{name}": form[name] for name in form}, page=page)
        asked = Sanction.objects.waiting().get()
        mia.sends(f"/moderation/sanctions/{asked.pk}/agree/", page=page)
        yield "both try to write under their names, read why, and appeal"
        for person in (alice, bob):
            self.asks(person, f"{person.name}'s while paused", identity="named", status=403)
            given = Sanction.objects.given().get(account=person.account)
            appeal = {"words": "I am sorry, it was late that day, and I had slept little."}
            person.sends(f"/my/sanctions/{given.pk}/appeal/", appeal, page="/my/sanctions/")
        yield "somebody clarifies anonymously meanwhile"
        self.returns_to(self.people[self.asker], "anonymous", "while names are paused", deed="clarify")
        self.decides(mia, "anonymous")
        self.readers_look_round()
        yield "mia grants alice's appeal, mo may decide neither and lifts bob's"
        for item in QueueItem.objects.waiting().filter(kind="appeal").order_by("appeal__sanction__measure"):
            mo.opens(item.get_absolute_url())
            mo.sends(f"{item.get_absolute_url()}claim/", page="/moderation/queue/", status=403)
        item = QueueItem.objects.waiting().get(appeal__sanction__account=alice.account)
        self.decides_on_appeal(mia, item, "grant")
        alice.opens("/my/sanctions/")
        given = Sanction.objects.given().get(account=bob.account)
        page = f"/moderation/members/{given.account_id}/"
        mo.sends(f"/moderation/sanctions/{given.pk}/lift/", page=page)

    def _appealing(self) -> Iterator[str | Watch]:
        """Whoever asks anonymously appeals against a decline, and against words that were removed."""
        asker, replier = self.people[self.asker], self.people[self.replier]
        mia, mo = self.people["mia"], self.people["mo"]
        yield "the author appeals against the decline, and mo may not decide"
        self.appeals(asker, "declined")
        item = self.appeal_of("declined")
        mo.opens(item.get_absolute_url())
        mo.sends(f"{item.get_absolute_url()}claim/", page="/moderation/queue/", status=403)
        self.readers_look_round()
        yield "mia upholds it, and its author reads both reasons"
        self.decides_on_appeal(mia, item, "stand")
        self.readers_look_round()
        self.tools_of(asker, "declined")
        yield "somebody's anonymous view is declined and appealed, which mia grants and publishes"
        looked = {"identity": "anonymous"}
        self.replies(replier, "alice's", "perspective", "declined view", **looked)
        self.decides(mo, "alice's", "decline")
        self.appeals(replier, "alice's")
        item = self.appeal_of("alice's")
        self.decides_on_appeal(mia, item, "grant")
        self.all_look_round()
        self.decides(mia, "alice's")
        self.tools_of(replier, "alice's")
        yield "the author appeals against the words that were removed, which waits"
        self.appeals(asker, "anonymous")
        self.all_look_round()

    def _kept_from(self) -> Iterator[str | Watch]:
        """All work at one place, which keeps mia from nothing anonymous; mo steps back from it."""
        asker, mia, mo = (self.people[name] for name in (self.replier, "mia", "mo"))
        yield "all say where they work"
        for name in (*AUTHORS, "mo"):
            account = self.people[name].account
            fields: dict[str, Any] = {"display_name": account.display_name, "credential": account.credential}
            for facet in ("disciplines", "jurisdictions"):
                fields[facet] = sorted(getattr(account, facet).values_list("pk", flat=True))
            fields["employers"] = "The county clinic"
            self.people[name].sends("/my/settings/profile/", fields)
        yield "somebody asks anonymously, and mia takes it as before and puts it back"
        self.asks(asker, "close to home")
        address = make.item(self.thread("close to home")).get_absolute_url()
        mia.sends(f"{address}claim/", page=address)
        mia.sends(f"{address}release/", page=address)
        yield "mo takes it, steps back, and can't take it again"
        mo.sends(f"{address}claim/", page=address)
        mo.sends(f"{address}step-back/", page=address)
        mo.sends(f"{address}claim/", page="/moderation/queue/", status=403)
        for person in (mia, mo):
            person.opens("/moderation/queue/?hold=free")
            person.opens(address)
        self.readers_look_round()
        yield "mia publishes it"
        self.decides(mia, "close to home")

    def appeals(self, who: Person, name: str) -> None:
        """Against the first decision that the author's tools of the thread offer."""
        address = self.tools_of(who, name)
        against = re.search(r'name="against" value="([^"]+)"', who.opens(address))
        assert against, f"{who.name} finds nothing to appeal against in {name}"
        words = "It is said in general terms, and nobody could be recognised. Please look again."
        who.sends(address, {"deed": "appeal", "against": against[1], "words": words})

    def appeal_of(self, name: str) -> QueueItem:
        return QueueItem.objects.waiting().get(kind="appeal", thread=self.threads[name])

    def decides_on_appeal(self, who: Person, item: QueueItem, verdict: str) -> None:
        address = item.get_absolute_url()
        who.sends(f"{address}claim/", page=address)
        fields = {"version": item.version, "reason": "I looked at it with care, and so should you."}
        typed_in = {f"{verdict}-{name}": value for name, value in fields.items()}
        who.sends(f"{address}{verdict}/", typed_in, page=address)

    def _on_duty(self) -> Iterator[str | Watch]:
        """Mia, who asks anonymously in some world, is suggested what she wrote like everybody."""
        mia, mo = self.people["mia"], self.people["mo"]
        page = "/moderation/duty/"
        yield "mia and mo say how much they take on, and somebody clarifies anonymously"
        for person in (mia, mo):
            topics = [make.tags()["friendship-after-termination"].pk]
            person.sends(page, {"on_duty": "on", "at_most": "5", "topics": topics})
        self.returns_to(self.people[self.asker], "anonymous", "while on duty", deed="clarify")
        for when in (0, 1, 2):
            yield f"it is suggested, and goes round ({when})"
            assert suggest_what_waits(timezone.now() + when * GOES_ON_AFTER)
            self._look_at_what_is_suggested()
        yield "who has it goes away today, the other stands in"
        day = self.chance.now().date().isoformat()
        item = QueueItem.objects.waiting().get(post__thread=self.thread("anonymous"))
        pair = (mia, mo) if item.suggested_to == mia.account else (mo, mia)
        away = {"away-first": day, "away-last": day, "away-pass_on": "on"}
        pair[0].sends(f"{page}away/", {**away, "away-cover": pair[1].account.pk}, page=page)
        self._look_at_what_is_suggested()
        yield "they are back, and mo will be away one day"
        absence = Absence.objects.get()
        pair[0].sends(f"{page}away/{absence.pk}/remove/", page=page)
        later = (self.chance.now() + timedelta(days=20)).date().isoformat()
        away = {"away-first": later, "away-last": later, "away-cover": mia.account.pk}
        mo.sends(f"{page}away/", away, page=page)
        yield "mia publishes what was suggested"
        self.decides(mia, "anonymous")

    def _look_at_what_is_suggested(self) -> None:
        for name in ("mia", "mo"):
            for address in ("/moderation/queue/?to=you", "/moderation/duty/", "/inbox/", "/inbox/since/0/"):
                self.people[name].opens(address)
        item = QueueItem.objects.waiting().get(post__thread=self.thread("anonymous"))
        notice = Notice.objects.get(
            event__happening=Happening.SUGGESTED, event__post=item.post_id, account=item.suggested_to_id
        )
        told = next(each for each in self.people.values() if each.account == notice.account)
        told.opens(f"/inbox/{notice.pk}/", status=302)

    def _editing(self) -> Iterator[str | Watch]:
        """What is public is edited, and what is not yet is published with changes."""
        asker, replier = self.people[self.asker], self.people[self.replier]
        mia, mo = self.people["mia"], self.people["mo"]
        posts = self.thread("anonymous").posts
        question, view = posts.get(kind="question"), posts.get(kind="perspective", author=None)
        yield "the author edits the question"
        self.edits(asker, question, "It is a small town.", seen=f"{question.version}.0")
        self.readers_look_round()
        yield "mia returns the edit, and takes that back"
        self.decides(mia, "anonymous", "return")
        item = QueueItem.objects.get(post=question, kind="edit").get_absolute_url()
        mia.sends(f"{item}undo/", page=item)
        yield "the author changes it, and mia publishes it"
        self.edits(asker, question, "It is not large.", seen=version_shown(question, Edit.objects.get()))
        self.decides(mia, "anonymous")
        self.readers_look_round()
        yield "who replied edits their view, which mo holds and declines"
        self.edits(replier, view, "Mind you.", seen=f"{view.version}.0")
        self.holds(mo, "anonymous")
        self.decides(mo, "anonymous", "decline")
        yield "they let it be, and mia edits a consultation"
        self.answers(replier, view, "drop-edit")
        consulted = posts.get(body=BODY.format("mia's"))
        page = f"/my/threads/{self.thread('anonymous').public_id}/"
        form = {"deed": "edit", "post": consulted.pk, "seen": f"{consulted.version}.0"}
        mia.sends(page, {**form, "body": consulted.body, "aspects": ["ethical"], "contingent_on": "the year"})
        yield "the author clarifies once more, and mo proposes changes"
        self.returns_to(asker, "anonymous", "second clarification", deed="clarify")
        self.decides(mo, "anonymous", "propose")
        clarified = posts.get(body=BODY.format("second clarification"))
        yield "readers look round while the author is asked, who refuses"
        self.readers_look_round()
        words = "It says what I did not say."
        self.answers(asker, clarified, "refuse", version=Edit.objects.get().version, words=words)
        yield "mia proposes others, and the author agrees"
        self.decides(mia, "anonymous", "propose")
        self.answers(asker, clarified, "accept", version=Edit.objects.get().version)
        yield "the author edits once more, which waits"
        self.edits(asker, question, "Still.", seen=f"{question.version + 1}.0")
        self.readers_look_round()
        for name in AUTHORS:
            self.people[name].sends("/inbox/read/", page="/inbox/")

    def _closing(self) -> Iterator[str | Watch]:
        mia, mo = self.people["mia"], self.people["mo"]
        reason = {"reason": "The last replies went beyond the question."}
        yield "mo closes the anonymous thread"
        self.cares_for(mo, "anonymous", "close", **reason)
        yield "all look round while it is closed"
        self.all_look_round()
        yield "mia hides it"
        self.cares_for(mia, "anonymous", "hide", **reason)
        yield "all look round while it is hidden, its author among the tools"
        self.all_look_round()
        self.tools_of(self.people[self.asker], "anonymous")
        yield "mo shows it again, and mia opens it again"
        self.cares_for(mo, "anonymous", "unhide")
        self.cares_for(mia, "anonymous", "reopen")
        yield "readers look round when it is open again"
        self.readers_look_round()

    def _two_agree(self) -> Iterator[str | Watch]:
        """Who replies anonymously asks about a colleague, and two moderators have to agree."""
        mia, mo = self.people["mia"], self.people["mo"]
        yield "somebody asks anonymously about a colleague, and mia agrees to publish it"
        make.tag("topic", "colleague-conduct")
        self.asks(self.people[self.replier], "colleague", topic="colleague-conduct")
        self.decides(mia, "colleague")
        item = QueueItem.objects.waiting().get(post__thread=self.thread("colleague"))
        address = item.get_absolute_url()
        yield "readers look round while one has agreed, who takes it back and agrees again"
        self.readers_look_round()
        mo.opens(address)
        mia.sends(f"{address}agree-no-more/", page=address)
        self.decides(mia, "colleague")
        yield "mo agrees, and it is public"
        self.decides(mo, "colleague")
        self.readers_look_round()

    def _merging(self) -> Iterator[str | Watch]:
        """What is anonymous into what has a name, then the other way round."""
        mia, mo = self.people["mia"], self.people["mo"]
        for merged, kept in (("anonymous", "alice's"), ("alice's", "anonymous")):
            yield f"mo merges {merged} into {kept}"
            self.cares_for(mo, merged, "merge", into=f"/threads/{self.thread(kept).public_id}/")
            yield f"readers look round while {merged} is merged, its author among the tools"
            self.readers_look_round()
            self.tools_of(self.people[self.asker], "anonymous")
            for person in self.people.values():
                for name in (merged, kept):
                    person.opens(self.thread(name).get_absolute_url())
            yield f"mia consults on {kept}, which followers of {merged} hear of"
            self.replies(mia, kept, "consult", f"consultation instead of {merged}", aspects=["risk"])
            yield f"mia takes {merged} apart"
            self.cares_for(mia, merged, "unmerge")

    def _redacting(self) -> Iterator[str | Watch]:
        mia, mo = self.people["mia"], self.people["mo"]
        page = f"/moderation/threads/{self.thread('anonymous').public_id}/"
        asked = {"words": "climb", "reason": "It says where the two would meet.", "hidden": ""}
        yield "mia asks to remove words"
        mia.sends(f"{page}redact/", asked)
        yield "readers look round while it waits for a second moderator"
        self.readers_look_round()
        yield "mo agrees, and its author reads why"
        settled = f"/moderation/redactions/{Redaction.objects.get().pk}/agree/"
        mo.sends(settled, page=page)
        self.tools_of(self.people[self.asker], "anonymous")
        self.readers_look_round()

    def cares_for(self, who: Person, name: str, deed: str, **fields: Any) -> None:
        """A deed on the page about a thread, as a moderator finds it."""
        page = f"/moderation/threads/{self.thread(name).public_id}/"
        who.sends(f"{page}{deed}/", {f"{deed}-{key}": value for key, value in fields.items()}, page=page)

    def _flagging(self) -> Iterator[str | Watch]:
        """Those who write anonymously flag what stands in the thread, and each other."""
        asker, replier = self.people[self.asker], self.people[self.replier]
        mia, mo = self.people["mia"], self.people["mo"]
        posts = self.thread("anonymous").posts
        question = posts.get(kind="question").pk
        view = posts.get(kind="perspective", author=None).pk
        consulted = posts.get(body=BODY.format("mia's")).pk
        yield "the author flags a consultation, and who replied the question, which hides it"
        self.flags(asker, consulted, "unsafe")
        self.flags(replier, question, "identifies", words="It says where she climbs.")
        yield "all look round while flags hide it, its author among the tools"
        self.all_look_round()
        self.tools_of(asker, "anonymous")
        yield "mo dismisses the one, and the other"
        self.decides_on_flags(mo, question, "dismiss")
        self.decides_on_flags(mo, consulted, "dismiss")
        yield "the author flags the anonymous view, which mia leaves hidden and mo shows again"
        self.flags(asker, view, "identifies")
        self.decides_on_flags(mia, view, "uphold", then="hide")
        self.readers_look_round()
        page = f"/moderation/threads/{self.thread('anonymous').public_id}/"
        mo.sends(f"/moderation/posts/{view}/show/", page=page)
        yield "all read what concerns them, also of their flags"
        for name in AUTHORS:
            self.people[name].sends("/inbox/read/", page="/inbox/")
        yield "the author flags a reply, for a moderator to look"
        self.flags(asker, posts.get(body=BODY.format("mo's")).pk, "could-identify")

    def flags(self, who: Person, post: UUID, what: str, **fields: Any) -> None:
        who.sends(f"/posts/{post}/flag/", {"what": what, **fields})

    def decides_on_flags(self, who: Person, post: UUID, verdict: str, **fields: Any) -> None:
        item = QueueItem.objects.waiting().get(post=post, kind="flag")
        address = item.get_absolute_url()
        who.sends(f"{address}claim/", page=address)
        fields |= {"version": item.version, "reason": "I looked at it with care."}
        typed_in = {f"{verdict}-{name}": value for name, value in fields.items()}
        who.sends(f"{address}{verdict}/", typed_in, page=address)

    def _silencing(self) -> Iterator[str | Watch]:
        asker, replier = self.people[self.asker], self.people[self.replier]
        mia, mo = self.people["mia"], self.people["mo"]
        question = self.thread("anonymous").posts.get(kind="question").pk
        view = self.thread("anonymous").posts.get(kind="perspective", author=None).pk
        yield "mo mutes the anonymous author, who tries to clarify"
        self.silences(mo, question, "mute")
        tools = self.tools_of(asker, "anonymous")
        fields = typed.reply(id=str(form_id("muted")), body=BODY.format("muted"), deed="clarify")
        asker.sends(tools, fields, status=403)
        yield "mia pauses both who write anonymously, who try to"
        self.silences(mia, question, "pause", days=7)
        self.silences(mia, view, "pause", days=30)
        self.asks(asker, "paused", status=403)
        fields = typed.reply(id=str(form_id("paused view")), identity="anonymous")
        address = f"/threads/{self.thread('anonymous').public_id}/act/perspective/"
        replier.sends(address, fields, page=self.thread("anonymous").get_absolute_url(), status=403)
        yield "all look round while they are silenced"
        self.all_look_round()
        yield "mo unmutes the author, and both pauses are lifted"
        self.silences(mo, question, "unmute")
        self.silences(mo, question, "lift")
        self.silences(mia, view, "lift")
