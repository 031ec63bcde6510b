"""Choosing of what to hear by which channel, and when not."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django import forms

from accounts.models import Account
from forum.actions.notice_settings import CHOSEN
from forum.mails_form import MailsForm
from forum.models import NoticeSettings
from forum.models.notice_settings import MAY_STAY_OUT, Concern

HOURS = [(hour, f"{hour:02}:00") for hour in range(24)]
CHANNELS = ("inbox", "live", "mail")
BEYOND = {"live": "appear on the page", "mail": "come by mail"}  # of what is in the inbox


class Cell(NamedTuple):
    """One box of the table."""

    channel: forms.BoundField
    is_chosen: bool
    is_always: bool = False
    is_refused: bool = False


class NoticeSettingsForm(MailsForm):
    mails = "mail"
    inbox = forms.MultipleChoiceField(choices=Concern, required=False, label="Inbox")
    live = forms.MultipleChoiceField(choices=Concern, required=False, label="On the page")
    mail = forms.MultipleChoiceField(choices=Concern, required=False, label="Mail")
    quiet_from = forms.TypedChoiceField(choices=HOURS, coerce=int, label="From")
    quiet_to = forms.TypedChoiceField(choices=HOURS, coerce=int, label="Until")
    discreet = forms.BooleanField(
        required=False,
        label="Be discreet on the page",
        help_text="Messages that appear while you look at a page then say only that something is new. "
        "Somebody may be looking over your shoulder.",
    )

    class Meta:
        model = NoticeSettings
        fields = CHOSEN

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._refused: dict[str, list[Concern]] = {}
        self.concerns = [each for each in Concern if each != Concern.DESK or account.acts_as_moderator]

    @property
    def channels(self) -> list[forms.BoundField]:
        return [self[channel] for channel in CHANNELS]

    @property
    def matrix(self) -> Iterator[tuple[Concern, list[Cell]]]:
        """What there is to hear of, with the box of each channel."""
        for concern in self.concerns:
            cells = [
                Cell(
                    channel,
                    concern in (channel.value() or ()),
                    is_refused=concern in self._refused.get(channel.name, ()),
                )
                for channel in self.channels
            ]
            if concern not in MAY_STAY_OUT:
                cells[0] = cells[0]._replace(is_always=True)
            yield concern, cells

    def clean(self) -> dict[str, Any]:
        super().clean()
        for channel in self.cleaned_data.keys() & set(CHANNELS):
            self.cleaned_data[channel] = self._with_what_was_not_asked(channel)
        inbox = self.cleaned_data.get("inbox", ())
        for channel, how in BEYOND.items():
            told = self.cleaned_data.get(channel, ())
            self._refused[channel] = [each for each in Concern if each in told and each not in inbox]
            for concern in self._refused[channel]:
                self.add_error(channel, f"“{concern.label}” can only {how} if it is in your inbox too.")
        return self.cleaned_data

    def _with_what_was_not_asked(self, channel: str) -> list[str]:
        """What is not asked is kept as it was: a moderator's desk, and of what the inbox always tells."""
        kept = [
            each for each in Concern if each not in self.concerns and each in getattr(self.instance, channel)
        ]
        if channel == "inbox":
            kept += [each for each in self.concerns if each not in MAY_STAY_OUT]
        return [each for each in Concern.values if each in {*self.cleaned_data[channel], *kept}]
