"""The forms of asking and replying: what a text must be, in the words its author reads."""

import uuid

from django import forms
from django.http import QueryDict

from forum.actions.compose import Draft, Text
from forum.models import Aspect, Facet, Outcome, Tag, Urgency
from forum.text.normalise import clean_line, clean_text

TITLE_MIN, TITLE_MAX = 15, 150
BODY_MIN, BODY_MAX = 120, 8000
TOPICS = 3


def text_area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "spellcheck": "true", "autocomplete": "off"})


class OnceForm(forms.Form):
    """A form with an id of its own, so that sending it twice makes one post."""

    id = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["id"].initial = uuid.uuid4

    def renew(self) -> None:
        """Another id for the next try, when nothing was written under this one."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["id"] = str(uuid.uuid4())
        self.data = data

    def clean_id(self) -> uuid.UUID:
        number = self.cleaned_data["id"]
        if number.version != 4:  # any other kind tells a time or a machine (T-ID)
            raise forms.ValidationError("This form is damaged. Please reload the page.")
        return number


class Line(forms.CharField):
    """One line, measured without what nobody can see."""

    def to_python(self, value) -> str:
        return clean_line(super().to_python(value) or "")


class Words(forms.CharField):
    """A text of several lines, measured without what nobody can see."""

    def to_python(self, value) -> str:
        return clean_text(super().to_python(value) or "")


class TagChoice(forms.ModelMultipleChoiceField):
    """Tags of one facet, named by slug."""

    default_error_messages = {
        "invalid_choice": "“%(value)s” is not one of the tags. Please choose from the list.",
        "required": "Please choose at least one.",
    }

    def __init__(self, facet: str, **kwargs):
        super().__init__(Tag.objects.of(facet).in_order(), to_field_name="slug", **kwargs)


class AskForm(OnceForm):
    title = Line(
        min_length=TITLE_MIN,
        max_length=TITLE_MAX,
        label="Your question in one line",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    body = Words(min_length=BODY_MIN, max_length=BODY_MAX, label="What happened", widget=text_area(12))
    asking = Line(
        max_length=300,
        required=False,
        label="What are you asking?",
        help_text="One sentence, so that colleagues answer the question you have.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    discipline = TagChoice(Facet.DISCIPLINE, label="Your discipline")
    jurisdiction = TagChoice(
        Facet.JURISDICTION,
        label="Where you practise",
        help_text="In a small community choose the country, or “not stated”: a place can identify a client.",
    )
    topic = TagChoice(Facet.TOPIC, required=False, label="Topics", help_text=f"Up to {TOPICS}.")
    urgency = forms.ChoiceField(
        choices=Urgency, initial=Urgency.ROUTINE, required=False, label="How soon do you need to decide?"
    )

    def clean_topic(self):
        topics = self.cleaned_data["topic"]
        if len(topics) > TOPICS:
            raise forms.ValidationError(f"Please choose {TOPICS} topics at most.")
        return topics

    def clean_urgency(self) -> str:
        return self.cleaned_data["urgency"] or Urgency.ROUTINE

    def draft(self) -> Draft:
        data = self.cleaned_data
        return Draft(
            id=data["id"],
            title=data["title"],
            body=data["body"],
            asking=data["asking"],
            urgency=data["urgency"],
            tags=[*data["discipline"], *data["jurisdiction"], *data["topic"]],
        )


class IdentityForm(forms.Form):
    """Under a name or not: chosen once, never changed afterwards."""

    ANONYMOUS, NAMED = "anonymous", "named"

    identity = forms.ChoiceField(
        choices=[(ANONYMOUS, "Anonymously"), (NAMED, "Under my display name")],
        widget=forms.RadioSelect,
        label="Who is asking?",
        initial=ANONYMOUS,
        error_messages={"required": "Please choose whether your name is shown."},
    )

    @property
    def is_anonymous(self) -> bool:
        return self.cleaned_data["identity"] != self.NAMED


class ReplyForm(OnceForm):
    body = Words(min_length=20, max_length=BODY_MAX, label="Your text", widget=text_area(8))

    def text(self) -> Text:
        data = dict(self.cleaned_data)
        return Text(id=data.pop("id"), body=data.pop("body"), extra=data)


class ConsultForm(ReplyForm):
    aspects = forms.MultipleChoiceField(
        choices=Aspect,
        widget=forms.CheckboxSelectMultiple,
        label="Kind of help",
        error_messages={"required": "Please choose at least one kind of help."},
    )
    contingent_on = Line(
        max_length=300,
        required=False,
        label="Depends on",
        help_text="Which law, which edition of whose code, whose practice.",
    )
    red_flag = Words(
        max_length=400,
        required=False,
        label="Red flag",
        help_text="A short, visible warning, only where there is one.",
        widget=text_area(2),
    )


class UpdateForm(ReplyForm):
    outcomes = forms.MultipleChoiceField(
        choices=Outcome,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="What came of it",
    )
