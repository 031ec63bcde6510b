"""The link that ends a digest, and what of it is kept: a hash, from which no link can be made (leak 57).

The token is made from the row's salt by the installation's secret, so that every mail can carry it
and the database holds nothing that works.
"""

import hashlib
from base64 import urlsafe_b64encode
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac

from accounts.models.account import today
from forum.models.digest import Digest, Every, Last, new_salt

TOKEN_BYTES = 16


def token_of(digest: Digest) -> str:
    mac = salted_hmac("forum.digests.unsubscribe", bytes(digest.salt).hex(), algorithm="sha256").digest()
    return urlsafe_b64encode(mac[:TOKEN_BYTES]).decode().rstrip("=")


def link_of(digest: Digest) -> str:
    return settings.SITE_URL + reverse("forum:unsubscribe", args=[token_of(digest)])


def renew_link(digest: Digest) -> None:
    """Give `digest` a new salt, not yet saved; links sent earlier end nothing any more."""
    digest.salt = new_salt()
    digest.token_hash = hash_of(token_of(digest))


def hash_of(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def unsubscribe(token: str, *, now: datetime) -> None:
    """End the digest of that link. Unknown, used and good tokens are one to the caller."""
    found = Digest.objects.filter(token_hash=hash_of(token)).exclude(every=Every.OFF)
    found.update(every=Every.OFF, last=Last.UNSUBSCRIBED, last_on=today(now))
