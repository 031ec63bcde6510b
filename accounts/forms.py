"""Forms about people: the name at sign-up, the professional profile."""

from django import forms

from accounts.models import Account


def clean_name(text: str) -> str:
    """One line that shows as it is: zero-width or direction characters could make it pass for another."""
    name = " ".join(text.split())
    if not name.isprintable():
        raise forms.ValidationError("Please leave out characters that can't be seen.")
    if name.casefold().startswith("anonymous"):
        raise forms.ValidationError("This is how anonymous authors are shown. Please choose another name.")
    return name


class SignupForm(forms.Form):
    """What sign-up asks besides address and password; allauth calls `signup`."""

    display_name = forms.CharField(
        max_length=60,
        min_length=2,
        label="Display name",
        help_text="Shown on what you write under your name. It need not be your full name.",
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )
    field_order = ["email", "display_name", "password1"]

    def clean_display_name(self) -> str:
        return clean_name(self.cleaned_data["display_name"])

    def signup(self, request, user: Account) -> None:
        user.display_name = self.cleaned_data["display_name"]
        user.save(update_fields=["display_name"])


class ProfileForm(forms.ModelForm):
    class Meta:
        model = Account
        fields = ["display_name", "credential", "disciplines", "jurisdictions"]
        help_texts = {
            "display_name": "Shown on what you write under your name.",
            "credential": "As you sign it, for example LPC or LCSW. Shown in the standing of your replies.",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["jurisdictions"].queryset = self.fields["jurisdictions"].queryset.in_order()

    def clean_display_name(self) -> str:
        return clean_name(self.cleaned_data["display_name"])

    def clean_credential(self) -> str:
        return clean_name(self.cleaned_data["credential"])
