"""Which moderators may ask, agree and open: two people, the second not of the first one's making."""

from datetime import datetime, timedelta

from accounts.access import may_moderate
from accounts.models import Account
from breakglass.models import UnmaskRequest
from forum.models import Persona
from moderation.models import AuditEvent

APPOINTED_BEFORE = timedelta(days=30)
MADE = "account.appointed-moderator"
UNMADE = ("account.appointed-member", "account.dismissed-moderator")


def may_request(moderator: Account, persona: Persona) -> bool:
    """Not in a thread under their own name. Whose the persona is, no rule asks."""
    return may_moderate(moderator) and persona.thread.author_id != moderator.pk


def may_decide(moderator: Account, asked: UnmaskRequest, now: datetime) -> bool:
    """Somebody else, who has been a moderator for a month and was not appointed by whoever asks."""
    if not may_request(moderator, asked.persona) or moderator.pk in (asked.requester_id, asked.third_id):
        return False
    since = appointment(moderator)
    return bool(since and since.hour <= now - APPOINTED_BEFORE and since.by_id != asked.requester_id)


def may_agree_to_wait(moderator: Account, asked: UnmaskRequest) -> bool:
    return may_request(moderator, asked.persona) and moderator.pk != asked.requester_id


def appointment(moderator: Account) -> AuditEvent | None:
    """What made the account a moderator, as the record has it; None where that is not known.

    Who is appointed again stays one since the first time; whom it was taken from begins anew.
    """
    since = None
    for event in AuditEvent.objects.about(moderator).filter(kind__in=[MADE, *UNMADE]).order_by("seq"):
        since = None if event.kind in UNMADE else since or event
    return since
