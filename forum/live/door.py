"""Who may hold a live socket: pages of this site, members who are still signed in, a few per account."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from channels.auth import get_user
from django.conf import settings

from accounts.models import Account

SOCKETS_PER_ACCOUNT = 5  # in each process; a sixth tab asks every minute instead

_held: Counter[int] = Counter()  # account ids in memory only: kept nowhere, shown to nobody


def is_from_this_site(scope: dict[str, Any]) -> bool:
    """Whether the page that opens the socket came from this host, port and scheme.

    The validator around the consumer compares host names only; another port of the same
    host, or its address without TLS, may be somebody else's page.
    """
    headers = dict(scope["headers"])
    origin = urlsplit(headers.get(b"origin", b"").decode("latin1"))
    host = headers.get(b"host", b"").decode("latin1")
    return origin.netloc == host and origin.scheme == urlsplit(settings.SITE_URL).scheme


@contextmanager
def seat(account: Account) -> Iterator[bool]:
    """Count a socket of `account` while it lasts; False when the account already has its share."""
    if _held[account.pk] >= SOCKETS_PER_ACCOUNT:
        yield False
        return
    _held[account.pk] += 1
    try:
        yield True
    finally:
        _held[account.pk] -= 1
        if not _held[account.pk]:
            del _held[account.pk]


def let_go(scope: dict[str, Any]) -> None:
    """Of what only the handshake needed: thousands of sockets stay open for hours."""
    scope["headers"].clear()
    scope["cookies"].clear()
    scope["user"]._state.fields_cache.clear()  # the settings of notices


async def still_holds(scope: dict[str, Any]) -> bool:
    """Whether the session of `scope` would let the same account in, with the same role, if it came now.

    Channels looks at the session once, when the socket opens: without this, a socket outlives
    log-out, a changed password and a closed account.
    """
    sessions = import_module(settings.SESSION_ENGINE)
    fresh = sessions.SessionStore(scope["session"].session_key)
    account, known = await get_user({"session": fresh}), scope["user"]
    return account.pk == known.pk and account.is_moderator == known.is_moderator
