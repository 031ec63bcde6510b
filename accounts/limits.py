"""How often a password may be tried by who is signed in already.

The counters stand under a keyed hash of the account, which leads nobody back who reads the cache (leak 15).
"""

from django.core.cache import caches
from django.utils.crypto import salted_hmac

from accounts.access import TooMany
from accounts.models import Account

TRIES = 10
WITHIN = 10 * 60  # seconds
COUNTED_IN = ("default", "local")  # the second while Redis is away


def count_try(account: Account) -> None:
    """TooMany beyond TRIES on all pages. Call before the password is compared, so that no two race."""
    for each in COUNTED_IN:
        caches[each].add(_counter(account), 0, WITHIN)
        if (caches[each].incr(_counter(account)) or 0) > TRIES:
            raise TooMany("The password was tried too often, so nothing was done. Please wait ten minutes.")


def forget_tries(account: Account) -> None:
    for each in COUNTED_IN:
        caches[each].delete(_counter(account))


def _counter(account: Account) -> str:
    return salted_hmac("accounts.limits", str(account.pk), algorithm="sha256").hexdigest()[:32]
