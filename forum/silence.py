"""Silence: a persona muted in its thread, or an author whose anonymous posting is paused everywhere.

Its author reads of it on pages of their own and in the answers to their own forms. No shared page tells,
and nobody else is told (T-SAME, T-SUSP).
"""

from contextlib import suppress
from datetime import UTC, date, datetime
from uuid import UUID

from accounts.access import NotAllowed, Refused
from accounts.models import Account
from anonymity import vault
from forum.actions.compose import Author, too_many
from forum.models import Kind, Persona
from moderation import intake


class Silenced(NotAllowed):
    """Nothing can be written as this persona now."""


class Muted(Silenced):
    def __init__(self) -> None:
        super().__init__(
            "A moderator has muted you in this thread: you can write nothing more in it anonymously. Nobody "
            "was told who you are. You can still read it, and withdraw it if you asked it."
        )


class Paused(Silenced):
    def __init__(self, until: date) -> None:
        super().__init__(
            f"A moderator has paused your anonymous posting through {until.day} {until:%B %Y}. Nobody, "
            "moderators included, was told that it is you. Writing under your own name still works; in a "
            "thread where you wrote anonymously it could show that both are you."
        )


class PausedHere(Silenced):
    def __init__(self, until: date) -> None:
        super().__init__(
            f"A moderator has paused you in this thread through {until.day} {until:%B %Y}. Nobody was told "
            "who you are, and the pause reaches no other thread. You can still read it, and withdraw it."
        )


class NamePaused(Silenced):
    def __init__(self, until: datetime) -> None:
        super().__init__(
            f"A moderator has paused what you write under your name, until {until.day} {until:%B %Y}, "
            f"{until:%H}:00 UTC. Your inbox leads to the reason, and to where you can appeal. "
            "You can read on as before."
        )


class Shut(Silenced):
    def __init__(self) -> None:
        super().__init__(
            "Your password, address or second step was set anew some days ago, perhaps not by you. "
            "Until your anonymous pages open again, nothing can be written anonymously from this account."
        )


def require_unshut(account: Account, *, now: datetime) -> None:
    """Shut: who took the account over would else learn from a reply's label which persona is its owner's."""
    if account.anonymous_pages_are_shut(now):
        raise Shut


def name_silence_of(account: Account, *, now: datetime) -> NamePaused | None:
    """Why nothing can be written under the name of `account`. Its personas are never asked about here."""
    until = intake.writes_again_at(account, now=now)
    return NamePaused(until) if until else None


def require_free_name(by: Author, *, now: datetime) -> None:
    """NamePaused for an account. A persona's account is not known, and is not asked for: were it, the persona
    that falls silent with a member's pause would be theirs (docs/anonymity.md)."""
    if isinstance(by, Account) and (silence := name_silence_of(by, now=now)):
        raise silence


def require_free_to_write(by: Author, *, now: datetime) -> None:
    """NamePaused for an account; Muted or PausedHere for a persona, whose other pauses the vault knows."""
    require_free_name(by, now=now)
    if isinstance(by, Persona):
        require_free_here(by, now=now)


def require_unmuted(persona_id: UUID | None) -> None:
    """Muted, when a moderator muted this persona. Who wrote nothing in the thread has none."""
    if persona_id and Persona.objects.filter(pk=persona_id, muted=True).exists():
        raise Muted


def require_unpaused(account: Account, *, now: datetime) -> None:
    if until := vault.paused_until(account, now):
        raise Paused(until)


def pause_of(account: Account, *, now: datetime) -> Paused | None:
    """What the account's own page tells of its pause. It tells of none while the vault is out of order."""
    with suppress(vault.VaultUnavailable):
        if until := vault.paused_until(account, now):
            return Paused(until)
    return None


def silence_of(persona: Persona, account: Account | None, *, now: datetime) -> Silenced | None:
    """Why nothing can be written as this persona of `account`, or of nobody's; None when it can."""
    return _silence_here(persona, now=now) or (pause_of(account, now=now) if account else None)


def require_free_here(persona: Persona, *, now: datetime) -> None:
    """Muted; or PausedHere, when the persona has no link by which the vault could know of the pause."""
    if silence := _silence_here(Persona.objects.get(pk=persona.pk), now=now):
        raise silence


def _silence_here(persona: Persona, *, now: datetime) -> Silenced | None:
    if persona.muted:
        return Muted()
    until = persona.paused_until if persona.has_no_link else None
    return PausedHere(until) if until and until >= now.astimezone(UTC).date() else None


def no_place(account: Account, kind: Kind, *, now: datetime) -> Refused:
    """Why the vault let the account write nothing: its pause, or the day's share."""
    return pause_of(account, now=now) or too_many(kind)
