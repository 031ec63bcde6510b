"""Opening: each of the two turns a key; then each may see the name once, and it is kept nowhere."""

from datetime import datetime

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Coalesce
from django.views.decorators.debug import sensitive_variables

from accounts.access import NotAllowed, Refused, may_moderate
from accounts.models import Account
from anonymity import vault
from anonymity.hour import hour_of
from breakglass.actions.record import note
from breakglass.models import Half, State, UnmaskRequest


class NotOpen(Refused):
    """Too early, too late, without the other one, or seen already."""


def turn_key(asked: UnmaskRequest, *, by: Account, now: datetime) -> None:
    """Do one's own half of the opening; twice does no more."""
    _refuse_others(asked, by)
    own, _ = asked.halves(by)
    openable = UnmaskRequest.objects.filter(pk=asked.pk).openable(now)
    if not openable.exclude(**{own: Half.SHOWN}).update(**{own: Half.TURNED}):
        raise NotOpen("It can't be opened at this time, or you have seen the name already.")


@sensitive_variables()
def show_name(asked: UnmaskRequest, *, by: Account, now: datetime) -> str | None:
    """The display name behind the persona, once for each of the two; None when it is nobody's.

    NotOpen before both keys were turned, outside the hours, and ever after. When the vault is out of order
    nothing counts as shown.
    """
    _refuse_others(asked, by)
    own, other = asked.halves(by)
    with transaction.atomic():
        openable = UnmaskRequest.objects.filter(pk=asked.pk).openable(now)
        both = openable.filter(**{own: Half.TURNED, f"{other}__in": [Half.TURNED, Half.SHOWN]})
        first = Coalesce("revealed_hour", Value(hour_of(now)))
        # The UPDATE's own condition settles two presses at once: the second finds it shown.
        if not both.update(**{own: Half.SHOWN}, state=State.REVEALED, revealed_hour=first):
            raise NotOpen("Both keys have to be turned within the hours named, and each of you looks once.")
        note("revealed", asked, by=by, now=now)
        return vault.name_behind(asked.persona_id)


def _refuse_others(asked: UnmaskRequest, by: Account) -> None:
    if not (may_moderate(by) and asked.is_one_of_two(by)):
        raise NotAllowed("Only the two moderators of this request can open it.")
