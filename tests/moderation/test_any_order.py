"""Deeds of authors, members and moderators in any order: whatever they come to, these things hold.

Nothing is public that no moderator decided to publish, no text that waits is lost or waits twice, each deed
that succeeds writes one event and each that is refused none, all counts are right, and the record is whole.
"""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as play

from accounts.access import Refused
from accounts.models import Account
from anonymity import vault
from forum.actions.appeal import appeal
from forum.actions.ask import ask, ask_as_persona
from forum.actions.compose import Author, writer_of
from forum.actions.edit import edit, edit_consultation, take_back_edit
from forum.actions.flag import flag
from forum.actions.proposal import accept, refuse
from forum.actions.reply import clarify, consult, give_perspective, give_perspective_as_persona
from forum.actions.revise import resubmit, resubmit_question
from forum.actions.update import post_update
from forum.actions.withdraw import withdraw
from forum.models import Edit, Flag, Happening, Kind, Post, Thread, Wording
from forum.models.edit import edit_of, version_shown
from forum.models.flag import Reason
from forum.states import State
from moderation import audit_check, intake
from moderation.actions.appeals import grant, uphold_decision
from moderation.actions.claim import claim, hand_over, release, step_back
from moderation.actions.decide import PAST, decline, hold, publish, return_to_author
from moderation.actions.flags import Then, dismiss, show, uphold
from moderation.actions.propose import propose
from moderation.actions.redact import ask_to_redact, redact, refuse_redaction
from moderation.actions.threads import close, hide, reopen, unhide
from moderation.actions.undo import undo
from moderation.models import Appeal, AuditEvent, Decision, QueueItem, Redaction, Verdict
from moderation.models.queue import APPEAL, EDIT, FLAG
from moderation.rules import kept_from_each, left_to_colleagues
from tests import make
from tests.cast import STORES, around
from tests.forum import recount

WAITING = (State.PENDING, State.HELD)
REASON = "Please leave out what only your client could know."
MEMBERS = st.sampled_from(["alice", "bob", "vera", "mia"])
MODERATORS = st.sampled_from(["mia", "mo", "max"])
DECISIONS = ["publish", "return", "decline", "hold", "propose"]
ONE_OF = st.integers(0, 30)  # which of those there are, by its place
# What a deed may bring along: hidden by flags or for them, shown again, closed for them.
BROUGHT_ALONG = ("hidden", "shown", "closed", "hidden-by-flags")


