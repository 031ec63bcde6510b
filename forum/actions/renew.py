"""Renewing the vault's key: everything that is sealed is sealed anew, for the personas that exist."""

from datetime import datetime

from anonymity import vault
from forum.models import Persona


def renew_key(*, now: datetime) -> None:
    """Rotate at once. VaultUnavailable or AlreadyRotating leaves everything as it was."""
    vault.rotate(dict(Persona.objects.values_list("pk", "thread_id")), now=now)
    vault.destroy_old_keys(now)


def renew_key_when_due(*, now: datetime) -> None:
    """Rotate once a month, and destroy the secret of a replaced key once its days of grace are over."""
    if vault.key_is_due(now):
        renew_key(now=now)
    else:
        vault.destroy_old_keys(now)
