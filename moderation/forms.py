"""What a moderator writes with a decision."""

import re
from typing import Any

from django import forms

from accounts.models import Account
from forum.forms import QuestionWords, ReplyWords
from forum.models import Thread
from forum.models.thread import ALPHABET
from forum.text.normalise import clean_text
from forum.text.passages import SHORTEST, Passages
from moderation.actions.flags import Then
from moderation.actions.redact import out_of_reach, places
from moderation.models.audit import AuditEvent, words_for

# Ready-made notes, each as its author reads it. A key is no more than the name of a checkbox.
TO_CHANGE = [
    ("names", "It names a person, a place or an employer. Please leave that out, or say it more generally."),
    (
        "detail",
        "It tells more of the client than the question needs. Keep what colleagues need to answer it.",
    ),
    ("dates", "It has dates or details by which somebody could be recognised. Please blur them."),
    ("unclear", "It isn’t clear yet what you would like to ask. Please end with one question."),
    ("colleague", "It judges a colleague. Please tell what you saw or heard, and what you are unsure of."),
    ("unkind", "Its tone could hurt somebody who reads it. Please put the same point more kindly."),
]
WHY_NOT = [
    (
        "legal",
        "It asks for legal advice only, which no board can give. Your insurer may have a lawyer for it.",
    ),
    (
        "urgent",
        "It is urgent and needs a person today, not a board: please ring your supervisor or a colleague now.",
    ),
    (
        "elsewhere",
        "It isn’t about a boundary between clinician and client, so colleagues here could say little of use.",
    ),
    (
        "recognised",
        "Somebody could be recognised by it however it is told, so it is better asked in supervision.",
    ),
    ("advice", "Following it could harm somebody, so it can’t stand here beside the other replies."),
]


def as_read(ready_made: list[tuple[str, str]], points: list[str], words: str) -> str:
    """The chosen sentences as a list, then the own words."""
    sentences = dict(ready_made)
    listed = "\n".join(f"• {sentences[point]}" for point in points)
    return "\n\n".join(part for part in (listed, words) if part)


class Named(forms.ModelChoiceField):
    def label_from_instance(self, account: Any) -> str:
        return account.display_name


class Reason(forms.CharField):
    """A few sentences that somebody has to go by."""

    def __init__(self, label: str, *, shown: str, why: str, short: str, **kwargs: Any) -> None:
        kwargs = {"min_length": 10, "max_length": 300, **kwargs}
        messages = {"required": f"Please write {why}.", "min_length": short}
        widget = forms.Textarea(attrs={"rows": 3})
        super().__init__(label=label, help_text=shown, widget=widget, error_messages=messages, **kwargs)


class DecisionForm(forms.Form):
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


class HoldForm(DecisionForm):
    reason = Reason(
        "Why it is held",
        shown="For moderators only, such as “waiting for a second opinion”.",
        why="why, for the colleague who reads it next",
        short="Please write a few words more: a colleague has only this to go by.",
        min_length=5,
    )


class UpholdForm(DecisionForm):
    then = forms.ChoiceField(
        choices=Then,
        widget=forms.RadioSelect,
        label="What happens now",
        error_messages={"required": "Please choose what happens now."},
    )
    reason = Reason(
        "Why",
        shown="Of what is hidden, its author reads this; of a closed thread, every reader.",
        why="why",
        short="Please write at least a sentence: its author has only this to go by.",
    )


class DismissForm(DecisionForm):
    reason = Reason(
        "Why it stays",
        shown="For moderators only.",
        why="why, for the colleague who meets the next flag of it",
        short="Please write a few words more: a colleague has only this to go by.",
        min_length=5,
    )


class AppealDecisionForm(DecisionForm):
    """Whether the first decision stands or not, in words for whoever appealed."""

    reason = Reason(
        "Why",
        shown="Whoever appealed reads this beside the first reason.",
        why="why, for whoever appealed",
        short="Please write at least a sentence: whoever appealed has only this to go by.",
        max_length=2000,
    )


