"""What an author can appeal among their own texts: each decision once, with what came of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from forum.models import Post
from forum.states import State
from moderation.models import Appeal, Decision, Redaction, Verdict
from moderation.models.queue import EDIT


@dataclass(frozen=True)
class Decided:
    """A decision as whom it concerns reads it, and their appeal."""

    id: UUID  # names it in a form
    reason: str
    hour: datetime
    appeal: Appeal | None
    post: Post  # the first of theirs that it was about
    against: dict[str, Any]

    @property
    def is_decline(self) -> bool:
        return "decision" in self.against


def decided_about(posts: Iterable[Post]) -> list[Decided]:
    """Of posts of one author in one thread, in a constant number of queries.

    Nothing in a withdrawn thread, whose reasons are gone, nor of a text that its author has taken back.
    """
    own = {post.pk: post for post in posts if post.state != State.WITHDRAWN}
    if not own or any(post.thread.state == State.WITHDRAWN for post in own.values()):
        return []
    return [*_declined(own), *_redacted(own)]


def _declined(own: dict[UUID, Post]) -> Iterator[Decided]:
    declined = Decision.objects.filter(item__post__in=own, verdict=Verdict.DECLINE)
    declined = declined.exclude(item__kind=EDIT).order_by("hour", "pk")  # which can be sent again
    for each in declined.select_related("item__post", "appeal__item__decision"):
        post, appeal = each.item.post, getattr(each, "appeal", None)
        if appeal or post.state == State.DECLINED:
            yield Decided(each.item_id, each.note, each.hour, appeal, post, {"decision": each})


def _redacted(own: dict[UUID, Post]) -> Iterator[Decided]:
    """Those that changed a text of theirs."""
    changed = Redaction.posts.through.objects.filter(post__in=own).values_list("redaction", "post")
    by_age = sorted(changed, key=lambda row: (own[row[1]].hour, row[1]), reverse=True)
    first = {redaction: own[post] for redaction, post in by_age}
    done = Redaction.objects.done().filter(pk__in=first)
    appeals = Appeal.objects.filter(redaction__in=first, post__in=own)
    made = {appeal.redaction_id: appeal for appeal in appeals.select_related("item__decision")}
    for each in done:
        if hour := each.decided_hour:
            yield Decided(each.pk, each.reason, hour, made.get(each.pk), first[each.pk], {"redaction": each})
