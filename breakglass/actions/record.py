"""What the record of the moderators says of a request: persona, actor and a hash of the reason."""

from datetime import datetime
from hashlib import blake2b

from accounts.models import Account
from breakglass.models import UnmaskRequest
from moderation import audit


def note(kind: str, asked: UnmaskRequest, *, now: datetime, by: Account | None = None) -> None:
    """Record `unmask.<kind>`. The hash shows whether the reason was changed later, and not what it is."""
    reason = blake2b(asked.reason.encode(), digest_size=16).hexdigest()
    audit.record(f"unmask.{kind}", about=f"persona {asked.persona_id} {reason}", by=by, now=now)
