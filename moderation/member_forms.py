"""What is typed at the desk about members: whom to find, what a board said, a note for colleagues."""

from datetime import date, timedelta

from django import forms
from django.utils import timezone

from accounts.actions.verify import LASTS
from accounts.forms import NO_LONG_NUMBER, NO_NUMBER
from accounts.models import Result, Verification
from accounts.models.account import today
from moderation.actions.verify import Found
from moderation.forms import Reason, as_read
from moderation.models import Measure
from moderation.models.sanction import KEEPS_FROM_WRITING

FOUND = {
    Result.ACTIVE: "Active",
    Result.SUPERVISED: "Active under supervision",
    Result.LAPSED: "Lapsed",
    Result.NOT_FOUND: "Not found",
}


class FindForm(forms.Form):
    """Part of a name, or a whole address: nobody leafs through addresses."""

    ROLES = [
        ("", "Everybody"),
        ("moderator", "Moderators"),
        ("administrator", "Administrators"),
        ("verified", "Verified clinicians"),
    ]

    q = forms.CharField(
        required=False,
        max_length=254,
        label="Name or email address",
        help_text="Part of a display name, or a whole address.",
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        choices=ROLES,
        required=False,
        label="Who",
        error_messages={"invalid_choice": "There is no such role."},
    )


class CheckForm(forms.Form):
    """What a register said. No field for a number: it is not kept."""

    board = forms.CharField(
        max_length=120,
        label="Board or register",
        help_text="Where you looked, by its name.",
        validators=[NO_LONG_NUMBER],
        error_messages={"required": "Please name the board or register that you asked."},
    )
    licence_type = forms.CharField(
        max_length=60,
        required=False,
        label="Licence",
        help_text="Such as LPC. Never its number.",
        validators=[NO_NUMBER],
    )
    on = forms.DateField(
        label="Day you looked",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Please give the day.", "invalid": "Please give the day as 2026-03-04."},
    )
    result = forms.ChoiceField(
        choices=FOUND.items(),
        widget=forms.RadioSelect,
        label="What it says",
        error_messages={"required": "Please choose what the register says."},
    )

    @classmethod
    def for_(cls, asked: Verification) -> "CheckForm":
        words = {"board": asked.board, "licence_type": asked.licence_type}
        return cls(initial={**words, "on": today(timezone.now())})

    def clean_on(self) -> date:
        on, day = self.cleaned_data["on"], today(timezone.now())
        if on > day + timedelta(days=1):  # already tomorrow where the moderator is
            raise forms.ValidationError("This day is still to come.")
        if on + LASTS < day:
            raise forms.ValidationError("This is more than a year ago. Please look again today.")
        return min(on, day)

    def found(self) -> Found:
        return Found(**self.cleaned_data)


class MemberNoteForm(forms.Form):
    note = Reason(
        "Note for colleagues",
        shown="Moderators and administrators read it, and the member with the export of their data. "
        "Never write who you think wrote something anonymously.",
        why="what colleagues should know",
        short="Please write at least a sentence.",
        max_length=1000,
    )


# What a warning can say, as its member reads it.
WARNINGS = [
    ("unkind", "What you wrote could hurt somebody who reads it. Please put it more kindly."),
    ("recognised", "Somebody could be recognised by what you wrote. Please leave such details out."),
    ("advice", "What you advised could harm somebody. Please say what you know, and what you don’t."),
    ("off-topic", "What you wrote isn’t about the question. Please keep to it."),
    ("advertising", "What you wrote reads as advertising, which has no place here."),
]
LENGTHS = [(24, "One day"), (72, "Three days"), (168, "A week"), (720, "Thirty days")]


class SanctionForm(forms.Form):
    """The member reads the chosen sentences as a list, then the own words."""

    measure = forms.ChoiceField(
        choices=[
            (Measure.NOTE, "A note"),
            (Measure.WARNING, "A warning"),
            (Measure.PAUSE, "A pause: they write nothing under their name"),
            (
                Measure.SUSPENSION,
                "A suspension: they ask for nothing either; it takes two moderators",
            ),
        ],
        widget=forms.RadioSelect,
        label="What",
        error_messages={"required": "Please choose what it is."},
    )
    points = forms.MultipleChoiceField(
        choices=WARNINGS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="What the member should know",
    )
    reason = forms.CharField(
        required=False,
        max_length=2000,
        label="In your own words",
        help_text="The member reads this. Never write who you think wrote something anonymously.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    hours = forms.TypedChoiceField(
        choices=[("", "Neither paused nor suspended"), *LENGTHS],
        coerce=int,
        empty_value=None,
        required=False,
        label="For how long",
    )

    def clean_reason(self) -> str:
        reason = self.cleaned_data["reason"]
        if not self.cleaned_data.get("points") and len(reason) < 10:
            raise forms.ValidationError(
                "Please write at least a sentence, or choose one: the member has only this to go by."
            )
        return reason

    def clean_hours(self) -> int | None:
        hours = self.cleaned_data["hours"]
        if self.cleaned_data.get("measure") in KEEPS_FROM_WRITING:
            if hours is None:
                raise forms.ValidationError("Please choose for how long.")
            return hours
        return None

    def words(self) -> str:
        return as_read(WARNINGS, self.cleaned_data["points"], self.cleaned_data["reason"])
