"""The fields that texts are typed into: what they take, whatever the form."""

from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator

from forum.digests.schedule import zones
from forum.models import Tag
from forum.text.markdown import LONGEST_SOURCE
from forum.text.normalise import clean_for_persona, clean_line, clean_text


def text_area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "spellcheck": "true", "autocomplete": "off"})


class Line(forms.CharField):
    """One line, measured without what nobody can see."""

    def to_python(self, value) -> str:
        return clean_line(super().to_python(value) or "")


def renders_as_a_personas(text: str) -> None:
    """A persona's dots and dashes are spelt out, which can make three signs of one."""
    if len(clean_for_persona(text)) > LONGEST_SOURCE:
        raise forms.ValidationError("Too much of this is dashes and dots. Please use fewer of them.")


class Words(forms.CharField):
    """A text of several lines, measured without what nobody can see."""

    default_validators = [renders_as_a_personas]

    def to_python(self, value) -> str:
        return clean_text(super().to_python(value) or "")

    def make_room(self, length: int) -> None:
        """Let it be as long as what stands there already, which the board itself may have made longer."""
        if self.max_length and length > self.max_length:
            self.max_length = length
            self.validators = [each for each in self.validators if not isinstance(each, MaxLengthValidator)]
            self.validators.append(MaxLengthValidator(length))


class TagChoice(forms.ModelMultipleChoiceField):
    """Tags of one facet, named by slug."""

    default_error_messages = {
        "invalid_choice": "“%(value)s” is not one of the tags. Please choose from the list.",
        "required": "Please choose at least one.",
    }

    def __init__(self, facet: str, **kwargs):
        super().__init__(Tag.objects.of(facet).in_order(), to_field_name="slug", **kwargs)


class ZoneField(forms.ChoiceField):
    """A time zone, by region and place."""

    SUGGESTED = {"data-zone": True}  # the browser then chooses its own

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            choices=_by_region, label="Your time zone", help_text="By region, then place.", **kwargs
        )

    @staticmethod
    def knows(zone: str) -> bool:
        return any(zone in names for names in zones().values())


def _by_region() -> list[tuple[str, list[tuple[str, str]]]]:
    """Read from the machine when the first form is shown, and not by every process that starts."""
    return [(region, [(name, name.replace("_", " ")) for name in names]) for region, names in zones().items()]
