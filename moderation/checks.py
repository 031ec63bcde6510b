"""System checks of the record's key: usable, in a safe place, and the one that the record is sealed with."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DatabaseError

from anonymity.checks import exposed_places
from moderation import audit_check, audit_key
from moderation.models import AuditEvent


@register("audit", Tags.security)
def key_of_the_record_is_usable(**kwargs: Any) -> list[CheckMessage]:
    fault = audit_key.fault()
    return [Error(fault, id="moderation.E001")] if fault else []


@register("audit", Tags.security)
def key_of_the_record_is_out_of_reach(**kwargs: Any) -> list[CheckMessage]:
    path = Path(settings.AUDIT_KEY_FILE).resolve()
    hint = "Set AUDIT_KEY_FILE to a place of its own, such as /etc/sounding-board/audit.key."
    return [
        Error(f"The key of the record, {path}, lies in {place}.", hint=hint, id="moderation.E002")
        for place in exposed_places(path)
    ]


@register("audit", Tags.security)
def key_fits_the_record(**kwargs: Any) -> list[CheckMessage]:
    """With another key, every event from now on would read as forged."""
    try:
        if audit_key.fault() or not audit_check.has_begun():
            return []
        last = AuditEvent.objects.exclude(mac=None).latest("seq")
    except DatabaseError as fault:
        return [Warning(f"The database does not answer ({type(fault).__name__}).", id="moderation.W004")]
    if audit_key.seal(last) == bytes(last.mac or b""):
        return []
    hint = "Restore the key it was sealed with; `manage.py audit_verify --skip-checks` says what is wrong."
    return [Error("The key does not fit the newest event of the record.", hint=hint, id="moderation.E003")]
