"""Who: users, organisations, departments, memberships."""

from __future__ import annotations

from typing import Any, ClassVar, Self, cast

from django.conf import settings
from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from groundwork.public_ids import PublicRow

SERVICES = "services.invalid"  # where a service has its address: no mail reaches it, ever (RFC 2606)


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A user who signs in by e-mail; addresses are kept in lower case."""
        if not email:
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractUser):
    username = None  # type: ignore[assignment]
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE)
    # What tells who it was is gone since then; the row stays, as the pseudonym that scores and trail still name.
    erased_at = models.DateTimeField(_("erased on"), null=True, blank=True, editable=False)
    session_round = models.PositiveIntegerField(default=0, editable=False)  # raised: their sessions end, wherever
    # Of a service that works through the API: the person who made it, and for whom it reads. None: a person.
    made_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="services"
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()  # type: ignore[assignment,misc]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self) -> str:
        if self.erased_at:
            return _("Former member %(mark)s") % {"mark": self.email[:4]}
        return self.name or self.email

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session must still fit, the key that signs it made anew or not: Django's own, and their round."""
        own: str = super()._get_session_auth_hash(secret)  # type: ignore[misc]
        return f"{own}{self.session_round}" if self.session_round else own

    @property
    def is_service(self) -> bool:
        return self.made_by_id is not None

    @property
    def judge(self) -> User:
        """Whose judgement is kept free of what this user reads: of a service, that of the person who made it."""
        return self.made_by or self

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)


REPEAT_DAYS = (30, 60, 90, 180)


class Organisation(models.Model):
    """The customer: a tenant, which sees only its own data."""

    name = models.CharField(_("name"), max_length=160)
    slug = models.SlugField(_("short name"), unique=True)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE)
    allow_self_approval = models.BooleanField(_("members may approve what they submitted themselves"), default=False)
    # Only what happens from then on: whoever switches it on does not mean last year’s incidents.
    asks_supplementary = models.BooleanField(_("asks the supplementary questions"), default=True)
    asks_after_incidents_since = models.DateTimeField(
        _("asks after critical incidents since"), null=True, blank=True, editable=False
    )
    asks_for_proofs_since = models.DateTimeField(
        _("asks for proofs of cause since"), null=True, blank=True, editable=False
    )
    # Before that day a rehearsal that is not on record may have been held all the same.
    rehearsals_recorded_since = models.DateField(
        _("every rehearsal and review is on record since"), null=True, blank=True, editable=False
    )
    repeat_days = models.PositiveSmallIntegerField(
        _("days within which the same problem counts as back"),
        choices=[(days, days) for days in REPEAT_DAYS],
        default=90,
    )
    # From then on its figures enter the benchmark across the organisations of this installation; None: they do not.
    benchmarks_since = models.DateTimeField(_("shares in the benchmark since"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("made on"), auto_now_add=True)
    # When an administrator took the list of first steps off My work; whether each is done is seen from what there is.
    first_steps_put_away_at = models.DateTimeField(_("first steps put away on"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")

    def __str__(self) -> str:
        return self.name


class Department(PublicRow):
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="departments")
    name = models.CharField(_("name"), max_length=120)
    # Wherever a system is assessed, those who run it are to be heard.
    is_it = models.BooleanField(_("runs the IT"), default=False)

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint("organisation", Lower("name"), name="department_name_once_per_organisation")
        ]

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    ASSESSOR = "assessor", _("Assessor")
    APPROVER = "approver", _("Approver")
    READER = "reader", _("Reader")
    ADMIN = "admin", _("Administrator")
    RATER = "rater", _("Outside rater")  # was asked to rate: sees what that takes, and nothing else


# Those who read everything of the organisation, and may decide a level of approval.
INSIDE_ROLES = (Role.ASSESSOR, Role.APPROVER, Role.READER, Role.ADMIN)


class OrganisationRows:
    """Part of a QuerySet of rows of one organisation. Its members read them all; an outside rater reads none, unless
    the kind of row says in `for_outsider` which are theirs: what nobody thought of stays closed."""

    of_organisation: ClassVar[str] = "organisation"  # the way from a row to its organisation

    def for_member(self, member: Membership) -> Self:
        rows = cast("models.QuerySet[Any]", self).filter(**{self.of_organisation: member.organisation_id})
        ours = cast("Self", rows)
        return ours.for_outsider(member) if member.is_outside else ours

    def for_outsider(self, member: Membership) -> Self:
        """Of rows of their organisation, those that an outside rater may read."""
        return cast("Self", cast("models.QuerySet[Any]", self).none())


class MembershipQuerySet(OrganisationRows, models.QuerySet["Membership"]):
    def people(self) -> MembershipQuerySet:
        """Without the services that work through the API."""
        return self.filter(is_service=False)

    def services(self) -> MembershipQuerySet:
        """Those that work through the API."""
        return self.filter(is_service=True)

    def active(self) -> MembershipQuerySet:
        return self.filter(is_active=True)

    def inside(self) -> MembershipQuerySet:
        """Without outside raters."""
        return self.filter(role__in=INSIDE_ROLES)

    def for_outsider(self, member: Membership) -> Self:
        """Themselves: who else is a member is not theirs to know."""
        return self.filter(pk=member.pk)


class People(models.Manager.from_queryset(MembershipQuerySet)):  # type: ignore[misc]
    """Whoever lists members, asks or writes to them means people: services are found by `Membership.everybody`."""

    def get_queryset(self) -> MembershipQuerySet:
        return MembershipQuerySet(self.model, using=self._db).people()


class Membership(PublicRow):
    """A user in an organisation, with one role there. `request.member` is one of these."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("user"))
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    department = models.ForeignKey(
        Department,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="memberships",
        verbose_name=_("department"),
    )
    role = models.CharField(_("role"), max_length=10, choices=Role)
    is_active = models.BooleanField(_("active"), default=True)
    joined_at = models.DateTimeField(auto_now_add=True)
    role_is_new = models.BooleanField(default=False, editable=False)  # its holder has not put away yet what it does
    is_service = models.BooleanField(default=False, editable=False)  # `user.is_service`, without a join
    # Where the organisation's own sign-in is forced: this one may come in by password or passkey all the same.
    is_break_glass = models.BooleanField(_("may sign in with a password in an emergency"), default=False)

    objects = People()
    everybody = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            models.UniqueConstraint(fields=["user", "organisation"], name="membership_once_per_organisation"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.organisation}"

    @property
    def is_outside(self) -> bool:
        """Asked to rate from outside: everything but that is closed to them."""
        return self.role == Role.RATER
