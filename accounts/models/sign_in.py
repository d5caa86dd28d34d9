"""The organisation's own sign-in, its mail domains, and the members that its directory keeps."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models.people import Membership, Organisation, OrganisationRows, Role, User
from groundwork.public_ids import PublicRow


class SignInProtocol(models.TextChoices):
    OIDC = "oidc", _("OpenID Connect")
    SAML = "saml", _("SAML 2.0")


class IdentityProviderQuerySet(OrganisationRows, models.QuerySet["IdentityProvider"]):
    def in_use(self) -> IdentityProviderQuerySet:
        return self.filter(is_active=True)


class IdentityProvider(PublicRow):
    """Where the members of an organisation sign in; its `uuid` stands in the addresses that the provider calls.

    `roles`: {"group as the provider names it": role}; the first of ADMIN, APPROVER, ASSESSOR, READER that a person’s
    groups give. `role_without_group` empty: who has no such group is not let in.
    """

    organisation = models.OneToOneField(Organisation, on_delete=models.CASCADE, related_name="identity_provider")
    protocol = models.CharField(_("protocol"), max_length=4, choices=SignInProtocol)
    name = models.CharField(_("name on the button"), max_length=80)
    is_active = models.BooleanField(_("in use"), default=False)
    # OpenID Connect
    issuer = models.URLField(_("issuer"), max_length=500, blank=True)
    client_id = models.CharField(_("client ID"), max_length=255, blank=True)
    client_secret = models.TextField(blank=True, editable=False)  # encrypted, as `accounts.kept_secrets` does
    # SAML
    entity_id = models.CharField(_("entity ID of the provider"), max_length=500, blank=True)
    sso_url = models.URLField(_("address of the sign-in"), max_length=500, blank=True)
    slo_url = models.URLField(_("address of the sign-out"), max_length=500, blank=True)
    certificates = models.TextField(_("certificates"), blank=True)  # PEM, one after the other: old and new in a change
    # Whom it lets in, and as what
    email_claim = models.CharField(_("claim with the address"), max_length=255, default="email")
    name_claim = models.CharField(_("claim with the name"), max_length=255, default="name")
    groups_claim = models.CharField(_("claim with the groups"), max_length=255, default="groups", blank=True)
    roles = models.JSONField(_("roles of groups"), default=dict)
    role_without_group = models.CharField(_("role without a group"), max_length=10, choices=Role, blank=True)
    adds_members = models.BooleanField(_("adds members at their first sign-in"), default=True)
    forced_since = models.DateTimeField(_("the only way in since"), null=True, blank=True, editable=False)
    # What came of “Try it”, and of the last sign-in that failed: {"at", "outcome", "claims", "says"}
    last_trial = models.JSONField(null=True, blank=True, editable=False)
    last_failure = models.JSONField(null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    made_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = IdentityProviderQuerySet.as_manager()

    class Meta:
        verbose_name = _("sign-in of the organisation")
        verbose_name_plural = _("sign-ins of organisations")
        constraints = [
            models.CheckConstraint(
                condition=Q(protocol__in=SignInProtocol.values), name="identity_provider_protocol_known"
            ),
            models.CheckConstraint(
                condition=Q(forced_since=None) | Q(is_active=True), name="identity_provider_forced_while_in_use"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SpentAssertion(models.Model):
    """What a provider said once and may not be said again while it would still count: the id of an assertion or the
    mark of a token, as its hash. Housekeeping forgets it when it has run out by itself."""

    provider = models.ForeignKey(IdentityProvider, on_delete=models.CASCADE, related_name="+")
    mark = models.CharField(max_length=64)
    until = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("spent assertion")
        verbose_name_plural = _("spent assertions")
        constraints = [models.UniqueConstraint(fields=["provider", "mark"], name="assertion_spent_once")]

    def __str__(self) -> str:
        return self.mark


class MailDomainQuerySet(OrganisationRows, models.QuerySet["MailDomain"]):
    def confirmed(self) -> MailDomainQuerySet:
        return self.exclude(confirmed_at=None)


class MailDomain(models.Model):
    """A domain whose addresses sign in with their organisation. Another organisation could claim it: it counts from
    when it was confirmed, by whoever runs the installation, or at once where there is one organisation only."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="mail_domains", verbose_name=_("organisation")
    )
    domain = models.CharField(_("mail domain"), max_length=253)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("added by"))
    added_at = models.DateTimeField(_("added on"), auto_now_add=True)
    confirmed_at = models.DateTimeField(_("confirmed on"), null=True, blank=True)

    objects = MailDomainQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail domain")
        verbose_name_plural = _("mail domains")
        ordering = ("domain",)
        constraints = [
            models.UniqueConstraint("organisation", Lower("domain"), name="mail_domain_once_per_organisation"),
            models.UniqueConstraint(
                Lower("domain"), condition=Q(confirmed_at__isnull=False), name="mail_domain_confirmed_for_one"
            ),
        ]

    def __str__(self) -> str:
        return self.domain


class ProvisionedPerson(PublicRow):
    """A person as the organisation’s directory keeps them (SCIM); `uuid` is their id there. `membership` is empty while
    they have no group that gives a role, and where the directory took them away."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="provisioned_people")
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    membership = models.OneToOneField(
        Membership, on_delete=models.SET_NULL, null=True, blank=True, related_name="provisioned"
    )
    user_name = models.CharField(max_length=254)
    external_id = models.CharField(max_length=255, blank=True)
    email = models.EmailField(blank=True)
    attributes = models.JSONField(default=dict)  # as the directory said them, of those that are kept here
    is_active = models.BooleanField(default=True)
    made_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("person of the directory")
        verbose_name_plural = _("people of the directory")
        constraints = [
            models.UniqueConstraint("organisation", Lower("user_name"), name="provisioned_person_once_per_name")
        ]

    def __str__(self) -> str:
        return self.user_name


class ProvisionedGroup(PublicRow):
    """A group of the organisation’s directory, and the role that an administrator gave it; empty: none."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="provisioned_groups")
    name = models.CharField(_("group"), max_length=255)
    external_id = models.CharField(max_length=255, blank=True)
    role = models.CharField(_("role"), max_length=10, choices=Role, blank=True)
    people = models.ManyToManyField(ProvisionedPerson, related_name="groups", blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("group of the directory")
        verbose_name_plural = _("groups of the directory")
        constraints = [models.UniqueConstraint("organisation", Lower("name"), name="provisioned_group_once_per_name")]

    def __str__(self) -> str:
        return self.name
