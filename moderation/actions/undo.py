"""Undoing a decision: for ten minutes, whoever decided can put the text back into the queue as it was."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from accounts.access import NotAllowed, Refused
from accounts.models import Account
from anonymity import bus
from forum.models import Edit, Event, Happening, Post, Thread
from forum.publishing import take_back
from forum.states import State
from moderation import audit
from moderation.actions.claim import CLAIM_LASTS
from moderation.actions.decide import PAST, bring
from moderation.models import Decision, QueueItem, Verdict
from moderation.models.queue import APPEAL, EDIT

# Of when it was decided the full hour before is kept: so the minutes to undo it are never fewer.
KEPT_WITH_NOTES = timedelta(hours=1, minutes=10)
TOLD = {
    Verdict.PUBLISH: (Happening.PUBLISHED, Happening.THREAD, Happening.REPLY, Happening.UPDATE),
    Verdict.RETURN: (Happening.RETURNED,),
    Verdict.DECLINE: (Happening.DECLINED,),
    Verdict.PROPOSE: (Happening.PROPOSED,),
}
OF_AN_EDIT = {
    Verdict.RETURN: (Happening.EDIT_RETURNED,),
    Verdict.DECLINE: (Happening.EDIT_DECLINED,),
}
DECIDED = {
    Verdict.RETURN: State.RETURNED,
    Verdict.DECLINE: State.DECLINED,
    Verdict.PROPOSE: State.RETURNED,
}


@audit.deed()
def undo(item: QueueItem, *, by: Account, now: datetime) -> None:
    """Let the text wait again, held by `by`, and take back the notices of the decision.

    NotAllowed unless `by` decided; Refused or IllegalMove once anything came of it. The time is the caller's.
    """
    if item.kind == APPEAL:
        raise NotAllowed("An appeal is decided once.")
    # The thread first, as in deciding.
    Thread.objects.select_for_update(no_key=True).get(pk=item.post.thread_id)
    decision = Decision.objects.select_for_update().filter(item=item).first()
    if decision is None:
        raise Refused("This decision was undone already.")
    if decision.by_id != by.pk:
        raise NotAllowed("Only the colleague who decided can undo it.")
    if decision.verdict not in TOLD:
        raise NotAllowed(
            "A decision about flags is changed on the page of its thread: hide it, or show it again."
        )
    since = Decision.objects.filter(item__post=item.post_id, item__kind=item.kind, pk__gt=decision.pk)
    if since.exists():
        raise Refused("A moderator has decided about this again meanwhile, so it stays.")
    if hasattr(decision, "appeal"):
        raise Refused("Its author has appealed meanwhile, so it stays until a colleague has decided that.")
    verdict = Verdict(decision.verdict)
    item.post = Post.objects.select_for_update(no_key=True).get(pk=item.post.pk)
    if item.kind == EDIT:
        _undo_about_edit(item, verdict)
    elif verdict == Verdict.PUBLISH:
        _unpublish(item.post)
    else:
        bring(item, State.PENDING, out_of=[DECIDED[verdict]], note="")
        if verdict == Verdict.PROPOSE:
            Edit.objects.filter(post=item.post).delete()
    if item.hold_reason:
        bring(item, State.HELD)
    if item.version != decision.version:
        raise Refused("This was changed after the decision, so it stays.")
    _untell(item.post, (OF_AN_EDIT if item.kind == EDIT else TOLD)[verdict])
    decision.delete()
    QueueItem.objects.filter(pk=item.pk).update(decided=False, holder=by, held_until=now + CLAIM_LASTS)
    audit.record(f"{item.kind}.not-{PAST[verdict]}-after-all", about=item.post, by=by, now=now)
    transaction.on_commit(bus.nudge_queue)


def forget_notes(now: datetime) -> None:
    """What was noted beside texts, once their decisions can't be undone any more: it may quote them."""
    QueueItem.objects.filter(decided=True, decision__hour__lte=now - KEPT_WITH_NOTES).forget_notes()


def _undo_about_edit(item: QueueItem, verdict: Verdict) -> None:
    if verdict not in OF_AN_EDIT:
        raise NotAllowed("The words that stood there before are kept nowhere, so this can’t be undone.")
    if item.edit is None:
        raise Refused("Its author has taken the edit back meanwhile.")
    bring(item, State.PENDING, out_of=[DECIDED[verdict]], note="")


def _unpublish(post: Post) -> None:
    if post.flags.exists():
        raise Refused("A member flagged this meanwhile, so it stays. Please decide about the flag.")
    if post.edited_hour or Edit.objects.filter(post=post).exists():
        raise Refused("Its author has edited this meanwhile, so it stays. Please decide about the edit.")
    take_back(post)


def _untell(post: Post, told: Iterable[Happening]) -> None:
    """Remove what the decision told of, and with it everybody's notices. An earlier return stays told."""
    for happening in told:
        if latest := Event.objects.filter(post=post, happening=happening).order_by("-pk").first():
            latest.delete()
