"""What an author's pages know of a thread: who the viewer is in it, and what they may do about each text."""

from dataclasses import dataclass, field
from typing import Any

from django.forms import Form
from django.http import QueryDict
from django.utils import timezone

from accounts.access import may_consult
from accounts.models import Account
from forum.actions.compose import Author
from forum.forms import AnswerForm, ConsultWords, QuestionWords, ReplyWords
from forum.models import Edit, Kind, Persona, Post, Thread, Wording
from forum.models.edit import edit_of, version_shown
from forum.silence import Silenced, name_silence_of, silence_of
from forum.states import State

EDITS: dict[str, type[Form]] = {Kind.QUESTION: QuestionWords, Kind.CONSULTATION: ConsultWords}


@dataclass(frozen=True)
class Mine:
    """A thread with the author that the viewer is in it, and the address of the tools."""

    thread: Thread
    by: Author
    url: str
    account: Account | None = field(default=None, repr=False)  # whose anonymous texts of the day are counted
    code: str = field(default="", repr=False)  # of a thread without a link: each form brings it along

    @property
    def is_anonymous(self) -> bool:
        return isinstance(self.by, Persona)

    @property
    def posts(self):
        mine = {"persona": self.by} if self.is_anonymous else {"author": self.by}
        return self.thread.posts.filter(**mine).select_related("edit").in_order()

    @property
    def is_opener(self) -> bool:
        return self.by.is_op if isinstance(self.by, Persona) else self.thread.author_id == self.by.pk

    @property
    def silence(self) -> Silenced | None:
        """Why nothing can be written here now; None when it can."""
        if not isinstance(self.by, Persona):
            return name_silence_of(self.by, now=timezone.now())
        return silence_of(self.by, self.account, now=timezone.now())

    def own(self, *, silenced: bool, data: QueryDict | None = None) -> list["Own"]:
        """Each of the author's texts; `data` is what the form of one of them brought."""
        owned = []
        for number, post in enumerate(self.posts, 1):
            post.thread = self.thread
            owned.append(Own(post, self, number, silenced=silenced, data=data))
        return owned


class Own:
    """One of the author's texts, with the edit of it, or the proposal, and the form for either."""

    status = 200  # of the page on which its form has to be put right

    def __init__(
        self, post: Post, mine: Mine, number: int, *, silenced: bool, data: QueryDict | None = None
    ) -> None:
        self.post, self.edit = post, edit_of(post)
        self.seen = version_shown(post, self.edit)
        self.form: Any = None if silenced else self._form(mine, data, f"edit_{number}_%s")
        self.answer_form: Any = None
        if self.proposal and not silenced:
            initial = {"version": self.proposal.version}
            self.answer_form = AnswerForm(data, initial=initial, auto_id=f"answer_{number}_%s")

    @property
    def proposal(self) -> Edit | None:
        """What a moderator would publish instead, as long as the author has not answered."""
        asked = self.edit and self.edit.proposed and self.edit.state == State.PENDING
        return self.edit if asked and self.post.state == State.RETURNED else None

    def _form(self, mine: Mine, data: QueryDict | None, auto_id: str) -> Form | None:
        """None for what is not public, and for a consultation of somebody who is no moderator any more."""
        if self.post.state != State.PUBLISHED or not mine.thread.takes_updates:
            return None
        consults = isinstance(mine.by, Account) and may_consult(mine.by)
        if self.post.kind == Kind.CONSULTATION and not consults:
            return None
        words = self.edit.wording if self.edit else Wording.of(self.post)
        besides = {name: getattr(self.post, name) for name in ("aspects", "contingent_on", "red_flag")}
        form = EDITS.get(self.post.kind, ReplyWords)
        return form(data, initial={**words.as_fields(), **besides}, auto_id=auto_id)
