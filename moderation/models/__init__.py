from moderation.models.appeal import Appeal
from moderation.models.audit import AuditEvent, AuditHead
from moderation.models.decision import Decision, Verdict
from moderation.models.duty import Absence, Duty
from moderation.models.job import Ended, Job, JobFailure
from moderation.models.note import MemberNote
from moderation.models.queue import QueueItem
from moderation.models.recusal import Recusal
from moderation.models.redaction import Redaction, RedactionState
from moderation.models.sanction import Measure, Sanction
from moderation.models.suggestion import Suggestion

__all__ = [
    "Absence",
    "Appeal",
    "AuditEvent",
    "AuditHead",
    "Decision",
    "Duty",
    "Ended",
    "Job",
    "JobFailure",
    "Measure",
    "MemberNote",
    "QueueItem",
    "Recusal",
    "Redaction",
    "RedactionState",
    "Sanction",
    "Suggestion",
    "Verdict",
]
