"""Forms of the profile, the organisation, its members and the invitations."""

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from accounts.choices.people import DEPARTMENTS
from accounts.members import roles
from accounts.models import Department, Invitation, Membership, Organisation, Role, User
from groundwork.choices import LONGEST, SearchedChoiceField
from groundwork.fields import field

SHARED = lazy(roles.shared_in_words, str)()


class ProfileForm(forms.ModelForm[User]):
    class Meta:
        model = User
        fields = ("name", "language")
        help_texts = {"language": _("For the pages, the mails to you, and the documents that you ask for.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True
        self.fields["name"].widget.attrs["autocomplete"] = "name"


class OrganisationForm(forms.ModelForm[Organisation]):
    ask_after_incidents = forms.BooleanField(
        label=_("Ask by itself how it went, after each mission-critical incident"),
        required=False,
        help_text=_(
            "A day after the incident was resolved and came in, up to three members of the department that depends on "
            "its service get the four questions of a pulse by mail: those whom you asked longest ago. It begins with "
            "what is resolved from now on. Where the service names no department, nobody is asked."
        ),
    )

    ask_for_proofs = forms.BooleanField(
        label=_("Ask by itself for the proof of cause, after each mission-critical incident"),
        required=False,
        help_text=_(
            "A day after the incident was over and came in, the vendor is asked for it: within the working days that "
            "your expectations say, else within ten. It begins with what is over from now on. Contacts of the vendor "
            "who have a link to its desk are told by mail."
        ),
    )

    class Meta:
        model = Organisation
        fields = ("name", "language", "allow_self_approval", "repeat_days", "asks_supplementary")
        labels = {
            "allow_self_approval": _("Members may approve what they submitted themselves"),
            "repeat_days": _("A problem has come back when it appears again within"),
            "asks_supplementary": _("Ask the supplementary questions of the question bank, too"),
        }
        help_texts = {
            "language": _("What invitations are written in, unless you choose another language there."),
            "allow_self_approval": _(
                "For small teams. Whoever may assess may then also approve, their own work included. Left off, "
                "a second pair of eyes stands behind every scorecard. The audit trail keeps who switched it, and when."
            ),
            "repeat_days": _(
                "Days after the incident before it with the same problem or cause. 90 days also catch a fault that "
                "comes on the first of each month."
            ),
            "asks_supplementary": _(
                "They stand beside the questions that count: tone, training, documentation and the like. Anybody may "
                "leave them open, and no score or verdict rests on them. Left off, new assessments ask only what "
                "counts; what has begun goes on asking what it asked."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["ask_after_incidents"] = self.instance.asks_after_incidents_since is not None
        self.initial["ask_for_proofs"] = self.instance.asks_for_proofs_since is not None


class MemberSearchForm(forms.Form):
    """Whom the list of members shows."""

    q = forms.CharField(label=_("Name or e-mail address"), max_length=LONGEST, required=False)

    @property
    def text(self) -> str:
        """Empty where nothing is searched for, or more than anybody types."""
        return str(self.cleaned_data.get("q", "")) if self.is_valid() else ""


class MemberForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=roles.choices, widget=forms.RadioSelect, help_text=SHARED)
    department = SearchedChoiceField(
        Department.objects.none(),
        source=DEPARTMENTS,
        label=_("Department"),
        required=False,
        empty_label=_("No department"),
    )
    is_active = forms.BooleanField(
        label=_("Active"),
        required=False,
        help_text=_("Without the tick, this member can no longer open anything of the organisation."),
    )

    def __init__(self, *args: Any, member: Membership, is_self: bool, **kwargs: Any) -> None:
        kwargs["initial"] = {"role": member.role, "department": member.department_id, "is_active": member.is_active}
        super().__init__(*args, **kwargs)
        field(self, "department", forms.ModelChoiceField).queryset = member.organisation.departments.all()
        if is_self:
            for name in ("role", "is_active"):
                self.fields[name].disabled = True
            self.fields["role"].help_text = _("Your own role is changed by another administrator.")


class InvitationForm(forms.ModelForm[Invitation]):
    role = forms.ChoiceField(label=_("Role"), choices=roles.choices, widget=forms.RadioSelect, help_text=SHARED)

    class Meta:
        model = Invitation
        fields = ("email", "role", "department", "language")
        field_classes = {"department": SearchedChoiceField}
        labels = {"department": _("Department")}
        help_texts = {"language": _("Of the mail, and of the pages that it leads to.")}

    def __init__(self, *args: Any, organisation: Organisation, role: str = "", **kwargs: Any) -> None:
        """`role`: the one that is chosen to begin with; of any other word a reader."""
        chosen = role if role in Role.values else Role.READER
        kwargs["initial"] = {"language": organisation.language, "role": chosen}
        super().__init__(*args, **kwargs)
        self.fields["email"].widget.attrs["autocomplete"] = "off"
        department = field(self, "department", SearchedChoiceField)
        department.source = DEPARTMENTS
        department.queryset = organisation.departments.all()
        department.empty_label = _("No department")


class DepartmentForm(forms.ModelForm[Department]):
    class Meta:
        model = Department
        fields = ("name", "is_it")
        labels = {"is_it": _("This department runs the IT")}
        help_texts = {"is_it": _("It has a say in every assessment, because a system is assessed.")}


class NewAccountForm(forms.Form):
    """What an invited person without an account gives: the address is the invitation's."""

    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 10 characters. A sentence that only you would say is better than a clever word."),
    )
    repeated = forms.CharField(
        label=_("Password once more"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address = email

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        password, repeated = cleaned.get("password"), cleaned.get("repeated")
        if password and repeated and password != repeated:
            self.add_error("repeated", _("The two passwords differ."))
        if password:
            try:
                password_validation.validate_password(password, User(email=self.address, name=cleaned.get("name", "")))
            except ValidationError as error:
                self.add_error("password", error)
        return cleaned
