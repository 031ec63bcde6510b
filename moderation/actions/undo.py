"""Undoing a decision: for ten minutes, whoever decided can put the text back into the queue as it was."""

from datetime import datetime

from django.db import transaction

from accounts.access import NotAllowed, Refused
from accounts.models import Account
from anonymity import bus
from forum import lifecycle
from forum.models import Event, Happening, Kind, Post, Thread
from forum.publishing import take_back
from forum.states import State
from moderation import audit
from moderation.actions.claim import CLAIM_LASTS
from moderation.actions.decide import PAST
from moderation.models import Decision, QueueItem, Verdict
from moderation.models.queue import APPEAL

TOLD = {
    Verdict.PUBLISH: (Happening.PUBLISHED, Happening.THREAD, Happening.REPLY, Happening.UPDATE),
    Verdict.RETURN: (Happening.RETURNED,),
    Verdict.DECLINE: (Happening.DECLINED,),
}


@audit.deed()
def undo(item: QueueItem, *, by: Account, now: datetime) -> None:
    """Let the text wait again, held by `by`, and take back the notices of the decision.

    NotAllowed unless `by` decided; Refused or IllegalMove once anything came of it. The time is the caller's.
    """
    if item.kind == APPEAL:
        raise NotAllowed("An appeal is decided once.")
    # The thread first, as in deciding.
    thread = Thread.objects.select_for_update(no_key=True).get(pk=item.post.thread_id)
    decision = Decision.objects.select_for_update().filter(item=item).first()
    if decision is None:
        raise Refused("This decision was undone already.")
    if decision.by_id != by.pk:
        raise NotAllowed("Only the colleague who decided can undo it.")
    if decision.verdict not in TOLD:
        raise NotAllowed(
            "A decision about flags is changed on the page of its thread: hide it, or show it again."
        )
    if hasattr(decision, "appeal"):
        raise Refused("Its author has appealed meanwhile, so it stays until a colleague has decided that.")
    post = Post.objects.select_for_update(no_key=True).get(pk=item.post.pk)
    if post.flags.exists():
        raise Refused("A member flagged this meanwhile, so it stays. Please decide about the flag.")
    if decision.verdict == Verdict.PUBLISH:
        take_back(post)
    else:
        decided = State.RETURNED if decision.verdict == Verdict.RETURN else State.DECLINED
        lifecycle.move(post, State.PENDING, out_of=[decided], note="")
        if post.kind == Kind.QUESTION:
            lifecycle.move(thread, State.PENDING, out_of=[decided])
    _untell(post, Verdict(decision.verdict))
    decision.delete()
    QueueItem.objects.filter(pk=item.pk).update(decided=False, holder=by, held_until=now + CLAIM_LASTS)
    past = PAST[Verdict(decision.verdict)]
    audit.record(f"{Kind(post.kind).value}.not-{past}-after-all", about=post, by=by, now=now)
    transaction.on_commit(bus.nudge_queue)


def _untell(post: Post, verdict: Verdict) -> None:
    """Remove what the decision told of, and with it everybody's notices. An earlier return stays told."""
    for happening in TOLD[verdict]:
        if latest := Event.objects.filter(post=post, happening=happening).order_by("-pk").first():
            latest.delete()
