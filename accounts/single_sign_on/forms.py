"""Forms of the organisation's sign-in: a provider of either protocol, mail domains, and the address at the entrance."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import INSIDE_ROLES, IdentityProvider, Role, SignInProtocol
from accounts.single_sign_on import certificates, reaching
from groundwork.fields import LinesField
from groundwork.refusals import Refusal
from groundwork.responses import or_beside

GROUPS = "groups_"
MOST_GROUPS, LONGEST_GROUP = 200, 255
EXCLUSIVE = _("This group stands at two roles: each gives one.")


class AddressForm(forms.Form):
    email = forms.EmailField(
        label=_("Your work address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )


class DomainForm(forms.Form):
    domain = forms.CharField(
        label=_("Mail domain"),
        max_length=253,
        help_text=_("What stands behind the @ of your work addresses, such as example.org."),
    )


class ProviderForm(forms.ModelForm[IdentityProvider]):
    """Its name, whom it lets in and as what; the two protocols add where it is."""

    needed: ClassVar[tuple[str, ...]] = ()

    class Meta:
        model = IdentityProvider
        fields: ClassVar[list[str]] = [
            "name",
            "email_claim",
            "name_claim",
            "groups_claim",
            "role_without_group",
            "adds_members",
        ]
        help_texts: ClassVar[dict[str, Any]] = {
            "name": _("What people know it by, such as “Work account”."),
            "email_claim": _("“Try it” shows what your provider sends."),
            "groups_claim": _("Empty: roles are given here by hand."),
            "role_without_group": _("For whoever has none of the groups below. Empty: they are not let in."),
            "adds_members": _("Without the tick, only members and those who are invited are let in."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.needed:
            self.fields[name].required = True
        for role in reversed(INSIDE_ROLES):
            kept = sorted(group for group, gives in self.instance.roles.items() if gives == role)
            self.fields[GROUPS + role] = LinesField(
                label=_("Groups that give the role “%(role)s”") % {"role": role.label},
                required=False,
                max_length=20_000,
                initial="\n".join(kept),
                widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
                help_text=_("One a line, as the provider sends them. Of several roles the highest counts."),
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        roles: dict[str, str] = {}
        for role in INSIDE_ROLES:
            for group in self._groups(role):
                if roles.setdefault(group, role.value) != role.value:
                    self.add_error(GROUPS + role, str(EXCLUSIVE))
        cleaned["roles"] = roles
        return cleaned

    def _groups(self, role: Role) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data.get(GROUPS + role, "").splitlines()]
        found = [line for line in lines if line]
        if len(found) > MOST_GROUPS or any(len(line) > LONGEST_GROUP for line in found):
            self.add_error(GROUPS + role, str(_("At most 200 groups, of 255 characters each.")))
        return found

    def values(self) -> dict[str, Any]:
        """What `setting_up.save` takes."""
        names = [name for name in self.Meta.fields if name in self.cleaned_data]
        return {name: self.cleaned_data[name] for name in [*names, "roles"]}


class OpenIdForm(ProviderForm):
    needed = ("issuer", "client_id")
    issuer = forms.URLField(
        label=_("Issuer"),
        max_length=500,
        assume_scheme="https",
        help_text=_("As the provider writes it: what stands before /.well-known/openid-configuration."),
    )
    secret = forms.CharField(
        label=_("Client secret"),
        required=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Kept encrypted, and never shown again. Empty: the kept one stays, while issuer and client ID do."),
    )

    class Meta(ProviderForm.Meta):
        fields: ClassVar[list[str]] = ["name", "issuer", "client_id", *ProviderForm.Meta.fields[1:]]

    field_order = ("name", "issuer", "client_id", "secret")

    def clean_issuer(self) -> str:
        issuer = str(self.cleaned_data["issuer"]).strip().removesuffix("/.well-known/openid-configuration")
        if not reaching.is_usable(issuer) or "?" in issuer or "#" in issuer:
            raise forms.ValidationError(_("An issuer is an address with https://, without ? and #."))
        return issuer

    def values(self) -> dict[str, Any]:
        return {**super().values(), "protocol": SignInProtocol.OIDC, "entity_id": "", "sso_url": ""}


class SamlForm(ProviderForm):
    metadata = LinesField(
        label=_("Metadata of the provider"),
        required=False,
        max_length=certificates.LARGEST,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=_("Paste its XML, and the four fields below are read from it."),
    )
    metadata_file = forms.FileField(label=_("Or its metadata as a file"), required=False)
    sso_url = forms.URLField(label=_("Address of the sign-in"), required=False, max_length=500, assume_scheme="https")
    slo_url = forms.URLField(
        label=_("Address of the sign-out"),
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text=_("Empty: signing out here leaves the provider’s own session open."),
    )

    class Meta(ProviderForm.Meta):
        fields: ClassVar[list[str]] = [
            "name",
            "entity_id",
            "sso_url",
            "slo_url",
            "certificates",
            *ProviderForm.Meta.fields[1:],
        ]
        help_texts: ClassVar[dict[str, Any]] = {
            **ProviderForm.Meta.help_texts,
            "certificates": _("While the provider changes its key, the old one and the new one below each other."),
        }

    field_order = ("name", "metadata", "metadata_file", "entity_id", "sso_url", "slo_url", "certificates")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["certificates"].widget = forms.Textarea(attrs={"rows": 4, "spellcheck": "false"})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self._read_metadata(cleaned)
        for name in ("entity_id", "sso_url", "certificates"):
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, str(_("Needed: fill it in, or paste the metadata.")))
        for name in ("sso_url", "slo_url"):
            if cleaned.get(name) and not reaching.is_usable(cleaned[name]):
                self.add_error(name, str(_("The address begins with https://.")))
        with or_beside(self, "certificates"):
            cleaned["certificates"] = certificates.cleaned(cleaned.get("certificates") or "")
        return cleaned

    def _read_metadata(self, cleaned: dict[str, Any]) -> None:
        uploaded, text = cleaned.get("metadata_file"), cleaned.get("metadata") or ""
        if uploaded:
            text = uploaded.read(certificates.LARGEST + 1).decode("utf-8", errors="replace")
        if not text:
            return
        try:
            found = certificates.described(text)
        except Refusal as refused:
            self.add_error("metadata_file" if uploaded else "metadata", str(refused))
            return
        for name in ("entity_id", "sso_url", "slo_url", "certificates"):
            cleaned[name] = getattr(found, name)
            self.errors.pop(name, None)

    def values(self) -> dict[str, Any]:
        return {**super().values(), "protocol": SignInProtocol.SAML, "issuer": "", "client_id": ""}


OF_PROTOCOL: dict[str, type[OpenIdForm] | type[SamlForm]] = {
    SignInProtocol.OIDC: OpenIdForm,
    SignInProtocol.SAML: SamlForm,
}
