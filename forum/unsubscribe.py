"""The link that ends mails of one kind, and what of it is kept: a hash, from which no link can be made
(leak 57).

The token is made from the row's salt by the installation's secret, so that every mail can carry it
and the database holds nothing that works.
"""

import hashlib
from base64 import urlsafe_b64encode
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac

from accounts.models import Account
from accounts.models.account import today
from forum.models import Digest, NoticeSettings
from forum.models.digest import Every, Last
from forum.models.mailing import Mailing, new_salt
from forum.models.notice_settings import MailEnd

TOKEN_BYTES = 16


def token_of(mailing: Mailing) -> str:
    mac = salted_hmac("forum.digests.unsubscribe", bytes(mailing.salt).hex(), algorithm="sha256").digest()
    return urlsafe_b64encode(mac[:TOKEN_BYTES]).decode().rstrip("=")


def link_of(mailing: Mailing) -> str:
    """The link of its next mail, which works also when the installation's secret has changed since."""
    if bytes(mailing.token_hash) != (now_there := hash_of(token_of(mailing))):
        mailing.token_hash = now_there
        type(mailing)._default_manager.filter(pk=mailing.pk).update(token_hash=now_there)
    return settings.SITE_URL + reverse("forum:unsubscribe", args=[token_of(mailing)])


def renew_link(mailing: Mailing) -> None:
    """Give `mailing` a new salt, not yet saved; links sent earlier end nothing any more."""
    mailing.salt = new_salt()
    mailing.token_hash = hash_of(token_of(mailing))


def hash_of(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def unsubscribe(token: str, *, now: datetime) -> None:
    """End what that link is for. Unknown, used and good tokens are one to the caller."""
    digests = Digest.objects.filter(token_hash=hash_of(token)).exclude(every=Every.OFF)
    digests.update(every=Every.OFF, last=Last.UNSUBSCRIBED, last_on=today(now))
    notices = NoticeSettings.objects.filter(token_hash=hash_of(token), mail_end="")
    notices.update(mail=[], mail_end=MailEnd.UNSUBSCRIBED)


def change_links(account: Account) -> None:
    """Mails to an address that is the account's no longer then end nothing."""
    for kind in (Digest, NoticeSettings):
        for mailing in kind.objects.filter(account=account):
            renew_link(mailing)
            mailing.save(update_fields=["salt", "token_hash"])