class Board(RuleBasedStateMachine):
    """Three moderators, of whom one asks as well, two members, and a verified clinician."""

    def __init__(self) -> None:
        super().__init__()
        self.undone = ExitStack()
        for store in STORES:
            self.undone.enter_context(around(store))
        self.now = make.NOW
        self.read: dict[UUID, int] = {}  # item: the version that somebody read
        self.met: dict[UUID, int] = {}  # ids are drawn by chance; the order in which they came is not

    def teardown(self) -> None:
        recount.check()
        assert audit_check.verify().fault is None
        self.undone.close()

    @initialize()
    def gather(self) -> None:
        people = {name: make.account(name) for name in ("alice", "bob")}
        people["vera"] = make.account("vera", is_verified=True)
        self.people: dict[str, Account] = people | {
            name: make.moderator(name) for name in ("mia", "mo", "max")
        }
        for anonymous in (False, True):
            begun = {"author": people["alice"], "anonymous": anonymous, "by": self.people["mo"]}
            vera = {"author": people["vera"], "anonymous": anonymous, "state": State.PENDING}
            thread = self.made(make.thread("published", **begun))
            self.made(make.post(thread, author=self.people["max"]))
            self.made(make.post(thread, "perspective", **vera))
            self.made(make.thread("returned", **begun))
            self.made(make.thread(**{**begun, "author": people["bob"]}))

    def made(self, row: Any) -> Any:
        self.meet()
        return row

    def do(self, what: str, deed: Callable[..., Any], *arguments: Any, **named: Any) -> None:
        """Do it or be refused: one event of the kind `what` tells of what was done, none of what was not."""
        last = AuditEvent.objects.count()
        try:
            deed(*arguments, now=self.now, **named)
            expected = 1
        except Refused:
            expected = 0
        events = list(AuditEvent.objects.filter(seq__gt=last).order_by("seq").values_list("kind", flat=True))
        others = [kind for kind in events if kind != what]
        assert len(events) - len(others) == expected, (what, events)
        assert all(kind.rpartition(".")[2] in BROUGHT_ALONG for kind in others if expected), (what, events)
        assert expected or not others, (what, events)

    def meet(self) -> None:
        for model in (Thread, Post, QueueItem, Redaction):
            for pk in model.objects.values_list("pk", flat=True):
                self.met.setdefault(pk, len(self.met))

    def one(self, rows: Any, place: int) -> Any:
        self.meet()
        found = sorted(rows, key=lambda row: self.met[row.pk])
        return found[place % len(found)] if found else None

    def item(self, place: int, **known: Any) -> QueueItem | None:
        return self.one(QueueItem.objects.filter(**known).select_related("post__thread"), place)

    # What authors do

    @rule(who=MEMBERS, anonymous=st.booleans())
    def ask(self, who: str, anonymous: bool) -> None:
        account = self.people[who]
        if anonymous:
            self.do("question.submitted", ask_as_persona, make.draft(), account=account)
        else:
            self.do("question.submitted", ask, make.draft(), by=account)

    @rule(place=ONE_OF, update=st.booleans())
    def tell_more(self, place: int, update: bool) -> None:
        if thread := self.one(Thread.objects.exclude(state=State.WITHDRAWN), place):
            deed, kind = (post_update, Kind.UPDATE) if update else (clarify, Kind.CLARIFICATION)
            self.do(f"{kind.value}.submitted", deed, thread, make.text(), by=make.opener(thread))

    @rule(place=ONE_OF, who=MEMBERS, anonymous=st.booleans())
    def give_perspective(self, place: int, who: str, anonymous: bool) -> None:
        if thread := self.one(Thread.objects.all(), place):
            account = self.people[who]
            is_opener = thread.author == account or (anonymous and self.asked_unnamed(account, thread))
            kind = Kind.CLARIFICATION if is_opener else Kind.PERSPECTIVE
            if anonymous:
                self.do(
                    f"{kind.value}.submitted",
                    give_perspective_as_persona,
                    thread,
                    make.text(),
                    account=account,
                )
            else:
                self.do(f"{kind.value}.submitted", give_perspective, thread, make.text(), by=account)

    def asked_unnamed(self, account: Account, thread: Thread) -> bool:
        persona = vault.persona_for(account, thread.pk)
        return thread.author is None and make.opener(thread).pk == persona

    @rule(place=ONE_OF)
    def revise(self, place: int) -> None:
        post = self.one(Post.objects.filter(state__in=[State.RETURNED, State.DECLINED]), place)
        if post is None:
            return
        by: Author = post.persona or post.author
        if post.kind == Kind.QUESTION:
            self.do("question.resubmitted", resubmit_question, post, make.draft(body=make.BODY * 2), by=by)
        else:
            self.do(f"{post.kind}.resubmitted", resubmit, post, make.text(make.REPLY * 2), by=by)

    @rule(place=ONE_OF)
    def appeal(self, place: int) -> None:
        decided = Post.objects.filter(queue_items__decision__verdict=Verdict.DECLINE)
        redacted = Post.objects.filter(events__happening=Happening.REDACTED)
        post = self.one((decided | redacted).select_related("thread").distinct(), place)
        for each in intake.decided_about([post] if post else []):
            words = f"Please look at it again, for the {AuditEvent.objects.count()}th time."
            self.do("appeal.submitted", appeal, each, words, by=post.persona or post.author)

    @rule(place=ONE_OF)
    def edit(self, place: int) -> None:
        if post := self.one(Post.objects.published().exclude(kind=Kind.CONSULTATION), place):
            post = Post.objects.select_related("thread", "edit").get(pk=post.pk)
            earlier = edit_of(post)
            words = replace(Wording.of(post), body=f"{make.BODY} {AuditEvent.objects.count()}")
            what = "edit.changed" if earlier and earlier.waits else "edit.submitted"
            self.do(what, edit, post, words, seen=version_shown(post, earlier), by=writer_of(post))

    @rule(place=ONE_OF)
    def take_edit_back(self, place: int) -> None:
        if post := self.one(Post.objects.exclude(edit=None), place):
            self.do("edit.withdrawn", take_back_edit, post, by=writer_of(post))

    @rule(place=ONE_OF, agreed=st.booleans())
    def answer(self, place: int, agreed: bool) -> None:
        if post := self.one(Post.objects.filter(edit__proposed=True).select_related("edit"), place):
            answered = {"version": post.edit.version, "by": writer_of(post)}
            if agreed:
                self.do(f"{post.kind}.rewording-accepted", accept, post, **answered)
            else:
                self.do(f"{post.kind}.rewording-refused", refuse, post, REASON, **answered)

    @rule(place=ONE_OF)
    def withdraw(self, place: int) -> None:
        if thread := self.one(Thread.objects.exclude(state=State.WITHDRAWN), place):
            self.do("thread.withdrawn", withdraw, thread, by=make.opener(thread))

    @rule(place=ONE_OF, who=MEMBERS, reason=st.sampled_from(Reason), at_once=st.booleans())
    def flag(self, place: int, who: str, reason: Reason, at_once: bool) -> None:
        if post := self.one(Post.objects.published(), place):
            self.do(
                "post.flagged",
                flag,
                post,
                reason,
                f"{len(self.met)} {AuditEvent.objects.count()}",
                at_once=at_once,
                account=self.people[who],
            )

    # What moderators do

    @rule(place=ONE_OF, who=MODERATORS)
    def consult(self, place: int, who: str) -> None:
        if thread := self.one(Thread.objects.all(), place):
            text = make.text(aspects=["ethical"])
            self.do("consultation.published", consult, thread, text, by=self.people[who])

    @rule(place=ONE_OF)
    def edit_consultation(self, place: int) -> None:
        if post := self.one(Post.objects.filter(kind=Kind.CONSULTATION), place):
            words = Wording(f"{make.REPLY} {AuditEvent.objects.count()}")
            what = "consultation.edited"
            seen = version_shown(post, None)
            self.do(what, edit_consultation, post, words, {"aspects": ["legal"]}, seen=seen, by=post.author)

    @rule(place=ONE_OF, who=MODERATORS)
    def take(self, place: int, who: str) -> None:
        if item := self.item(place, decided=False):
            by = self.people[who]
            if item.holder_at(self.now) == by:
                claim(item, by=by, now=self.now)  # renewed, which is no deed
            else:
                self.do("item.claimed", claim, item, by=by)
            self.read[item.pk] = item.version

    @rule(place=ONE_OF, who=MODERATORS, to=MODERATORS)
    def put_down(self, place: int, who: str, to: str) -> None:
        if item := self.item(place, holder=self.people[who]):
            if who == to:
                self.do("item.released", release, item, by=self.people[who])
            else:
                note = "I know the place."
                self.do("item.handed-over", hand_over, item, self.people[to], note, by=self.people[who])

    @rule(place=ONE_OF, who=MODERATORS)
    def take_and_publish(self, place: int, who: str) -> None:
        waiting = QueueItem.objects.waiting().exclude(kind__in=(FLAG, APPEAL)).select_related("post__thread")
        if item := self.one(waiting, place):
            version = {"version": item.version, "by": self.people[who]}
            self.do(f"{item.kind}.published", publish, item, **version)

    @precondition(lambda self: self.read)
    @rule(place=ONE_OF, who=MODERATORS, what=st.sampled_from(DECISIONS))
    def decide(self, place: int, who: str, what: str) -> None:
        """By the version that was read last: the text may be another by now, or decided."""
        if (item := self.item(place, pk__in=self.read)) is None:
            return
        decision = {"version": self.read[item.pk], "by": self.people[who]}
        if what == "publish":
            self.do(f"{item.kind}.published", publish, item, **decision)
        elif what == "return":
            self.do(f"{item.kind}.returned", return_to_author, item, REASON, **decision)
        elif what == "decline":
            self.do(f"{item.kind}.declined", decline, item, REASON, **decision)
        elif what == "propose":
            words = replace(Wording.of(item.post), body=f"{make.BODY} {AuditEvent.objects.count()}")
            self.do(f"{item.kind}.reworded", propose, item, words, REASON, **decision)
        else:
            self.do(f"{item.kind}.held", hold, item, REASON, **decision)

    @rule(place=ONE_OF, who=MODERATORS, then=st.sampled_from([*Then, None]))
    def decide_about_flags(self, place: int, who: str, then: Then | None) -> None:
        if (item := self.item(place, kind=FLAG, decided=False)) is None:
            return
        decision = {"version": self.read.get(item.pk, item.version), "by": self.people[who]}
        if then is None:
            self.do("flag.dismissed", dismiss, item, REASON, **decision)
        else:
            self.do("flag.upheld", uphold, item, then, REASON, **decision)

    @rule(place=ONE_OF, who=MODERATORS, granted=st.booleans())
    def decide_about_an_appeal(self, place: int, who: str, granted: bool) -> None:
        if item := self.item(place, kind=APPEAL, decided=False):
            decision = {"version": self.read.get(item.pk, item.version), "by": self.people[who]}
            past, deed = ("granted", grant) if granted else ("upheld", uphold_decision)
            self.do(f"appeal.{past}", deed, item, REASON, **decision)

    @rule(place=ONE_OF, who=st.sampled_from(["mo", "max"]))
    def step_back(self, place: int, who: str) -> None:
        by = self.people[who]
        if item := self.item(place, decided=False, recusals=None):
            self.do("item.stepped-back", step_back, item, by=by)

    @rule(place=ONE_OF, who=MODERATORS)
    def undo(self, place: int, who: str) -> None:
        if item := self.item(place, decided=True):
            past = PAST[Verdict(item.decision.verdict)]
            self.do(f"{item.kind}.not-{past}-after-all", undo, item, by=self.people[who])

    @rule(place=ONE_OF, who=MODERATORS, what=st.sampled_from(["close", "reopen", "hide", "unhide"]))
    def moderate(self, place: int, who: str, what: str) -> None:
        if thread := self.one(Thread.objects.all(), place):
            by = self.people[who]
            if what in ("close", "hide"):
                past, deed = ("closed", close) if what == "close" else ("hidden", hide)
                self.do(f"thread.{past}", deed, thread, REASON, by=by)
            else:
                past, deed = ("reopened", reopen) if what == "reopen" else ("shown", unhide)
                self.do(f"thread.{past}", deed, thread, by=by)

    @rule(place=ONE_OF, who=MODERATORS)
    def show(self, place: int, who: str) -> None:
        if post := self.one(Post.objects.exclude(kind=Kind.QUESTION).filter(state=State.HIDDEN), place):
            self.do("post.shown", show, post, by=self.people[who])

    @rule(place=ONE_OF, who=MODERATORS, hidden=st.booleans())
    def ask_to_redact(self, place: int, who: str, hidden: bool) -> None:
        if thread := self.one(Thread.objects.all(), place):
            words = {"hidden": hidden, "by": self.people[who]}
            self.do("thread.redaction-asked", ask_to_redact, thread, "climbing gym", REASON, **words)

    @rule(place=ONE_OF, who=MODERATORS, agreed=st.booleans())
    def settle_redaction(self, place: int, who: str, agreed: bool) -> None:
        if asked := self.one(Redaction.objects.waiting(), place):
            past, deed = ("redacted", redact) if agreed else ("redaction-refused", refuse_redaction)
            self.do(f"thread.{past}", deed, asked, by=self.people[who])

    @rule(minutes=st.sampled_from([1, 15, 25, 90]))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    # What holds

    @invariant()
    def nothing_is_public_that_nobody_published(self) -> None:
        for post in Post.objects.filter(position__isnull=False).exclude(kind=Kind.CONSULTATION):
            decided = QueueItem.objects.filter(post=post, kind=post.kind, decided=True)
            latest = decided.order_by("-decision__id").first()
            assert latest, post.kind
            assert latest.decision.verdict in (Verdict.PUBLISH, Verdict.PROPOSE)

    @invariant()
    def what_waits_is_in_the_queue_once(self) -> None:
        other = (EDIT, FLAG, APPEAL)
        texts = QueueItem.objects.waiting().exclude(kind__in=other).values_list("post", "kind")
        waiting = Post.objects.filter(state__in=WAITING).values_list("pk", "kind")
        assert sorted(texts) == sorted(waiting)
        edits = QueueItem.objects.waiting().filter(kind=EDIT).values_list("post", flat=True)
        edited = Edit.objects.filter(proposed=False, state__in=WAITING).values_list("post", flat=True)
        assert sorted(edits) == sorted(edited)
        flagged = QueueItem.objects.waiting().filter(kind=FLAG).values_list("post", flat=True)
        assert sorted(flagged) == sorted(set(Flag.objects.open().values_list("post", flat=True)))

    @invariant()
    def nobody_decides_about_what_they_decided(self) -> None:
        for each in Appeal.objects.filter(item__decided=True):
            assert each.outcome.by not in each.deciders

    @invariant()
    def the_list_leaves_to_colleagues_what_one_may_not_decide(self) -> None:
        waiting = QueueItem.objects.waiting()
        kept = kept_from_each(waiting)
        for name in ("mia", "mo"):
            left = waiting.annotate(left=left_to_colleagues(self.people[name])).filter(left=True)
            expected = {item for item, why in kept.items() if self.people[name].pk in why}
            assert {item.pk for item in left} == expected

    @invariant()
    def what_is_decided_has_its_decision(self) -> None:
        decided = QueueItem.objects.filter(decided=True).values_list("pk", flat=True)
        assert sorted(decided) == sorted(Decision.objects.values_list("item", flat=True))


@pytest.mark.django_db
def test_whatever_is_done_in_any_order_nothing_is_lost_doubled_or_public_unread(tags):
    """On PostgreSQL fewer: one deed after the other is the same to it."""
    examples = 12 if connection.vendor == "sqlite" else 4
    play(Board, settings=settings(max_examples=examples, stateful_step_count=40))
