"""Leaving: an account is locked at once, and closed in the night once its links are cut.

`forum.actions.leave` does the same for what it wrote, and `forum.actions.renew` cuts the links in between.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from importlib import import_module

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.db import connection, models, transaction

from accounts.access import Refused
from accounts.models import Account

FORMER_MEMBER = "A former member"


class LastAdministrator(Refused):
    """Nobody would be left to appoint another."""


@transaction.atomic
def lock(account: Account, *, keep_name: bool, now: datetime) -> None:
    """End sign-in, sessions and sockets. LastAdministrator while there is no other one."""
    if account.is_administrator:
        # Locked in order, so that of two who leave at once one is the last.
        there = Account.objects.select_for_update(no_key=True)
        there = there.filter(is_administrator=True, is_active=True)
        if not any(other.pk != account.pk for other in there.order_by("pk")):
            raise LastAdministrator(
                "You are the only administrator, so nothing was done. Let somebody else be appointed first."
            )
    account.is_active = False
    account.leaving_on = now.astimezone(UTC).date()
    if not keep_name:
        account.display_name = FORMER_MEMBER
    account.set_unusable_password()
    account.save(update_fields=["is_active", "leaving_on", "display_name", "password"])


@transaction.atomic
def close(account: Account) -> None:
    """Delete the account; where others' threads or the record need its row, only a name stays in it.

    Call it after its links are cut: they can't be found any more afterwards.
    """
    try:
        with transaction.atomic():
            account.delete()
    except models.ProtectedError:
        for belongings in _belongings(account):
            belongings.delete()
        tombstone(account).save(force_update=True)


def tombstone(account: Account) -> Account:
    """The same row with its name and every other column, the secret reference too, as in a new one."""
    return Account(
        pk=account.pk,
        email=f"left-{account.pk}@account.invalid",  # unique, and no mail can ever be sent there
        password=make_password(None),
        display_name=account.display_name,
        is_active=False,
        is_demo=account.is_demo,
    )


def _belongings(account: Account) -> Iterable[models.QuerySet]:
    """The rows of every table that would have gone with the account's own."""
    for relation in Account._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ManyToOneRel) and relation.on_delete is models.CASCADE:
            rows = relation.related_model._base_manager
            yield rows.filter(**{relation.field.name: account})


def end_sessions(accounts: Iterable[Account]) -> None:
    """Delete the sessions of `accounts`, which let nobody in any more but hold their addresses."""
    theirs = {str(account.pk) for account in accounts}
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    for session in Session.objects.iterator():
        if store.decode(session.session_data).get(SESSION_KEY) in theirs:
            session.delete()


def clear_files() -> None:
    """What was deleted leaves the database's files too (T-REMNANT). For outside of transactions."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            cursor.execute("VACUUM accounts_account, account_emailaddress, django_session")
