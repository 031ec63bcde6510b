"""The form that asks for a period."""

from datetime import date
from typing import Any

from django import forms

from moderation.insight.period import LONGEST, MONTH, WEEK, Period


class PeriodForm(forms.Form):
    first = forms.DateField(
        required=False,
        label="From",
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Please write a day, like 2026-03-31."},
    )
    last = forms.DateField(
        required=False,
        label="To",
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Please write a day, like 2026-03-31."},
    )
    by = forms.ChoiceField(
        required=False,
        label="In steps of",
        choices=[(WEEK, "Weeks"), (MONTH, "Months")],
        error_messages={"invalid_choice": "Please choose weeks or months."},
    )

    def __init__(self, data: Any, *, today: date) -> None:
        """What the address leaves out is as usual."""
        self.today = today
        usual = Period.usual(today)
        given = {name: data.get(name) for name in self.base_fields}
        since = usual.first.isoformat() if not given["last"] else ""
        super().__init__(
            {
                "first": given["first"] or since,
                "last": given["last"] or today.isoformat(),
                "by": given["by"] or WEEK,
            }
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("first"), data.get("last")
        for name, day in (("first", first), ("last", last)):
            if day and day > self.today:
                self.add_error(name, "This day has not come yet.")
        if first and last and first > last:
            self.add_error("last", "The last day is before the first.")
        elif first and last and last - first > LONGEST:
            self.add_error("first", "Please choose at most two years.")
        elif last and not first and "first" not in self.errors:
            self.add_error("first", "Please say from which day on.")
        return data

    @property
    def period(self) -> Period:
        """Of a valid form."""
        data = self.cleaned_data
        return Period(data["first"], data["last"], data["by"])
