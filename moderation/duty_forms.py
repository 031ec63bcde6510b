"""What a moderator says of their own duty: whether and how much they take on, and when they are away."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from accounts.models import Account
from accounts.models.account import today
from forum.models import Facet, Tag
from moderation.forms import Named
from moderation.models import Duty

AT_MOST = timedelta(days=366)


class DutyForm(forms.ModelForm):
    class Meta:
        model = Duty
        fields = ["on_duty", "at_most", "topics"]
        labels = {
            "on_duty": "I am on duty",
            "at_most": "At most so many texts at a time",
            "topics": "Topics you know well",
        }
        help_texts = {
            "on_duty": "Off duty, nothing is suggested to you; you may take texts all the same.",
            "at_most": "Of those that wait and are suggested to you, from 1 to 50.",
            "topics": "They count after your disciplines and jurisdictions, which are in your profile.",
        }
        error_messages = {
            "at_most": dict.fromkeys(
                ("required", "invalid", "min_value", "max_value"), "Please give a number from 1 to 50."
            )
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        topics: Any = self.fields["topics"]
        topics.queryset = Tag.objects.of(Facet.TOPIC).without_long_texts().order_by("name")


class Day(forms.DateField):
    def __init__(self, label: str, *, required: str, **kwargs: Any) -> None:
        messages = {"required": required, "invalid": "Please give the day as 2026-03-04."}
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(label=label, widget=widget, error_messages=messages, **kwargs)


class AbsenceForm(forms.Form):
    """The days are those of UTC."""

    first = Day("First day", required="Please give the first day.")
    last = Day("Last day", required="Please give the last day.", help_text="You are back the day after.")
    cover = Named(
        Account.objects.none(),
        required=False,
        label="Who stands in",
        help_text="What would be suggested to you is then suggested to them, on top of their own.",
        empty_label="Nobody in particular",
        error_messages={
            "invalid_choice": "They are not a moderator who could stand in. Please choose another.",
        },
    )
    pass_on = forms.BooleanField(
        required=False,
        label="If it begins today, pass on what I am reading as well",
        help_text="To who stands in, or back into the queue. What is suggested to you goes on in any case.",
    )

    def __init__(self, *args: Any, by: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        colleagues = Account.objects.moderators().exclude(pk=by.pk)
        cover: Any = self.fields["cover"]
        cover.queryset = colleagues.in_order()

    def clean_first(self) -> date:
        first, day = self.cleaned_data["first"], today(timezone.now())
        if first < day:
            raise forms.ValidationError(f"This day is over. Today is {day.day} {day:%B %Y}, by UTC.")
        return first

    def clean(self) -> None:
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        if first and last and last < first:
            self.add_error("last", "The last day is before the first. Please look at both again.")
        elif first and last and last - first > AT_MOST:
            self.add_error("last", "Please give a year at most.")
