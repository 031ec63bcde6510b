"""What a moderator writes who asks to learn whose an anonymous text is."""

import re
import uuid

from django import forms

from breakglass.models import Ground
from breakglass.models.request import REASON_MAX, REASON_MIN, WAITS_AT_MOST
from forum.fields import Words, text_area
from forum.models import Post

ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class AskForm(forms.Form):
    text = forms.CharField(
        label="The anonymous text",
        max_length=500,
        help_text="Its number, or the address of the thread with #post- and the number at its end.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    ground = forms.ChoiceField(label="Ground", choices=Ground, widget=forms.RadioSelect)
    reason = Words(
        label="Reason",
        min_length=REASON_MIN,
        max_length=REASON_MAX,
        help_text="What happened, why no milder way is left, and what will be done with the name. "
        "All moderators read it. Leave out whom you suspect, and what the text says: words that are removed "
        "from a thread, or withdrawn, stay here.",
        widget=text_area(7),
        error_messages={
            "min_length": f"Please give the reason in at least {REASON_MIN} characters: colleagues and, one "
            "day, others must be able to follow it."
        },
    )
    waits_days = forms.IntegerField(
        label="Tell the author only after so many days",
        min_value=0,
        max_value=WAITS_AT_MOST,
        required=False,
        help_text="Only where a court orders it; a third moderator has to agree. Otherwise leave this empty: "
        "the author is told at once.",
    )

    def __init__(self, *args, viewer, **kwargs):
        super().__init__(*args, **kwargs)
        self.viewer = viewer

    def clean_text(self) -> Post:
        """The anonymous post that is meant."""
        found = ID.findall(self.cleaned_data["text"])
        posts = Post.objects.visible_to(self.viewer).select_related("persona__thread")
        post = posts.filter(pk=uuid.UUID(found[-1]), persona__isnull=False).first() if found else None
        if post is None:
            raise forms.ValidationError("There is no anonymous text with this number.")
        return post

    def clean_waits_days(self) -> int:
        return self.cleaned_data["waits_days"] or 0

    def clean(self) -> dict:
        cleaned = super().clean() or {}
        if cleaned.get("waits_days") and cleaned.get("ground") not in (None, "", Ground.COURT):
            self.add_error("waits_days", "Only a court's order can keep the author from being told at once.")
        return cleaned
