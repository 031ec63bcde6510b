"""Appointing: what an account may do here, and where and as what its owner practises."""

from collections.abc import Iterable
from datetime import datetime

from django.apps import apps
from django.db import transaction

from accounts.access import Refused
from accounts.models import Account
from moderation import audit

ROLES = ["member", "verified", "moderator", "administrator"]


class UnknownTag(Refused):
    pass


@transaction.atomic
def appoint(
    account: Account,
    role: str,
    *,
    now: datetime,
    disciplines: Iterable[str] = (),
    jurisdictions: Iterable[str] = (),
    credential: str = "",
) -> None:
    """Give `account` one of ROLES; "member" takes the others away. What is not given stays."""
    if role == "member":
        account.is_verified = account.is_moderator = account.is_administrator = False
    else:
        setattr(account, f"is_{role}", True)
    account.credential = credential or account.credential
    account.save(update_fields=["is_verified", "is_moderator", "is_administrator", "credential"])
    if disciplines:
        account.disciplines.set(tags("discipline", "slug", disciplines))
    if jurisdictions:
        account.jurisdictions.set(tags("jurisdiction", "code", [code.upper() for code in jurisdictions]))
    audit.record(f"account.appointed-{role}", about=account, now=now)


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
