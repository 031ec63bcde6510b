"""Choosing mails that a link in each of them ends, and by whose clock they come."""

from typing import Any

from django import forms

from forum.fields import ZoneField
from forum.models.digest import Every


class MailsForm(forms.ModelForm):
    """What a page from before that still shows as chosen is not begun again by saving something else.

    Who chose no time zone, or one that is no more, is offered what they chose elsewhere, or their browser's.
    """

    zone = ZoneField()
    ended = forms.CharField(required=False)  # how they stood when the page was made
    mails = ""  # the field that chooses them

    def __init__(self, *args: Any, zone_elsewhere: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ended_now = self.instance.ended
        chosen = [zone for zone in (self.instance.zone, zone_elsewhere) if ZoneField.knows(zone)]
        self.initial["zone"] = chosen[0] if chosen else "UTC"
        if not chosen and not self.is_bound:
            self.fields["zone"].widget.attrs |= ZoneField.SUGGESTED

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        wanted = cleaned.get(self.mails) not in ([], Every.OFF)
        if wanted and self.ended_now and cleaned.get("ended") != self.ended_now:
            self.add_error(
                self.mails, "They were ended meanwhile. Do you want them again? Then save once more."
            )
        return cleaned
