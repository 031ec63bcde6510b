"""What a moderator writes with a decision."""

from django import forms


class DecisionForm(forms.Form):
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


class NoteForm(DecisionForm):
    """Returning or declining: the author reads these words."""

    note = forms.CharField(
        min_length=10,
        max_length=2000,
        label="Note to the author",
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": "Please write what the author should know.",
            "min_length": "Please write at least a sentence: the author has only this to go by.",
        },
    )
