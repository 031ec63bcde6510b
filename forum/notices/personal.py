"""Notices about an account and no post: written with the deed, so that none is lost and none comes twice."""

from datetime import datetime

from django.db import transaction

from accounts.models import Account
from anonymity import vault
from anonymity.hour import hour_of
from forum.models import Event, Happening, Notice


def tell_account(happening: Happening, account: Account, *, now: datetime) -> None:
    """Say to `account`, under its name, what was done. Its open pages hear of it once that is kept."""
    event = Event.objects.create(happening=happening, hour=hour_of(now), told=True)
    Notice.objects.create(event=event, account=account)
    transaction.on_commit(lambda: vault.nudge_accounts([account]))
