"""Renewing the vault's key: everything sealed is sealed anew, for the personas and flags that exist."""

from datetime import datetime

from accounts.models import Account
from anonymity import vault
from forum.actions.leave import finish
from forum.models import Flag, Persona


def renew_key(*, now: datetime) -> None:
    """Rotate at once, and let go who is leaving. VaultUnavailable or AlreadyRotating changes nothing."""
    leaving = list(Account.objects.leaving())
    places = dict(Persona.objects.values_list("pk", "thread_id"))
    places |= dict(Flag.objects.values_list("pk", "place"))
    vault.rotate(places, leaving=leaving, now=now)
    try:
        finish(leaving, now=now)  # not before: what is cut is found by the accounts
    finally:
        vault.destroy_old_keys(now)


def renew_key_when_due(*, now: datetime) -> None:
    """Rotate once a month and when somebody leaves; destroy replaced secrets after their days of grace."""
    if vault.key_is_due(now) or Account.objects.leaving().exists():
        renew_key(now=now)
    else:
        vault.destroy_old_keys(now)
