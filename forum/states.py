"""The life of a thread and of each post in it: states and the steps between them. Data only."""

from django.db.models import TextChoices


class State(TextChoices):
    DRAFT = "draft"
    PENDING = "pending", "waiting for a moderator"
    HELD = "held", "held for a closer look"
    RETURNED = "returned", "returned to its author"
    DECLINED = "declined"
    PUBLISHED = "published"
    CLOSED = "closed"
    HIDDEN = "hidden", "hidden while a moderator looks into it"
    WITHDRAWN = "withdrawn"


READABLE = (State.PUBLISHED, State.CLOSED)
WAITS = (State.PENDING, State.HELD)  # for a moderator

TRANSITIONS: dict[State, tuple[State, ...]] = {
    State.DRAFT: (State.PENDING, State.WITHDRAWN),
    State.PENDING: (State.PUBLISHED, State.RETURNED, State.DECLINED, State.HELD, State.WITHDRAWN),
    State.HELD: (State.PUBLISHED, State.RETURNED, State.DECLINED, State.WITHDRAWN),
    State.RETURNED: (State.PENDING, State.DECLINED, State.WITHDRAWN),
    State.DECLINED: (State.PENDING, State.WITHDRAWN),
    State.PUBLISHED: (State.PENDING, State.CLOSED, State.HIDDEN, State.WITHDRAWN),
    State.CLOSED: (State.PUBLISHED, State.HIDDEN, State.WITHDRAWN),
    State.HIDDEN: (State.PUBLISHED, State.CLOSED, State.WITHDRAWN),
    State.WITHDRAWN: (),
}
