"""A scene: one invented thread with all that is done to it, by the same deeds as on the pages."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from accounts.models import Account
from forum.actions.ask import ask, ask_as_persona
from forum.actions.compose import Author, Draft, Text
from forum.actions.reply import clarify, consult
from forum.actions.update import post_update
from forum.models import Persona, Tag, Thread
from moderation.actions.decide import publish
from moderation.models import QueueItem

Row = dict[str, Any]
Step = tuple[datetime, Callable[..., None]]
READ_WITHIN = timedelta(hours=2)  # how long a text waits for the moderator


@dataclass
class Scene:
    row: Row
    start: datetime  # when the question was published, or came in if it still waits
    people: dict[str, Account]
    tags: dict[str, Tag]
    thread: Thread = field(init=False)

    def steps(self) -> Iterator[Step]:
        """What happens and when, in order."""
        yield self.start - READ_WITHIN, self.ask
        yield self.start, self.publish
        for reply in self.row["replies"]:
            yield self.start + timedelta(hours=reply["hours"]), partial(self.reply, reply)
        for update in self.row["updates"]:
            when = self.start + timedelta(days=update["days"])
            yield when, partial(self.update, update)
            yield when + READ_WITHIN, self.publish

    def ask(self, *, now: datetime) -> None:
        author = self.people[self.row["by"]]
        if self.row["anonymous"]:
            thread = ask_as_persona(self.draft(), account=author, now=now)
        else:
            thread = ask(self.draft(), by=author, now=now)
        Thread.objects.filter(pk=thread.pk).update(is_demo=True)
        self.thread = thread

    def draft(self) -> Draft:
        return Draft(
            id=uuid.uuid4(),
            title=self.row["title"],
            body=self.row["body"],
            tags=[self.tags[slug] for slug in self.row["tags"]],
            asking=self.row["asking"],
            urgency=self.row["urgency"],
        )

    def publish(self, *, now: datetime) -> None:
        """Let the first moderator who replies decide about what waits, and a second where it takes two."""
        item = QueueItem.objects.waiting().select_related("post").get(post__thread=self.thread)
        chair = self.people[self.row["replies"][0]["by"]]
        second = next(each for each in self.people.values() if each.is_moderator and each != chair)
        for moderator in (chair, second):
            if publish(item, version=item.post.version, by=moderator, now=now):
                return

    def reply(self, row: Row, *, now: datetime) -> None:
        help_given = {name: row[name] for name in ("aspects", "red_flag", "contingent_on")}
        consult(self.current(), text(row, **help_given), by=self.people[row["by"]], now=now)

    def update(self, row: Row, *, now: datetime) -> None:
        post_update(self.current(), text(row, outcomes=row["outcomes"]), by=self.opener(), now=now)

    def clarify(self, row: Row, *, now: datetime) -> None:
        clarify(self.current(), text(row), by=self.opener(), now=now)

    def current(self) -> Thread:
        return Thread.objects.get(pk=self.thread.pk)

    def opener(self) -> Author:
        if self.row["anonymous"]:
            return Persona.objects.get(thread=self.thread, is_op=True)
        return self.people[self.row["by"]]


def text(row: Row, **extra: Any) -> Text:
    return Text(uuid.uuid4(), row["body"], extra)
