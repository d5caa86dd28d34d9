"""Who: users, organisations, departments, memberships, mailed links, invitations, the audit trail and its seals."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Self, TypeVar, cast

from django.conf import settings
from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models import F
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts import vocabulary


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


class Department(models.Model):
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
    def active(self) -> MembershipQuerySet:
        return self.filter(is_active=True)

    def inside(self) -> MembershipQuerySet:
        """Without outside raters."""
        return self.filter(role__in=INSIDE_ROLES)

    def for_outsider(self, member: Membership) -> Self:
        """Themselves: who else is a member is not theirs to know."""
        return self.filter(pk=member.pk)


class Membership(models.Model):
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

    objects = MembershipQuerySet.as_manager()

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


def new_token() -> tuple[str, str]:
    """A fresh 256-bit token and the hash that alone is stored."""
    token = secrets.token_urlsafe(32)
    return token, hash_token(token)


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class FirstTokenQuerySet(models.QuerySet["FirstToken"]):
    def waiting(self) -> FirstTokenQuerySet:
        """Not used, and nobody has come in by another way."""
        somebody, something = models.Exists(User.objects.all()), models.Exists(Organisation.objects.all())
        return self.filter(~somebody, ~something, used_at=None)


class FirstToken(models.Model):
    """Opens the page on which an empty installation gets its first organisation. There is one row at most, and the
    token is kept as its hash; `accounts.founding.tokens` makes it."""

    THE_ONE = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=THE_ONE, editable=False)
    token_hash = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    objects = FirstTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("first token")
        verbose_name_plural = _("first tokens")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="first_token_once")]

    def __str__(self) -> str:
        return f"{self.made_at:%Y-%m-%d %H:%M}"


class LinkState(StrEnum):
    """Where a mailed link stands for whoever opens it."""

    OPEN = "open"
    USED = "used"
    EXPIRED = "expired"
    REVOKED = "revoked"
    REPLACED = "replaced"  # by one that was sent later
    UNKNOWN = "unknown"  # never made, or made anew since


AnyLink = TypeVar("AnyLink", bound="MailedLink")


class MailedLinkQuerySet(models.QuerySet[AnyLink]):
    def pending(self) -> Self:
        """Neither used nor withdrawn; the term may be over, and can be renewed."""
        unused = {self.model.USED_AT: None} if self.model.USED_AT else {}
        return self.filter(revoked_at=None, **unused)

    def open(self, now: datetime) -> Self:
        return self.pending().filter(expires_at__gt=now)


class MailedLink(models.Model):
    """A 256-bit token sent by mail, kept only as its hash; nobody guesses one, so nothing counts the attempts.

    `accounts.mailed_links` finds, renews, withdraws and sends them; each kind has its own rules and texts.
    """

    USED_AT: ClassVar[str] = ""  # the field of the moment that used it up, of a kind that works once
    WHO: ClassVar[str] = "link:"  # begins what the forms say that are made for its holder

    email = models.EmailField(_("e-mail address"), blank=True)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE)
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @classmethod
    def who_is(cls, pk: int) -> str:
        """Whom a form was made for that stood on a page of this link: a word that no other kind of link has."""
        return f"{cls.WHO}{pk}"

    @property
    def who(self) -> str:
        return self.who_is(self.pk)

    def state(self, now: datetime) -> LinkState:
        if self.USED_AT and getattr(self, self.USED_AT):
            return LinkState.USED
        if self.revoked_at:
            return LinkState.REVOKED
        return LinkState.OPEN if self.expires_at > now else LinkState.EXPIRED


class DeliveredLink(MailedLink):
    """One whose way to the mail server is noted."""

    sent_at = models.DateTimeField(null=True, blank=True)  # when the mail server last took it
    failed_at = models.DateTimeField(null=True, blank=True)  # when it last refused it
    opened_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class ContactLink(DeliveredLink):
    """One by which a contact of a vendor comes in, as often as they like: it is exchanged for a cookie, and `issue`
    ends every cookie of an earlier token. `name`: of the contact, kept should the contact go."""

    name = models.CharField(_("name"), max_length=120)
    issue = models.PositiveSmallIntegerField(default=1)
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField(_("last used"), null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def signature(self) -> str:
        """Who it is, in the trail and beside what was said."""
        return f"{self.name} <{self.email}>" if self.email else self.name


AS_ONE = timedelta(minutes=1)  # what one click writes


class InvitationQuerySet(OrganisationRows, MailedLinkQuerySet["Invitation"]):
    def readers_asked_to_rate(self) -> InvitationQuerySet:
        """Made by asking an address to rate, at a time when that made a reader of it, who reads everything.

        The questionnaire was written together with the invitation; one that an administrator had sent before is
        another. Named by strings: the layer above must not be imported here."""
        asked = {"responses__created_at__lt": F("invited_at") + AS_ONE, "responses__invited_by": F("invited_by")}
        return self.filter(role=Role.READER, **asked).distinct()


class Invitation(MailedLink):
    """A mailed link that makes its holder a member, once."""

    USED_AT = "accepted_at"

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail address"))  # never without one
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.READER)
    department = models.ForeignKey(Department, on_delete=models.SET_NULL, null=True, blank=True)
    invited_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    invited_at = models.DateTimeField(auto_now_add=True)
    accepted_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [models.CheckConstraint(condition=models.Q(role__in=Role.values), name="invitation_role_known")]

    def __str__(self) -> str:
        return self.email


class AuditEntryQuerySet(OrganisationRows, models.QuerySet["AuditEntry"]):
    def about(self, target: models.Model) -> AuditEntryQuerySet:
        return self.filter(object_type=target._meta.label_lower, object_id=str(target.pk))

    def of_verb(self, verb: str) -> AuditEntryQuerySet:
        """However it was spelled when they were written."""
        return self.filter(verb__in=vocabulary.spellings(verb))


class AuditEntry(models.Model):
    """Who changed what, when, before and after. The database refuses to change or delete one.

    Evidence, written once: `organisation`, `actor`, `actor_label`, `verb`, `object_type`, `object_id`, `object_label`,
    `subject_type`, `subject_id`, `before`, `after`, `at`. Signposts, by which entries are found and named in the
    reader's language: `vendor_ref`, `vendor_name`, `release_ref`, `rule_key`, `question_key`. They are keys, not words,
    and are written with the entry, too; of entries older than these columns, migrations filled them in, once.
    """

    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        related_name="audit_entries",
        verbose_name=_("organisation"),
    )
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("user"))
    actor_label = models.CharField(_("who"), max_length=600)  # a name and an address, whole
    verb = models.CharField(_("what"), max_length=60)
    object_type = models.CharField(_("kind of thing"), max_length=60)
    object_id = models.CharField(_("its number"), max_length=40)
    object_label = models.TextField(_("which"))  # as it was called then; `TrailSubject.told` puts codes into words
    subject_type = models.CharField(
        _("kind of the larger thing"), max_length=60, blank=True
    )  # the larger thing whose history this is part of
    subject_id = models.CharField(_("number of the larger thing"), max_length=40, blank=True)
    before = models.JSONField(_("before"), default=dict)
    after = models.JSONField(_("after"), default=dict)
    at = models.DateTimeField(_("when"), db_index=True)
    # No foreign keys: who is named here may be gone, and this app knows neither vendors nor questions.
    vendor_ref = models.BigIntegerField(_("vendor"), null=True, editable=False)  # the vendor's id
    vendor_name = models.CharField(max_length=200, blank=True, editable=False)  # as the vendor was called then
    release_ref = models.BigIntegerField(null=True, editable=False)  # the id of the edition whose words it is about
    rule_key = models.CharField(max_length=60, blank=True, editable=False)  # of a rule as a whole
    question_key = models.CharField(_("question"), max_length=60, blank=True, editable=False)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit trail")
        ordering = ("-at", "-pk")
        indexes = [
            models.Index(fields=["object_type", "object_id"], name="audit_by_object"),
            models.Index(fields=["subject_type", "subject_id"], name="audit_by_subject"),
            models.Index(fields=["organisation", "-at"], name="audit_by_organisation"),
            models.Index(fields=["organisation", "vendor_ref", "-at"], name="audit_by_vendor"),
            models.Index(fields=["organisation", "question_key", "-at"], name="audit_by_question"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_label} {self.verb} {self.object_label}"


class TakenForm(models.Model):
    """A form that arrived: taken once, however often it is sent. `accounts.sending.once` writes and sweeps them."""

    key = models.CharField(max_length=64, unique=True)  # of the page, whoever sent it, the address and what was sent
    taken_at = models.DateTimeField(db_index=True)
    led_to = models.TextField(blank=True)  # where the sender was led; empty while the first one is worked on

    class Meta:
        verbose_name = _("form taken")
        verbose_name_plural = _("forms taken")

    def __str__(self) -> str:
        return self.led_to


class KeptForm(models.Model):
    """What somebody had typed into a form that could not be taken, kept for that person alone, for a while."""

    token = models.CharField(max_length=43, unique=True)
    who = models.CharField(max_length=40)  # “user:12”: whom the page was made for
    page = models.TextField()  # the address of the page that the form stood on
    action = models.TextField()  # the path that it was sent to
    fields = models.JSONField()  # name → what was typed, a list each; never a password or a token
    files = models.JSONField(default=list)  # the names of files, which cannot be kept
    kept_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("form kept")
        verbose_name_plural = _("forms kept")
        indexes = [models.Index(fields=["who", "-kept_at"], name="kept_form_by_person")]

    def __str__(self) -> str:
        return self.action


class AttemptCount(models.Model):
    """How often somebody tried to sign in lately: what the processes of an installation without Redis share.

    Only the cache reads and writes it (`config/cache.py`); the columns are those of Django's cache in a table.
    """

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("count of attempts")
        verbose_name_plural = _("counts of attempts")

    def __str__(self) -> str:
        return self.cache_key


class Seal(models.Model):
    """A link of the chain: a hash over something that never changes, and over the seal before.

    `content` is the hash of `size` rows, spelled out in the way that `form` numbers; `label` names them to people. The
    database refuses to change or delete one; `accounts.chain` makes and verifies them.
    """

    position = models.PositiveBigIntegerField(unique=True)  # 1, 2, 3, without a gap
    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=40)  # of a scorecard its id, of the trail the day
    label = models.CharField(max_length=100)
    form = models.PositiveSmallIntegerField()
    size = models.PositiveIntegerField()
    content = models.CharField(max_length=64)
    previous = models.CharField(max_length=64, blank=True)  # the hash of the seal before, empty in the first
    hash = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("seal")
        verbose_name_plural = _("seals")
        ordering = ("position",)
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="seal_once_for_each_thing")]

    def __str__(self) -> str:
        return f"{self.position} {self.kind} {self.label}"
