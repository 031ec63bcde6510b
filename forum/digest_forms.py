"""Choosing a digest."""

from django import forms

from forum.mails_form import MailsForm
from forum.models import Digest
from forum.models.digest import CHOSEN, About, Every, Shows


class DigestForm(MailsForm):
    mails = "every"
    every = forms.ChoiceField(choices=Every, widget=forms.RadioSelect, label="How often")
    about = forms.ChoiceField(choices=About, widget=forms.RadioSelect, label="What about")
    shows = forms.ChoiceField(
        choices=Shows,
        widget=forms.RadioSelect,
        label="How much it says",
        help_text="Others may read your mail: an employer, whoever shares a screen. Counts name no thread.",
    )

    class Meta:
        model = Digest
        fields = CHOSEN
        labels = {"weekday": "Day of the week", "at_hour": "Hour"}
        help_texts = {"weekday": "For the one that comes once a week.", "at_hour": "By your own clock."}
