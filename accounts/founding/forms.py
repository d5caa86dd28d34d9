"""What the first page asks for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.founding import tokens
from accounts.founding.organisation import WRONG_TOKEN, FirstDepartment, Founding
from accounts.members.forms import NewAccountForm
from accounts.models import Organisation, User
from groundwork.languages import active_language

# Word on the form and, in the language of the organisation, name of the department; whether it runs the IT.
PROPOSED = {
    "procurement": (_("Procurement"), False),
    "it": (_("IT operations"), True),
    "users": (_("Users of the systems"), False),
}


class FoundingForm(NewAccountForm):
    token = forms.CharField(
        label=_("First token"),
        max_length=200,
        help_text=_("Written where this installation was started, and in its log: the long word after “First token”."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}),
    )
    organisation = forms.CharField(
        label=_("Name of the organisation"),
        max_length=Organisation._meta.get_field("name").max_length,
        help_text=_("As vendors and colleagues know it: it stands on every page and document."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    language = forms.ChoiceField(
        label=_("Language of the organisation"),
        choices=settings.LANGUAGES,
        help_text=_("What invitations are written in, unless you choose another language there."),
    )
    departments = forms.MultipleChoiceField(
        label=_("First departments"),
        choices=[(key, word) for key, (word, _is_it) in PROPOSED.items()],
        required=False,
        help_text=_(
            "They tell whose voice is heard. Their names are made in the language of the organisation. You can rename "
            "them, and add others, at any time. Nothing is made without its tick."
        ),
        widget=forms.CheckboxSelectMultiple,
    )
    own_department = forms.ChoiceField(
        label=_("Your own department"),
        choices=[("", _("None of these")), *((key, word) for key, (word, _is_it) in PROPOSED.items())],
        required=False,
        help_text=_("One of those that you ticked: when you are asked to rate, you speak for it."),
    )
    email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=User._meta.get_field("email").max_length,
        help_text=_("You sign in with it."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    field_order = (
        "token",
        "organisation",
        "language",
        "departments",
        "own_department",
        "name",
        "email",
        "password",
        "repeated",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"language": active_language(), "departments": list(PROPOSED)}
        super().__init__(*args, email="", **kwargs)

    def clean(self) -> dict[str, Any]:
        self.address = self.cleaned_data.get("email", "")  # a password that resembles it is refused
        cleaned = super().clean()
        own = cleaned.get("own_department")
        if own and own not in cleaned.get("departments", ()):
            self.add_error("own_department", _("Tick this department above, or choose another one here."))
        return cleaned

    def clean_token(self) -> str:
        """Told with what else is wrong; `found` asks again, for of two at once one comes too late."""
        token: str = self.cleaned_data["token"]
        if not tokens.fits(token):
            raise forms.ValidationError(WRONG_TOKEN)
        return token

    def asked(self) -> Founding:
        """Of a form that is valid."""
        given = self.cleaned_data
        with translation.override(given["language"]):
            departments = tuple(
                FirstDepartment(
                    name=str(PROPOSED[key][0]), is_it=PROPOSED[key][1], is_own=key == given["own_department"]
                )
                for key in given["departments"]
            )
        return Founding(
            organisation=given["organisation"],
            language=given["language"],
            name=given["name"],
            email=given["email"],
            password=given["password"],
            own_language=active_language(),
            departments=departments,
        )
