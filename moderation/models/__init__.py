from moderation.models.audit import AuditEvent
from moderation.models.decision import Decision, Verdict
from moderation.models.queue import QueueItem

__all__ = ["AuditEvent", "Decision", "QueueItem", "Verdict"]
