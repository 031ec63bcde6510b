"""Declaring employers: a list of the member's own, replaced as a whole."""

from datetime import datetime

from accounts.models import Account, Employer
from accounts.models.employer import key_of
from moderation import audit


@audit.deed()
def declare_employers(names: list[str], *, by: Account, now: datetime) -> None:
    """Let `names` be what `by` declares. That a moderator changed it is recorded, lest one tries names."""
    declared = {key_of(name): name for name in names}
    before = dict(by.employers.values_list("key", "name"))
    if declared == before:
        return
    by.employers.all().delete()
    Employer.objects.bulk_create([Employer(account=by, name=name, key=key) for key, name in declared.items()])
    if by.is_moderator or by.is_administrator:
        audit.record("employers.declared", by=by, about=by, now=now)
