"""Proposing: a moderator would publish a text with some changes, and asks its author first.

Until they agree nothing is public, and the text itself stays as they wrote it.
"""

from datetime import datetime

from accounts.access import NotAllowed
from accounts.models import Account
from forum.actions.compose import clean_wording, writer_of
from forum.actions.edit import NothingChanged
from forum.models import Edit, Happening, Wording
from forum.publishing import tell
from forum.states import State
from moderation import audit
from moderation.actions.decide import bring, settle_item
from moderation.models import QueueItem, Verdict


def propose(item: QueueItem, words: Wording, note: str, *, version: int, by: Account, now: datetime) -> None:
    """Give the text back with `words` for its author to agree to. NothingChanged when they are its own.

    NotAllowed where two have to agree: the author would make it public with the consent of one.
    """
    if item.takes_two:
        raise NotAllowed("Two moderators have to agree to this. Please return it with a note instead.")
    with audit.deed():
        post = settle_item(item, Verdict.PROPOSE, version=version, by=by, now=now, note=note)
        words = clean_wording(words, writer_of(post))
        if words == Wording.of(post):
            raise NothingChanged
        Edit.objects.filter(post=post).delete()
        Edit.objects.create(post=post, proposed=True, **words.as_fields())
        bring(item, State.RETURNED, note=note)
        tell(Happening.PROPOSED, post, now=now)
