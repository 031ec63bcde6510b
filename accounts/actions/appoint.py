"""Appointing: what an account may do here, and where and as what its owner practises."""

from collections.abc import Iterable
from datetime import datetime

from django.apps import apps

from accounts.access import NotAllowed, Refused, may_appoint
from accounts.actions.verify import vouch_for
from accounts.models import Account
from moderation import audit, intake

ROLES = ["member", "verified", "moderator", "administrator"]


class UnknownTag(Refused):
    pass


@audit.deed()
def appoint(
    account: Account,
    role: str,
    *,
    now: datetime,
    disciplines: Iterable[str] = (),
    jurisdictions: Iterable[str] = (),
    credential: str = "",
    by: Account | None = None,
) -> None:
    """Give `account` one of ROLES; "member" takes the others away. What is not given stays.

    NotAllowed when `by`, an administrator or nobody known, appoints themself, or appoints to the desk who is
    suspended. Who is verified so is for
    as long as by a check at the desk.
    """
    _require_administrator(by, account)
    if role in ("moderator", "administrator"):
        _require_not_suspended(account, now=now)
    if role == "member":
        account.verified_until = None
        account.is_moderator = account.is_administrator = False
        account.verifications.update(valid_until=None)
        intake.stand_down(account, now=now)
    elif role != "verified":
        if role == "moderator" and not account.is_moderator:
            intake.appointed(account, now=now)
        setattr(account, f"is_{role}", True)
    account.credential = credential or account.credential
    account.save(update_fields=["verified_until", "is_moderator", "is_administrator", "credential"])
    if disciplines:
        account.disciplines.set(tags("discipline", "slug", disciplines))
    if jurisdictions:
        account.jurisdictions.set(tags("jurisdiction", "code", [code.upper() for code in jurisdictions]))
    if role == "verified":
        vouch_for(account, now=now)
    audit.record(f"account.appointed-{role}", about=account, by=by, now=now)


@audit.deed()
def dismiss(moderator: Account, *, by: Account, now: datetime) -> None:
    """Take the role of a moderator away, and what they hold; all else stays. For another administrator."""
    _require_administrator(by, moderator)
    if not Account.objects.filter(pk=moderator.pk, is_moderator=True).update(is_moderator=False):
        raise Refused("They are not a moderator any more.")
    moderator.is_moderator = False
    intake.stand_down(moderator, now=now)
    audit.record("account.dismissed-moderator", about=moderator, by=by, now=now)


def _require_administrator(by: Account | None, account: Account) -> None:
    if by and (by == account or not may_appoint(by)):
        raise NotAllowed("Only an administrator can do this, and nobody for themself.")


def _require_not_suspended(account: Account, *, now: datetime) -> None:
    """Who has a role can't be suspended, so who is suspended gets none: of two deeds at once one waits."""
    Account.objects.select_for_update(no_key=True).get(pk=account.pk)
    if intake.is_suspended(account, now=now):
        raise NotAllowed("They are suspended. Moderators let them write again first, or it runs out.")


def tags(facet: str, field: str, names: Iterable[str]) -> list:
    """The tags of that name. UnknownTag tells which one there is not."""
    found = {
        getattr(tag, field): tag
        for tag in apps.get_model("forum", "Tag").objects.filter(facet=facet, **{f"{field}__in": names})
    }
    for name in names:
        if name not in found:
            raise UnknownTag(f"There is no {facet} “{name}”. Has load_reference been run?")
    return list(found.values())
