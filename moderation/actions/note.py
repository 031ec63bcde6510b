"""Notes of moderators about a member, for colleagues."""

from datetime import datetime
from typing import Any

from accounts.access import NotAllowed
from accounts.models import Account
from anonymity.hour import hour_of
from moderation import audit
from moderation.models import MemberNote
from moderation.rules import may_verify


@audit.deed()
def note(account: Account, text: str, *, by: Account, now: datetime) -> MemberNote:
    """Keep what colleagues should know of a member, the same form once. NotAllowed about oneself."""
    if not may_verify(by, account):
        raise NotAllowed("A note about you is a colleague’s to write.")
    Account.objects.select_for_update(no_key=True).get(pk=account.pk)  # of two clicks at once one waits here
    what: dict[str, Any] = {"account": account, "by": by, "text": text, "hour": hour_of(now)}
    if same := MemberNote.objects.filter(**what).first():
        return same
    made = MemberNote.objects.create(**what)
    audit.record("account.noted", by=by, about=account, now=now)
    return made


@audit.deed()
def remove_note(written: MemberNote, *, by: Account, now: datetime) -> None:
    """Take back a note of one's own."""
    if written.by_id != by.pk:
        raise NotAllowed("A note is taken back by whoever wrote it.")
    if MemberNote.objects.filter(pk=written.pk).delete()[0]:
        audit.record("account.note-removed", by=by, about=f"account {written.account_id}", now=now)
