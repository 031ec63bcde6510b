"""Into the queue: what an author submits waits here for a moderator's decision."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Max, QuerySet, Value

from accounts.access import Refused
from anonymity import bus
from anonymity.hour import hour_of
from moderation import audit


def enqueue(post: Any, *, now: datetime, urgent: bool = False, answer: str = "") -> None:
    """Put a pending post before the moderators, and tell their open pages.

    `answer`: what its author says about the changes that one of them proposed.
    """
    from moderation.models import QueueItem

    came_in = hour_of(now)
    what = {"post": post, "thread_id": post.thread_id, "kind": post.kind, "answer": answer}
    QueueItem.objects.create(**what, urgent=urgent, hour=came_in)
    transaction.on_commit(bus.nudge_queue)


def enqueue_edit(post: Any, *, now: datetime) -> None:
    """Put the other words that its author wants for a public post before the moderators."""
    from moderation.models.queue import EDIT, QueueItem

    QueueItem.objects.create(post=post, thread_id=post.thread_id, kind=EDIT, hour=hour_of(now))
    transaction.on_commit(bus.nudge_queue)


def changed(posts: Any) -> None:
    """What waits of them says something else now, so nobody has agreed to it."""
    from moderation.models import QueueItem

    agreed = QueueItem.objects.waiting().filter(post__in=posts, agreed_by__isnull=False)
    if agreed.update(agreed_by=None, agreed_version=None):
        transaction.on_commit(bus.nudge_queue)


def flagged(post: Any, *, urgent: bool, now: datetime) -> None:
    """Put what members say of a public post before the moderators, as one item however many they are."""
    from moderation.models.queue import FLAG, QueueItem

    waiting = QueueItem.objects.waiting().filter(post=post, kind=FLAG)
    if not (waiting.update(urgent=True) if urgent else waiting.exists()):
        came_in = hour_of(now)
        QueueItem.objects.create(post=post, thread_id=post.thread_id, kind=FLAG, urgent=urgent, hour=came_in)
    transaction.on_commit(bus.nudge_queue)


def decided_about(posts: Any) -> list[Any]:
    """What moderators decided about these texts of one author that can be appealed, or was."""
    from moderation.appealable import decided_about

    return decided_about(posts)


def appealed(words: str, *, about: Any, post: Any = None, now: datetime, **against: Any) -> None:
    """Put what somebody says against a decision before another moderator. Refused the second time.

    `against`: decision, redaction or sanction. `about`: the post or account, for the record.
    """
    from moderation.models import Appeal, QueueItem
    from moderation.models.queue import APPEAL

    with audit.deed():
        if post:
            _require_decided(post, against)
        try:
            with transaction.atomic():
                made = Appeal.objects.create(words=words, post=post, **against)
        except IntegrityError:
            raise Refused("You have appealed against this already. That can be done once.") from None
        thread = post.thread_id if post else None
        QueueItem.objects.create(post=post, thread_id=thread, appeal=made, kind=APPEAL, hour=hour_of(now))
        audit.record("appeal.submitted", about=about, now=now)
        transaction.on_commit(bus.nudge_queue)


def _require_decided(post: Any, against: dict[str, Any]) -> None:
    """Refused when the text went, or the decision was undone, since its author read of it."""
    # The thread first, as in withdrawing and undoing: they come before this or after it.
    type(post.thread).objects.select_for_update(no_key=True).get(pk=post.thread_id)
    now_there = type(post).objects.filter(pk=post.pk).select_related("thread")
    if not any(each.against == against for each in decided_about(now_there)):
        raise Refused("This was changed meanwhile, so nothing was sent. Please look at your text again.")


def appealing(posts: QuerySet) -> QuerySet:
    """Those whose authors appealed and have no answer."""
    return posts.filter(appeals__item__decided=False).distinct()


def drop(posts: Any) -> None:
    """Take what its author withdrew out of the queue; notes about it may quote it, so they go too."""
    from moderation.models import Decision, QueueItem

    # Locked before what hangs on them is looked for, so that nothing more comes to hang on them.
    list(QueueItem.objects.waiting().filter(post__in=posts).select_for_update().values_list("pk"))
    drop_appeals(posts)
    Decision.objects.filter(item__post__in=posts).update(note="")
    QueueItem.objects.filter(post__in=posts).forget_notes()
    QueueItem.objects.waiting().filter(post__in=posts).delete()
    transaction.on_commit(bus.nudge_queue)


def drop_appeals(posts: Any) -> None:
    """Take back what was said against decisions about `posts`, and the words of it."""
    from moderation.models import Appeal

    appeals = Appeal.objects.filter(post__in=posts)
    appeals.filter(item__decided=False).delete()
    appeals.update(words="")


def drop_edits(posts: Any) -> None:
    """The same with edits of `posts`, which themselves stay."""
    from moderation.models import Decision, QueueItem
    from moderation.models.queue import EDIT

    waiting = QueueItem.objects.waiting().filter(post__in=posts, kind=EDIT)
    list(waiting.select_for_update().values_list("pk"))  # as above
    Decision.objects.filter(item__post__in=posts, item__kind=EDIT).update(note="")
    QueueItem.objects.filter(post__in=posts, kind=EDIT).forget_notes()
    waiting.delete()
    transaction.on_commit(bus.nudge_queue)


def drop_redactions(thread: Any) -> None:
    """Of a thread whose words are gone, none has to be removed, and no reason may quote them."""
    from moderation.models import Redaction

    Redaction.objects.waiting().filter(thread=thread).delete()
    Redaction.objects.filter(thread=thread).update(reason="")


def appointed(account: Any, *, now: datetime) -> None:
    """Tell `account` that it is a moderator now, and where the desk is."""
    from forum.models import Happening
    from forum.notices.personal import tell_account

    tell_account(Happening.APPOINTED, account, now=now)


def let_go(moderator: Any, *, now: datetime) -> None:
    """Put what `moderator` holds back into the queue."""
    from accounts.models import Verification
    from moderation.models import QueueItem

    with audit.deed():
        for waits, noun in ((Verification, "verification"), (QueueItem, "item")):
            held = waits._default_manager.filter(holder=moderator)
            for each in held:
                if held.filter(pk=each.pk).update(holder=None, held_until=None):
                    audit.record(f"{noun}.released", by=moderator, about=each, now=now)
                    transaction.on_commit(bus.nudge_queue)


def stand_down(moderator: Any, *, now: datetime) -> None:
    """The same, and what `moderator` agreed to as the first of two waits for another first."""
    from moderation.models import QueueItem

    with audit.deed():
        agreed = QueueItem.objects.waiting().filter(agreed_by=moderator)
        agreed.update(agreed_by=None, agreed_version=None)
        let_go(moderator, now=now)


def end_holds(now: datetime) -> None:
    """Forget the ends of holds that ran out: the one instant beside an anonymous text (T-ROWID)."""
    from accounts.models import Verification
    from moderation.models import QueueItem

    for waits in (QueueItem.objects.waiting(), Verification.objects.waiting()):
        if waits.filter(held_until__lte=now).update(holder=None, held_until=None):
            transaction.on_commit(bus.nudge_queue)


def address_of(post: Any) -> str:
    """Where moderators decide about `post`; empty once they have."""
    from moderation.models import QueueItem

    item = QueueItem.objects.waiting().filter(post=post).first()
    return item.get_absolute_url() if item else ""


@dataclass(frozen=True)
class Counts:
    """How many items and licences wait, and how many of them are suggested to one moderator."""

    waiting: int
    for_you: int

    @classmethod
    def among(cls, numbers: dict[str, int]) -> "Counts":
        waiting = numbers.get("items", 0) + numbers.get("licences", 0)
        return cls(waiting, numbers.get("suggested", 0))


def counts(moderator: Any) -> Counts:
    """In one query, since every page of a moderator asks it."""
    first, *others = counting(moderator)
    return Counts.among(dict(first.union(*others, all=True)))


def counting(moderator: Any) -> list[QuerySet]:
    from accounts.models import Verification
    from moderation.models import QueueItem

    return numbers_of(
        items=QueueItem.objects.waiting(),
        licences=Verification.objects.to_look_up(),
        suggested=QueueItem.objects.suggested_to(moderator),
    )


def numbers_of(**named: QuerySet) -> list[QuerySet]:
    """Of each its name and how many they are, to be joined with others in one query."""
    return [
        rows.order_by().annotate(what=Value(what)).values_list("what").annotate(Count("pk"))
        for what, rows in named.items()
    ]


def posts_suggested_to(moderator: Any) -> QuerySet:
    """The posts that wait and are for `moderator`."""
    from moderation.models import QueueItem

    return QueueItem.objects.suggested_to(moderator).values("post")


def writes_again_at(account: Any, *, now: datetime) -> datetime | None:
    """Until when moderators keep the name of `account` from writing; None when they don't."""
    from moderation.models import Sanction

    return Sanction.objects.in_force(now).filter(account=account).aggregate(last=Max("until"))["last"]


def is_suspended(account: Any, *, now: datetime) -> bool:
    from moderation.models import Measure, Sanction

    found = Sanction.objects.in_force(now).filter(account=account, measure=Measure.SUSPENSION)
    return found.exists()
