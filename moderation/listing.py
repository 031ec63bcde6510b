"""The list of what waits: which filters, in which order, how many of each kind."""

import re
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, Value
from django.db.models.functions import Coalesce
from django.http import QueryDict

from accounts.models import Account, Verification
from accounts.models.verification import VerificationQuerySet
from forum.listing import chosen_tags
from forum.models import Facet, Kind, Tag, ThreadTag
from forum.paging import Page, cut
from moderation import intake
from moderation.clock import ACKNOWLEDGE_WITHIN, DECIDE_WITHIN
from moderation.models import QueueItem, Redaction, Sanction
from moderation.models.queue import APPEAL, EDIT, FLAG, QueueItemQuerySet
from moderation.rules import left_to_colleagues, licence_left_to_colleagues

PAGE = 25
MINE = 10  # a moderator holds one or two at a time
URGENT, ORDINARY, YEARLY = 2, 1, 0
CURSOR = re.compile(r"^([012])-(\d{1,6})-([0-9a-f]{32})$")
TEXTS = {kind.value: kind.label for kind in Kind if kind != Kind.CONSULTATION}
LICENCE = Verification.kind  # of a member, to be looked up: no item, but it waits among them
KINDS = TEXTS | {EDIT: "Edit", FLAG: "Flag", APPEAL: "Appeal", LICENCE: "Licence to look up"}
AGES = {
    f"{age // timedelta(hours=1)}": f"Over {age // timedelta(hours=1)} hours"
    for age in (ACKNOWLEDGE_WITHIN, DECIDE_WITHIN)
}
OF_A_SANCTION = "What moderators said to a member"
URGENCIES = {"urgent": "Urgent", "other": "Not urgent"}
SUGGESTED = {"you": "Suggested to me", "somebody": "To a colleague", "nobody": "To nobody"}
HOLDS = {"free": "Free to take", "claimed": "Somebody is reading it", "mine": "I am reading it"}


@dataclass(frozen=True)
class Selection:
    """What a moderator asked to see. Parts of an address that name nothing are left out of it."""

    tags: list[Tag] = field(default_factory=list)
    kind: str = ""
    urgency: str = ""
    age: str = ""
    hold: str = ""
    to: str = ""

    @classmethod
    def from_address(cls, query: QueryDict) -> "Selection":
        known = {"kind": KINDS, "urgency": URGENCIES, "age": AGES, "hold": HOLDS, "to": SUGGESTED}
        asked = {name: query.get(name, "") for name in known}
        tags = [tag for tag in chosen_tags(query) if tag.facet != Facet.TOPIC]
        return cls(tags=tags, **{name: value for name, value in asked.items() if value in known[name]})

    @property
    def is_filtered(self) -> bool:
        return bool(self.tags or self.kind or self.urgency or self.age or self.hold or self.to)

    def value_of(self, facet: str) -> Tag | None:
        return next((tag for tag in self.tags if tag.facet == facet), None)

    def of_any_kind(self, *, viewer: Account, now: datetime) -> QueueItemQuerySet:
        """Waiting items that fit all of the selection but the kind. A parent's tag includes its descendants'.

        Whoever wrote a text is asked nowhere: what a moderator wrote anonymously is in their list, too.
        """
        found = QueueItem.objects.visible_to(viewer).waiting()
        for tag in self.tags:
            under = ThreadTag.objects.filter(content_object=OuterRef("thread"), tag=tag)
            found = found.filter(Exists(under))
        if self.urgency:
            found = found.filter(urgent=self.urgency == "urgent")
        if self.age:
            found = found.filter(hour__lte=now - timedelta(hours=int(self.age)))
        if self.hold == "free":
            found = found.filter(Q(held_until__isnull=True) | Q(held_until__lte=now))
            found = found.alias(left=left_to_colleagues(viewer)).filter(left=False)
        elif self.hold:
            found = found.held(now=now)
        if self.to == "you":
            found = found.filter(suggested_to=viewer)
        elif self.to:
            found = found.filter(suggested_to__isnull=self.to == "nobody")
            found = found.exclude(suggested_to=viewer) if self.to == "somebody" else found
        return found.filter(holder=viewer) if self.hold == "mine" else found

    def licences(self, *, viewer: Account, now: datetime) -> VerificationQuerySet:
        """Those that wait to be looked up and fit. None is urgent, and none is suggested to anybody."""
        found = Verification.objects.to_look_up()
        if self.urgency == "urgent" or self.to in ("you", "somebody"):
            return found.none()
        for tag in self.tags:
            found = found.filter(**{f"{tag.facet}__path__startswith": tag.path})
        if self.age:
            found = found.filter(hour__lte=now - timedelta(hours=int(self.age)))
        if self.hold == "free":
            found = found.alias(left=licence_left_to_colleagues(viewer)).filter(left=False)
            return found.filter(Q(held_until__isnull=True) | Q(held_until__lte=now))
        if self.hold:
            found = found.filter(holder__isnull=False, held_until__gt=now)
        return found.filter(holder=viewer) if self.hold == "mine" else found


