"""The audit trail, and the seals over what never changes."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts import vocabulary
from accounts.models.people import Organisation, OrganisationRows, User


class AuditEntryQuerySet(OrganisationRows, models.QuerySet["AuditEntry"]):
    def about(self, target: models.Model) -> AuditEntryQuerySet:
        return self.filter(object_type=target._meta.label_lower, object_id=str(target.pk))

    def of_verb(self, verb: str) -> AuditEntryQuerySet:
        """However it was spelled when they were written."""
        return self.filter(verb__in=vocabulary.spellings(verb))


class AuditEntry(models.Model):
    """Who changed what, when, before and after. The database refuses to change or delete one.

    Evidence, written once: `organisation`, `actor`, `actor_label`, `through`, `verb`, `object_type`, `object_id`,
    `object_label`, `subject_type`, `subject_id`, `before`, `after`, `at`. Signposts, by which entries are found and
    named in the reader's language: `vendor_ref`, `vendor_name`, `release_ref`, `rule_key`, `question_key`. They are
    keys, not words, and are written with the entry, too; of entries older than these columns, migrations filled them
    in, once.
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
    # What it was done through, where that was not a page: the name of a token of the API, or of what keeps members.
    through = models.CharField(_("through"), max_length=120, blank=True)
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
            models.Index(fields=["organisation", "-at", "-id"], name="audit_newest"),
            models.Index(fields=["organisation", "vendor_ref", "-at"], name="audit_by_vendor"),
            models.Index(fields=["organisation", "question_key", "-at"], name="audit_by_question"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_label} {self.verb} {self.object_label}"


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
