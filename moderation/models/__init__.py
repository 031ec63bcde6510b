from moderation.models.audit import AuditEvent, AuditHead
from moderation.models.decision import Decision, Verdict
from moderation.models.note import MemberNote
from moderation.models.queue import QueueItem
from moderation.models.redaction import Redaction, RedactionState
from moderation.models.sanction import Measure, Sanction

__all__ = [
    "AuditEvent",
    "AuditHead",
    "Decision",
    "Measure",
    "MemberNote",
    "QueueItem",
    "Redaction",
    "RedactionState",
    "Sanction",
    "Verdict",
]