@dataclass(frozen=True)
class Listed:
    # Items and licences, which know whether they are `for_others`. Items, also those of `mine`, know the
    # title and the chosen tags of their threads.
    page: Page
    mine: list[QueueItem]  # what the viewer is reading, also because a colleague handed it over
    kinds: list[tuple[str, str, int]]  # value, label, how many
    total: int
    # Whatever is selected:
    desk: intake.Counts
    redactions: int  # threads of which a second moderator is to remove words
    suspensions: int  # to which a second moderator is to agree


def list_items(selection: Selection, *, viewer: Account, now: datetime, after: str = "") -> Listed:
    """One page of the selection and how many there are of each kind, in a constant number of queries."""
    found = selection.of_any_kind(viewer=viewer, now=now)
    licences = selection.licences(viewer=viewer, now=now)
    counts = found.values_list("kind").annotate(Count("pk"))
    also = {
        "redactions": Redaction.objects.visible_to(viewer).waiting(),
        "suspensions": Sanction.objects.waiting().filter(account__is_active=True),
    }
    numbers = intake.numbers_of(**also, **{LICENCE: licences})
    counted = dict(counts.union(*intake.counting(viewer), *numbers, all=True))
    desk = intake.Counts.among(counted)
    beside = {name: counted.get(name, 0) for name in also}
    kinds = [(kind, label, counted.get(kind, 0)) for kind, label in KINDS.items()]
    asked = {kind: count for kind, _, count in kinds if count and selection.kind in ("", kind)}
    items: list[QueueItem] = []
    if asked.keys() - {LICENCE}:
        found = found.filter(kind=selection.kind) if selection.kind else found
        found = _with_titles(found).annotate(for_others=left_to_colleagues(viewer))
        items = list(_in_order(found, after, by="-urgent", ranks=(URGENT, ORDINARY))[: PAGE + 1])
    to_look_up: list[Verification] = []
    if LICENCE in asked:
        shown = with_member(licences, viewer=viewer)
        to_look_up = list(_in_order(shown, after, by="again", ranks=(ORDINARY, YEARLY))[: PAGE + 1])
    page = cut(sorted([*items, *to_look_up], key=_place), PAGE, _cursor)
    held = QueueItem.objects.visible_to(viewer).held(now=now).filter(holder=viewer)
    mine = list(_with_titles(held)[:MINE])  # in any order: for this one all that waits would be read
    _fetch_tags([*mine, *items])
    return Listed(page, mine, kinds, sum(asked.values()), desk, **beside)


def with_member(licences: VerificationQuerySet, *, viewer: Account) -> VerificationQuerySet:
    """As a list shows them: whose they are, and whether they are `for_others`."""
    shown = licences.select_related("account", "discipline", "jurisdiction", "holder")
    return shown.annotate(for_others=licence_left_to_colleagues(viewer))


def _in_order(waiting: Any, after: str, *, by: str, ranks: tuple[int, int]) -> Any:
    """Of the two `ranks` that the column `by` tells apart the upper first, then the oldest; without those up
    to the cursor. A cursor that is none starts anew."""
    waiting = waiting.order_by(by, "hour", "id")
    match = CURSOR.match(after)
    if not match or int(match[1]) > ranks[0]:
        return waiting
    hour, last = datetime.fromtimestamp(int(match[2]) * 3600, UTC), uuid.UUID(match[3])
    later = Q(hour__gt=hour) | Q(hour=hour, id__gt=last)
    of_the_lower = Q(**{by.lstrip("-"): not by.startswith("-")})
    if int(match[1]) == ranks[0]:
        return waiting.filter(of_the_lower | later)
    if int(match[1]) == ranks[1]:
        return waiting.filter(later, of_the_lower, hour__gte=hour)
    return waiting.none()


def _rank(row: Any) -> int:
    if getattr(row, "again", False):  # of a licence, for which there is a month
        return YEARLY
    return URGENT if getattr(row, "urgent", False) else ORDINARY


def _place(row: Any) -> tuple[int, datetime, uuid.UUID]:
    return -_rank(row), row.hour, row.pk


def _with_titles(items: QueueItemQuerySet) -> QueueItemQuerySet:
    """With the title of what they are about: whose it is, is not even read (a claim is blind)."""
    titled = items.annotate(title=Coalesce(F("thread__title"), Value(OF_A_SANCTION)))
    return titled.select_related("holder", "suggested_to", "agreed_by")


def _cursor(row: Any) -> str:
    return f"{_rank(row)}-{int(row.hour.timestamp() // 3600)}-{row.pk.hex}"


def _fetch_tags(items: list) -> None:
    rows = ThreadTag.objects.chosen().filter(content_object__in={item.thread_id for item in items} - {None})
    tags = defaultdict(list)
    for row in rows if items else ():
        tags[row.content_object_id].append(row)
    for item in items:
        item.chosen_tags = tags[item.thread_id]
