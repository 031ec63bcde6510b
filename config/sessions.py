"""Sessions whose rows tell no instant: a log-in next to the hour of a post would help to match them.

Django's own store keeps the microsecond of the last save in `expire_date` and its second inside the signed
data; allauth adds the instant of each log-in. Here the first is a day or an hour, the second is not kept, and
the third counts in steps of five minutes.
"""

from datetime import datetime, timedelta
from math import ceil
from typing import Any

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.contrib.sessions.backends import db
from django.core.signing import BadSignature, Signer
from django.utils import timezone
from django.utils.encoding import force_str

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
STEP = 5 * 60  # seconds; a password asked for again holds at least as long as allauth says


class SessionStore(db.SessionStore):
    def encode(self, session_dict: dict[str, Any]) -> str:
        """Signed as Django does, but without the second at which it was."""
        return self._signer().sign_object(without_instants(session_dict), self.serializer, compress=True)

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        try:
            return self._signer().unsign_object(force_str(session_data), self.serializer)
        except (BadSignature, ValueError):  # written under another secret key, or damaged: signed out
            return {}

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        return coarse(super().create_model_instance(data))

    async def acreate_model_instance(self, data: dict[str, Any]) -> Any:
        return coarse(await super().acreate_model_instance(data))

    def _signer(self) -> Signer:
        return Signer(salt=self.key_salt)


def coarse(row: Any) -> Any:
    """Let the session last to the end of a day; one that lasts less than a day, to the end of an hour."""
    lasts = row.expire_date - timezone.now()
    row.expire_date = end_of(DAY if lasts >= DAY else HOUR, row.expire_date)
    return row


def end_of(period: timedelta, time: datetime) -> datetime:
    start = datetime.min.replace(tzinfo=time.tzinfo)
    return time + (start - time) % period


def without_instants(session_dict: dict[str, Any]) -> dict[str, Any]:
    """The same session with the times of its log-ins rounded up."""
    records = session_dict.get(AUTHENTICATION_METHODS_SESSION_KEY)
    if not records:
        return session_dict
    rounded = [{**record, "at": ceil(record["at"] / STEP) * STEP} for record in records]
    return {**session_dict, AUTHENTICATION_METHODS_SESSION_KEY: rounded}
