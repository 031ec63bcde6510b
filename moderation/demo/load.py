"""Loading the demonstration: sixty threads in the order in which they would have been written."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from accounts.models import Account
from forum import demo, reference
from forum.models import Tag
from forum.notices import fanout
from forum.notices.inbox import Inbox
from moderation import audit
from moderation.demo.people import make_people
from moderation.demo.scene import Row, Scene, Step

STORY = Path(__file__).parent / "scenarios.json"
NEWS_LASTS = timedelta(days=14)  # what is older counts as read


def load(*, now: datetime) -> int:
    """Load the demonstration as if it ended at `now`; how many threads, and none when it is there already."""
    if is_there():
        return 0
    reference.load()
    story = read()
    with audit.deed():
        scenes = play(story, now=now)
    while fanout.tell_all():  # whatever was not told with its deed
        pass
    for account in Account.objects.filter(email__in=demo.LOGINS.values()):
        inbox = Inbox(account)
        old = inbox.notices.filter(event__hour__lt=now - NEWS_LASTS)
        inbox.mark_read(old.values_list("pk", flat=True))
    demo.forget()
    return scenes


def is_there() -> bool:
    return Account.objects.filter(email__in=demo.LOGINS.values()).exists()


def read() -> dict[str, Any]:
    return json.loads(STORY.read_text(encoding="utf-8"))


def play(story: dict[str, Any], *, now: datetime) -> int:
    """Do all deeds of the story by their time, so that numbers that grow, grow with it; how many threads."""
    tags = {tag.slug: tag for tag in Tag.objects.all()}
    people = make_people(story, tags)
    scenes = {
        row["id"]: Scene(row, begin(row, number, now), people, tags)
        for number, row in enumerate(story["scenarios"])
    }
    open_questions = [
        Scene(row, ago(row, now), people, tags) for row in story["waiting"] if row["kind"] == "question"
    ]
    steps = [step for scene in scenes.values() for step in scene.steps()]
    steps += [(scene.start, scene.ask) for scene in open_questions]
    steps += still_waiting(story["waiting"], scenes, now)
    for when, deed in sorted(steps, key=lambda step: step[0]):
        deed(now=when)
    return len(scenes) + len(open_questions)


def still_waiting(rows: list[Row], scenes: dict[str, Scene], now: datetime) -> Iterator[Step]:
    """What the authors of published threads sent in and nobody has read yet."""
    for row in rows:
        if row["kind"] == "clarification":
            yield ago(row, now), partial(scenes[row["thread"]].clarify, row)
        if row["kind"] == "update":
            yield ago(row, now), partial(scenes[row["thread"]].update, row)


def begin(row: Row, number: int, now: datetime) -> datetime:
    """On its day, at some hour between eight and six."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=row["days_ago"]) + timedelta(hours=8 + number * 3 % 11)


def ago(row: Row, now: datetime) -> datetime:
    return now - timedelta(hours=row["hours_ago"])