class NoteForm(DecisionForm):
    """Returning or declining: the author reads the chosen sentences as a list, then the own words."""

    ready_made: list[tuple[str, str]] = []

    note = forms.CharField(
        required=False,
        max_length=2000,
        label="In your own words",
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["points"] = forms.MultipleChoiceField(
            choices=self.ready_made,
            required=False,
            widget=forms.CheckboxSelectMultiple,
            label="What the author should know",
        )
        self.order_fields(["points"])  # before the words, whose check asks whether any was chosen

    def clean_note(self) -> str:
        note = self.cleaned_data["note"]
        if self.cleaned_data.get("points"):
            return note
        if not note:
            raise forms.ValidationError(
                "Please write what the author should know. Sentences of the list will do."
            )
        if len(note) < 10:
            raise forms.ValidationError(
                "Please write at least a sentence: the author has only this to go by."
            )
        return note

    def words(self) -> str:
        """The note as the author reads it."""
        return as_read(self.ready_made, self.cleaned_data["points"], self.cleaned_data["note"])


class ProposeForm(ReplyWords, DecisionForm):
    """A text as a moderator would publish it."""

    note = forms.CharField(
        required=False,
        max_length=2000,
        label="Why, for the author",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ProposeQuestionForm(QuestionWords, ProposeForm):
    pass


class ReturnForm(NoteForm):
    ready_made = TO_CHANGE


class DeclineForm(NoteForm):
    ready_made = WHY_NOT


class CloseForm(forms.Form):
    reason = Reason(
        "Why it is closed",
        shown="Every reader of the thread sees this.",
        why="why it is closed",
        short="Please write at least a sentence: readers have only this to go by.",
    )


class MergeForm(forms.Form):
    """Which thread is to be kept, by its address."""

    ADDRESS = re.compile(rf"(?:.*/threads/)?([{ALPHABET}]{{12}})(?:/.*)?")

    into = forms.CharField(
        max_length=300,
        label="The thread to keep",
        help_text="Its address, as your browser shows it.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "url"}),
        error_messages={"required": "Please give the address of the thread that is to be kept."},
    )

    def clean_into(self) -> Thread:
        match = self.ADDRESS.fullmatch(self.cleaned_data["into"])
        found = match and Thread.objects.readable().at(match[1]).first()
        if not found:
            raise forms.ValidationError("No public thread has this address. Please copy it from its page.")
        return found


class HideForm(forms.Form):
    reason = Reason(
        "Why it is hidden",
        shown="Its author and moderators see this.",
        why="why it is hidden",
        short="Please write at least a sentence: the author has only this to go by.",
    )


class RedactForm(forms.Form):
    """Which words are to leave `thread`, and why."""

    MOST = 20

    words = forms.CharField(
        max_length=2000,
        label="The words to remove",
        help_text="One passage to a line, as it stands in the text. It is removed wherever it stands in this "
        "thread as whole words: titles, questions, replies, moderators’ notes about them. What moderators "
        "wrote about a member stays as it is.",
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Please write which words are to be removed."},
    )
    reason = Reason(
        "Why they are removed",
        shown="Whoever wrote in the thread reads this. Please don’t repeat the words.",
        why="why they are removed",
        short="Please write at least a sentence: the author has only this to go by.",
    )
    hidden = forms.BooleanField(
        required=False,
        initial=True,
        label="Hide the thread at once",
        help_text="Whoever agrees can show it again, once the words are gone.",
    )

    def __init__(self, *args: Any, thread: Thread, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.thread = thread

    def clean_words(self) -> str:
        passages = Passages(clean_text(self.cleaned_data["words"]))
        if len(passages.each) > self.MOST:
            raise forms.ValidationError(f"Please write at most {self.MOST} passages.")
        for passage in passages.each:
            if len(passage) < SHORTEST:
                raise forms.ValidationError(
                    f"“{passage}” is too short: it stands in too many places. Please add the words beside it."
                )
            if not places(self.thread, Passages(passage)):
                raise forms.ValidationError(
                    f"“{passage}” is nowhere in this thread. Please copy it as it stands below."
                )
        if texts := out_of_reach(self.thread, passages):
            raise forms.ValidationError(
                f"Signs of formatting stand between these words ({', '.join(texts).lower()}). "
                "Please copy them with those signs, as they stand below."
            )
        return "\n".join(passages.each)

    def clean(self) -> None:
        words, reason = self.cleaned_data.get("words"), self.cleaned_data.get("reason", "")
        if words and Passages(words).count(reason):
            self.add_error("reason", "The reason repeats words that are to go. Please say it without them.")


class HandOverForm(forms.Form):
    """Every moderator may be chosen: one who was left out would be known to have written the text."""

    to = Named(
        queryset=Account.objects.none(),
        label="Colleague",
        empty_label="Choose a colleague",
        error_messages={
            "required": "Please choose a colleague.",
            "invalid_choice": "They are not a moderator any more. Please choose another colleague.",
        },
    )
    note = Reason(
        "Note to your colleague",
        shown="",
        why="what your colleague should know",
        short="Please write at least a sentence: your colleague has only this to go by.",
        max_length=1000,
    )

    def __init__(self, *args: Any, by: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        moderators = Account.objects.filter(is_moderator=True, is_active=True).exclude(pk=by.pk)
        to: Any = self.fields["to"]
        to.queryset = moderators.order_by("display_name", "pk")


class PauseForm(forms.Form):
    days = forms.TypedChoiceField(
        choices=[(7, "7 days"), (30, "30 days")],
        coerce=int,
        widget=forms.RadioSelect,
        label="For how long?",
        error_messages={"required": "Please choose for how long."},
    )


class RecordForm(forms.Form):
    """Which events to show."""

    kind = forms.ChoiceField(
        required=False,
        label="What was done",
        error_messages={"invalid_choice": "There is nothing of that kind in the record."},
    )
    by = Named(
        Account.objects.none(),
        required=False,
        label="By whom",
        empty_label="Everybody",
        error_messages={"invalid_choice": "Nobody of that number is in the record."},
    )

    def __init__(self, data, *, viewer) -> None:
        super().__init__(data)
        kinds = AuditEvent.objects.kinds_shown_to(viewer)
        choices = [("", "Everything"), *((kind, words_for(kind)) for kind in kinds)]
        self.fields["kind"].choices = choices  # type: ignore[attr-defined]
        moderators = Account.objects.filter(pk__in=AuditEvent.objects.moderators())
        moderators = moderators.order_by("display_name", "pk")
        self.fields["by"].queryset = moderators  # type: ignore[attr-defined]
