"""The forms of asking and replying: what a text must be, in the words its author reads."""

import uuid
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import QueryDict

from forum import return_code
from forum.actions.compose import Draft, Text
from forum.fields import Line, TagChoice, Words, text_area
from forum.models import Aspect, Facet, Outcome, Reason, Urgency, Wording
from forum.models.flag import WORDS_MAX
from forum.text.markdown import LONGEST_SOURCE

if TYPE_CHECKING:
    from forum.preview import Preview

TITLE_MIN, TITLE_MAX = 15, 150
BODY_MIN, BODY_MAX = 120, 8000
TOPICS = 3
APPEAL_MIN, APPEAL_MAX = 20, 2000


class OnceForm(forms.Form):
    """A form with an id of its own, so that sending it twice makes one post."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    preview: "Preview | None" = None  # what others will see of it, when its writer asked to see that

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

    def so_far(self) -> dict[str, Any]:
        """The cleaned values. What can't be sent yet: words as far as they go, a faulty choice not at all."""
        values = dict(self.cleaned_data)
        for name, field in self.fields.items():
            if name in values:
                continue
            if isinstance(field, (Line, Words)):
                values[name] = field.to_python(self[name].data)[
                    : min(field.max_length or 0, LONGEST_SOURCE // 3)
                ]
            else:
                values[name] = field.initial() if callable(field.initial) else field.initial or []
        return values


class WordsForm(forms.Form):
    """A text, or one in the place of another: a persona's dots and dashes were spelt out in that, and words
    that were removed left marks."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        body: Any = self.fields["body"]
        body.make_room(len(self.initial.get("body", "")))


class QuestionWords(WordsForm):
    """What a question says. Asking it needs more; editing it needs no more than this."""

    title = Line(
        min_length=TITLE_MIN,
        max_length=TITLE_MAX,
        label="Your question in one line",
        error_messages={"required": "Please write your question in one line."},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    body = Words(
        min_length=BODY_MIN,
        max_length=BODY_MAX,
        label="What happened",
        widget=text_area(12),
        error_messages={"required": "Please say what happened."},
    )
    asking = Line(
        max_length=300,
        required=False,
        label="What are you asking?",
        help_text="One sentence, so that colleagues answer the question you have.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def wording(self) -> Wording:
        return Wording(**{name: self.cleaned_data[name] for name in ("body", "title", "asking")})


class AskForm(QuestionWords, OnceForm):
    discipline = TagChoice(Facet.DISCIPLINE, label="Your discipline")
    jurisdiction = TagChoice(
        Facet.JURISDICTION,
        label="Where you practise",
        help_text="In a small community choose the country, or “not stated”: a place can identify a client, "
        "and you. What is chosen already comes from your profile.",
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
        data = self.so_far()
        return Draft(
            id=data["id"],
            title=data["title"],
            body=data["body"],
            asking=data["asking"],
            urgency=data["urgency"],
            tags=[*data["discipline"], *data["jurisdiction"], *data["topic"]],
        )


class AppealForm(forms.Form):
    words = Words(
        min_length=APPEAL_MIN,
        max_length=APPEAL_MAX,
        label="Why it should be looked at again",
        help_text="A moderator who had no part in the decision reads it. You can appeal once.",
        widget=text_area(5),
        error_messages={
            "required": "Please write why another moderator should look at it again.",
            "min_length": "Please write a sentence or two: the moderator has only this to go by.",
        },
    )


class IdentityForm(forms.Form):
    """Under a name or not: chosen once, never changed afterwards."""

    ANONYMOUS, NAMED = "anonymous", "named"

    identity = forms.ChoiceField(
        choices=[(ANONYMOUS, "Anonymously"), (NAMED, "Under my display name")],
        widget=forms.RadioSelect,
        label="Under your name?",
        initial=ANONYMOUS,
        error_messages={"required": "Please choose whether your name is shown."},
    )

    @property
    def is_anonymous(self) -> bool:
        return self.cleaned_data.get("identity") != self.NAMED


class AskIdentityForm(IdentityForm):
    """Who asks has a third choice. The form brings its code, so that sending it twice shows the same one."""

    NO_LINK = "no-link"

    code = forms.CharField(
        required=False, widget=forms.HiddenInput(attrs={"autocomplete": "off"}), initial=return_code.new
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        choices = self.fields["identity"].choices
        self.fields["identity"].choices = [*choices, (self.NO_LINK, "Anonymously, and leave no link")]

    @property
    def leaves_no_link(self) -> bool:
        return self.cleaned_data["identity"] == self.NO_LINK

    def renew(self) -> None:
        """Another code for the next try, when nothing was written under this one."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["code"] = return_code.new()
        self.data = data

    def clean(self) -> dict:
        data = super().clean() or {}
        data["code"] = return_code.read(data.get("code", ""))
        if not data["code"]:
            self.renew()
            if data.get("identity") == self.NO_LINK:
                self.add_error("identity", "This form was damaged. It is whole again: please send it.")
        return data


class ReturnForm(forms.Form):
    """The code of a thread without a link, as typed from paper."""

    NO_THREAD = (
        "No thread opens with this code. A code has 26 letters and digits: please compare them one by one. "
        "A thread that was withdrawn has no code any more."
    )

    code = Line(
        label="Your code",
        max_length=200,
        help_text="Capitals, spaces and hyphens don’t matter.",
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        error_messages={"required": "Please type the code.", "max_length": NO_THREAD},
    )

    def clean_code(self) -> str:
        code = return_code.read(self.cleaned_data["code"])
        if not code:
            raise forms.ValidationError(self.NO_THREAD)
        return code


class ReplyWords(WordsForm):
    body = Words(min_length=20, max_length=BODY_MAX, label="Your text", widget=text_area(8))

    def wording(self) -> Wording:
        return Wording(self.cleaned_data["body"])


class ReplyForm(ReplyWords, OnceForm):
    def text(self) -> Text:
        data = self.so_far()
        return Text(id=data.pop("id"), body=data.pop("body"), extra=data)


class ConsultWords(ReplyWords):
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


class ConsultForm(ConsultWords, ReplyForm):
    pass


class UpdateForm(ReplyForm):
    outcomes = forms.MultipleChoiceField(
        choices=Outcome,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="What came of it",
    )


class AnswerForm(forms.Form):
    """What an author says to changes that a moderator proposes."""

    version = forms.IntegerField(widget=forms.HiddenInput)  # of the proposal that they read
    words = Words(
        max_length=1000,
        required=False,
        label="Why not",
        help_text="For the moderators. Please leave out who you are.",
        widget=text_area(3),
    )


class FlagForm(forms.Form):
    """What a member reports. Two choices are one reason, kept alike: only the first hides at once."""

    HIDE_NOW, LOOK = "identifies", "could-identify"

    what = forms.ChoiceField(
        choices=[
            (HIDE_NOW, "Somebody can be recognised by it. Hide it now"),
            (LOOK, "It tells more of somebody than it needs to. A moderator should look soon"),
            (Reason.UNSAFE, "Following it could harm somebody"),
            (Reason.UNKIND, "It is unkind, or makes little of somebody"),
            (Reason.SPAM, "It advertises something"),
            (Reason.OUTDATED, "It is outdated: a law, a code or a link has changed"),
            (Reason.OTHER, "Something else"),
        ],
        widget=forms.RadioSelect,
        label="What is wrong with it?",
        error_messages={"required": "Please choose what is wrong with it."},
    )
    words = Words(
        max_length=WORDS_MAX,
        required=False,
        label="In your own words",
        help_text="Moderators read this. Please leave out who you are, and don’t repeat a name.",
        widget=text_area(3),
    )

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("what") == Reason.OTHER and not data.get("words") and "words" not in self.errors:
            self.add_error("words", "Please write what is wrong with it: a moderator has only this to go by.")
        return data

    @property
    def flag(self) -> dict[str, Any]:
        """The checked values, as the deed takes them."""
        what = self.cleaned_data["what"]
        return {
            "reason": Reason.IDENTIFIES if what == self.LOOK else Reason(what),
            "at_once": what == self.HIDE_NOW,
            "words": self.cleaned_data["words"],
        }
