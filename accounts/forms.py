"""Forms about people: the name at sign-up, the professional profile."""

from typing import Any

from django import forms
from django.contrib.auth.hashers import check_password
from django.core.validators import RegexValidator

from accounts.actions.leave import FORMER_MEMBER
from accounts.limits import count_try, forget_tries
from accounts.models import Account
from accounts.models.employer import NAME_MAX, key_of
from accounts.npi import npi_is_valid


def clean_name(text: str) -> str:
    """One line that shows as it is: zero-width or direction characters could make it pass for another."""
    name = " ".join(text.split())
    if not name.isprintable():
        raise forms.ValidationError("Please leave out characters that can't be seen.")
    if name.casefold().startswith("anonymous"):
        raise forms.ValidationError("This is how anonymous authors are shown. Please choose another name.")
    if name.casefold() == FORMER_MEMBER.casefold():
        raise forms.ValidationError("This is how those are shown who left. Please choose another name.")
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

    MOST_EMPLOYERS = 10

    employers = forms.CharField(
        required=False,
        max_length=1500,
        label="Where you work",
        help_text="One employer to a line, for your eyes only. A moderator who names the same one is kept "
        "from deciding about what you write under your name and about your licence, and could conclude why: "
        "leave it out if that is too much. For what you write anonymously it does nothing.",
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["employers"].initial = "\n".join(
            self.instance.employers.order_by("pk").values_list("name", flat=True)
        )
        self.fields["jurisdictions"].queryset = self.fields["jurisdictions"].queryset.in_order()

    def clean_display_name(self) -> str:
        return clean_name(self.cleaned_data["display_name"])

    def clean_credential(self) -> str:
        return clean_name(self.cleaned_data["credential"])

    def clean_employers(self) -> list[str]:
        lines = [" ".join(line.split()) for line in self.cleaned_data["employers"].splitlines()]
        names = [line for line in lines if line]
        if len(names) > self.MOST_EMPLOYERS:
            raise forms.ValidationError(f"Please name at most {self.MOST_EMPLOYERS}.")
        for name in names:
            if len(name) > NAME_MAX:
                raise forms.ValidationError(f"Please keep each line under {NAME_MAX} letters.")
            if not name.isprintable() or not key_of(name):
                raise forms.ValidationError("Please write each employer in letters or figures.")
        return names


class PasswordForm(forms.Form):
    """The password once more, for what a stranger at an open screen must not do.

    TooMany when it was tried too often, on whichever page, before anything is compared.
    """

    password = forms.CharField(
        strip=False,
        max_length=4096,
        label="Your password",
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, account: Account, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.account = account

    def full_clean(self) -> None:
        if self.is_bound:
            count_try(self.account)
        super().full_clean()
        if self.is_bound and not self.errors:
            forget_tries(self.account)

    def clean_password(self) -> None:
        """Compares only: the account's own method may write a newer hash."""
        if not check_password(self.cleaned_data["password"], self.account.password):
            raise forms.ValidationError("This is not the password of your account.")


class LeaveForm(PasswordForm):
    FORMER, KEPT = "former", "kept"

    sure = forms.BooleanField(
        label="Yes, delete my account",
        help_text="Nobody can bring it back.",
        error_messages={"required": "Please tick this if you are sure."},
    )

    def __init__(self, account: Account, *args, **kwargs):
        super().__init__(account, *args, **kwargs)
        names = [
            (self.FORMER, f"“{FORMER_MEMBER}”"),
            (self.KEPT, f"My display name, “{account.display_name}”"),
        ]
        self.fields["name"] = forms.ChoiceField(
            choices=names, widget=forms.RadioSelect, initial=self.FORMER, label="Shown with what stays"
        )
        self.order_fields(["name", "password", "sure"])

    @property
    def keeps_name(self) -> bool:
        return self.cleaned_data["name"] == self.KEPT


class TagChoice(forms.ModelChoiceField):
    def label_from_instance(self, tag: Any) -> str:
        return tag.name


# A licence's number would be kept with what it is typed into, and is promised to be kept nowhere.
NO_NUMBER = RegexValidator(r"\d{3}", "Please leave the number out: it is not to be kept.", inverse_match=True)
NO_LONG_NUMBER = RegexValidator(r"\d{5}", NO_NUMBER.message, inverse_match=True)  # a name may hold a year


class VerificationForm(forms.Form):
    """What a moderator needs to look a licence up. The NPI is looked at here and goes no further."""

    discipline = TagChoice(
        queryset=None,
        label="Discipline",
        help_text="One that your profile names. What is found now takes the place of what was.",
        empty_label="Choose a discipline",
        error_messages={"required": "Please choose a discipline."},
    )
    jurisdiction = TagChoice(
        queryset=None,
        label="Where you are licensed",
        empty_label="Choose a place",
        error_messages={"required": "Please choose where you are licensed."},
    )
    board = forms.CharField(
        max_length=120,
        label="Board or register",
        help_text="The one that lists you, by its name.",
        validators=[NO_LONG_NUMBER],
        error_messages={"required": "Please name the board or register that lists you."},
    )
    licence_type = forms.CharField(
        max_length=60,
        label="Kind of licence",
        help_text="Such as LPC or registered social worker. Never its number.",
        validators=[NO_NUMBER],
    )
    npi = forms.CharField(
        max_length=40,
        required=False,
        label="NPI",
        help_text="In the United States, if you have one. It is looked at for slips, and not kept.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )

    def __init__(self, account: Account, *args, **kwargs):
        super().__init__(*args, **kwargs)
        places = account.jurisdictions.model.objects.filter(facet="jurisdiction").in_order()
        self.fields["discipline"].queryset = account.disciplines.order_by("name")  # type: ignore[attr-defined]
        self.fields["jurisdiction"].queryset = places  # type: ignore[attr-defined]

    def clean_npi(self) -> None:
        npi = self.cleaned_data["npi"]
        if npi and not npi_is_valid(npi):
            raise forms.ValidationError(
                "This is no NPI: one has ten digits, and the last fits the others. Please look for a slip."
            )

    def what(self) -> dict[str, Any]:
        """All but the number."""
        return {name: value for name, value in self.cleaned_data.items() if name != "npi"}
