"""Silencing: muting a persona in its thread, and pausing its author everywhere without learning who it is.

Every moderator may: whoever were kept from it would be known to have written the post.
"""

from datetime import datetime, timedelta

from django.db import transaction

from accounts.access import NotAllowed, may_moderate
from accounts.models import Account
from anonymity import vault
from forum.models import Persona
from moderation import audit


def mute(persona: Persona, *, by: Account, now: datetime) -> None:
    """Let the persona write nothing more in its thread. No seal is opened."""
    _set_muted(persona, True, "persona.muted", by=by, now=now)


def unmute(persona: Persona, *, by: Account, now: datetime) -> None:
    _set_muted(persona, False, "persona.unmuted", by=by, now=now)


def pause_author(persona: Persona, *, days: int, by: Account, now: datetime) -> None:
    """Pause the anonymous posting of whoever the persona is, in every thread, for `days` after today.

    The same happens in every case, and nothing is learned (T-SUSP). Only where the thread left no link does
    the persona's own row count: there the pause reaches this thread alone. VaultUnavailable records nothing.
    """
    _require_moderator(by)
    with transaction.atomic():
        until = (now + timedelta(days=days)).date()
        Persona.objects.filter(pk=persona.pk).update(paused_until=until)
        audit.record("author.paused", about=persona, by=by, now=now)
        vault.suspend(persona.pk, until, now)


def lift_pause(persona: Persona, *, by: Account, now: datetime) -> None:
    """Take back whatever pause of the persona's author is in force; without any, the same happens."""
    _require_moderator(by)
    with transaction.atomic():
        Persona.objects.filter(pk=persona.pk).update(paused_until=None)
        audit.record("pause.lifted", about=persona, by=by, now=now)
        vault.lift(persona.pk, now)


@transaction.atomic
def _set_muted(persona: Persona, muted: bool, kind: str, *, by: Account, now: datetime) -> None:
    _require_moderator(by)
    # The UPDATE's own condition: of two at once, one is recorded.
    if Persona.objects.filter(pk=persona.pk, muted=not muted).update(muted=muted):
        audit.record(kind, about=persona, by=by, now=now)
    persona.muted = muted


def _require_moderator(by: Account) -> None:
    if not may_moderate(by):
        raise NotAllowed("Only moderators can do this.")
