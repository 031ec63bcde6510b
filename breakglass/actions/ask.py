"""Asking to learn who wrote as a persona: one open request per persona, three in a quarter."""

from datetime import datetime, timedelta

from django.db import IntegrityError

from accounts.access import NotAllowed, Refused, TooMany
from accounts.models import Account
from anonymity.hour import hour_of
from breakglass.actions.record import note
from breakglass.actions.sweep import close_what_ran_out, tell_author
from breakglass.models import Ground, UnmaskRequest
from breakglass.models.request import A_QUARTER
from breakglass.rules import may_request
from forum.models import Persona
from moderation import audit

UNDECIDED_LASTS = timedelta(days=7)


class AlreadyAsked(Refused):
    pass


def ask_to_unmask(
    persona: Persona, *, ground: Ground, reason: str, waits_days: int = 0, by: Account, now: datetime
) -> UnmaskRequest:
    """Ask, and tell the author at once; a wish to wait with that needs a third moderator first.

    TooMany when the quarter has had its three; AlreadyAsked while another request about the persona is open.
    """
    if not may_request(by, persona):
        raise NotAllowed("You are party to this thread, so a colleague would have to ask.")
    close_what_ran_out(now)
    quarter = f"{now.year}-{(now.month + 2) // 3}"
    for place in range(1, A_QUARTER + 1):
        try:
            with audit.deed():
                asked = UnmaskRequest.objects.create(
                    persona=persona,
                    ground=ground,
                    reason=reason,
                    waits_days=waits_days,
                    requester=by,
                    hour=hour_of(now),
                    expires=hour_of(now) + UNDECIDED_LASTS,
                    quarter=quarter,
                    place=place,
                )
                note("requested", asked, by=by, now=now)
                if not waits_days:
                    tell_author(asked, now=now)
                return asked
        except IntegrityError:  # of two at once, the UNIQUE lets one take the place
            if UnmaskRequest.objects.run_on(persona).exists():
                raise AlreadyAsked("There is an open request about this author already.") from None
            if not UnmaskRequest.objects.filter(quarter=quarter, place=place).exists():
                raise
    raise TooMany(f"There were {A_QUARTER} requests this quarter, and there can be no more of them.")
