"""A file of incidents on its way in: the row is the job. What a system pushes in a day is as a file that is done."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, OrganisationRows, User
from groundwork.jobs.lease import TOO_MANY_ATTEMPTS as WORN_OUT
from groundwork.jobs.lease import JobQuerySet, NudgedJob
from groundwork.public_ids import PublicRow
from vendors.models.incident import Incident

FILES_KEPT = timedelta(days=30)  # then the file goes; counts, problems and the way back stay
FAILED_SHOWN = timedelta(days=7)  # to whoever began it, on their own page


class ImportState(models.TextChoices):
    READING = "reading", _("Being read")  # it takes longer than somebody waits: queued until a worker holds the lease
    MAPPING = "mapping", _("To be mapped")  # a person says what the columns mean
    CHECKING = "checking", _("Being checked")  # dry run; queued until a worker holds the lease
    CHECKED = "checked", _("Checked")  # a person looks at what it would do
    IMPORTING = "importing", _("Being imported")
    DONE = "done", _("Imported")
    UNDOING = "undoing", _("Being undone")  # after “undo”, and after “cancel” once rows were written
    UNDONE = "undone", _("Undone")
    CANCELLED = "cancelled", _("Cancelled")
    FAILED = "failed", _("Failed")


class ImportFailure(models.TextChoices):
    """Why an import stopped: the code in the row, and the words for the page."""

    REFUSED = "refused", _("The file cannot be used: %(reason)s")
    DATES_UNSURE = (
        "dates_unsure",
        _("Every date of the file can be read with the day or the month first. Choose which comes first."),
    )
    DATES_MIXED = (
        "dates_mixed",
        _(
            "The columns of dates hold both dates (%(cells)s) and texts (%(texts)s), and no date has a day after the "
            "twelfth: "
            "a spreadsheet has probably exchanged day and month. Bring the file as it was exported, or choose how its "
            "dates are to be read."
        ),
    )
    OPTIONS = "options", _("The columns no longer fit: %(reason)s")
    TOO_SLOW = "too_slow", _("It took too long, in five attempts. Import a shorter period.")
    TOO_MANY_ATTEMPTS = WORN_OUT, _("Five attempts were cut short before the end of the file.")
    NO_ROOM = "no_room", _("There is no room on the server. Tell your administrator.")
    UNEXPECTED = (
        "unexpected",
        _("An unexpected fault stopped it, in five attempts. It has been recorded."),
    )


class Selection(models.TextChoices):
    """Which incidents a file holds: what a measure may conclude from it follows from that."""

    OPENED = "opened", _("Every incident opened between two days")
    OPENED_ENDED = "opened_ended", _("Incidents opened between two days, without those that are still open")
    RESOLVED = "resolved", _("Incidents resolved between two days")
    CHANGED = "changed", _("Incidents last changed between two days")
    OPEN = "open", _("Only incidents that are still open")


WAITING_STATES = (ImportState.MAPPING, ImportState.CHECKED)  # for a person
WORKING_STATES = (ImportState.READING, ImportState.CHECKING, ImportState.IMPORTING, ImportState.UNDOING)


class IncidentImportQuerySet(OrganisationRows, JobQuerySet["IncidentImport"]):
    unfinished_states = WORKING_STATES

    def claimable(self, now: datetime) -> IncidentImportQuerySet:
        """None while a worker is at any other: one import runs at a time in the whole installation."""
        return super().claimable(now).filter(~Exists(IncidentImport.objects.held(now)))

    def next_in_turn(self, now: datetime) -> IncidentImport | None:
        """The one that waits longest; what failed just now rests first."""
        rested = self.claimable(now).filter(Q(attempts=0) | Q(next_nudge_at__lte=now))
        return rested.order_by("started_at", "pk").first()

    def pushed(self) -> IncidentImportQuerySet:
        """What came through the API, a row a day, and stands."""
        return self.filter(state=ImportState.DONE, pushed_on__isnull=False)

    def waiting_for(self, user: User, now: datetime) -> IncidentImportQuerySet:
        """Files of this person that wait for them, as long as files are kept: to map, to look at, or lately failed."""
        waits = Q(state__in=WAITING_STATES) | Q(state=ImportState.FAILED, finished_at__gt=now - FAILED_SHOWN)
        return self.filter(waits, created_by=user, created_at__gt=now - FILES_KEPT)


class IncidentImport(PublicRow, NudgedJob):
    """`options`: how the file is read, as `incident_imports.options.Options` writes itself. `names`: what stands in the
    column that tells the vendor, {"text": rows}. `counts`: {"new", "changed", "unchanged", "error", "left_out"}; and
    "moved", of the changed, to another vendor."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="incident_imports")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    file_name = models.CharField(_("file"), max_length=200)
    file = models.FileField(upload_to="incident-imports/", blank=True, max_length=200)
    size = models.PositiveBigIntegerField(default=0)  # bytes
    sha256 = models.CharField(max_length=64, blank=True)
    source = models.CharField(_("source"), max_length=40, blank=True)
    options = models.JSONField(default=dict)
    names = models.JSONField(default=dict)
    # What the file holds, as a person said: nobody was asked where it is empty.
    selection = models.CharField(_("what the file holds"), max_length=12, choices=Selection, blank=True)
    holds_from = models.DateField(_("from"), null=True, blank=True)  # days in the organisation's time zone, both
    holds_to = models.DateField(_("to"), null=True, blank=True)  # included: of what `selection` selects by
    known_until = models.DateTimeField(_("exported"), null=True, blank=True)  # its facts are known up to then
    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.MAPPING)
    cancel_asked_at = models.DateTimeField(null=True, blank=True)
    rows_read = models.PositiveIntegerField(default=0)
    rows_total = models.PositiveIntegerField(null=True, blank=True)  # None until it was read once
    counts = models.JSONField(default=dict)
    summary = models.JSONField(default=dict)  # what the check found, as `summary.counting.Counting` writes itself
    # What no count tells: {"moves": [{"from", "to", "incidents"}]}, and after an undo {"stayed": [{"name", "reason"}]}.
    told = models.JSONField(default=dict)
    failure = models.CharField(max_length=40, blank=True)  # a code
    failure_values = models.JSONField(default=dict)  # what its words tell
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)  # imported, cancelled or failed
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    pushed_on = models.DateField(null=True, blank=True, editable=False)  # of what came through the API, not as a file

    objects = IncidentImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import of incidents")
        verbose_name_plural = _("imports of incidents")
        ordering = ("-created_at", "-pk")
        indexes = [models.Index(fields=["organisation", "-created_at", "-id"], name="incident_import_newest")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ImportState.values), name="incident_import_state_known"),
            models.CheckConstraint(
                condition=Q(selection__in=["", *Selection.values]), name="incident_import_selection_known"
            ),
            models.CheckConstraint(
                condition=Q(holds_from=None) | Q(holds_to=None) | Q(holds_to__gte=F("holds_from")),
                name="incident_import_window_in_order",
            ),
            # One a day for each source and each who pushes: it can be taken back as one.
            models.UniqueConstraint(
                fields=["organisation", "source", "created_by", "pushed_on"],
                condition=Q(state=ImportState.DONE, pushed_on__isnull=False),
                name="incident_import_once_a_day_pushed",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return reverse("incident_import_detail", args=[self.pk])

    @property
    def is_working(self) -> bool:
        return self.state in WORKING_STATES

    @property
    def wrote_something(self) -> bool:
        return self.created_incidents.exists() or self.changes.exists()


class ImportLook(models.Model):
    """The first rows of a sheet, as `vendors.incident_import.looks` packs them; of a CSV the sheet has no name."""

    incident_import = models.ForeignKey(IncidentImport, on_delete=models.CASCADE, related_name="looks")
    sheet = models.CharField(max_length=255, blank=True)
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident_import", "sheet"], name="import_look_once_a_sheet")]

    def __str__(self) -> str:
        return f"{self.incident_import_id} {self.sheet}"


class ImportProblem(models.Model):
    """What is wrong with one cell of a file: the reason as a code and what its words tell, for any language."""

    incident_import = models.ForeignKey(IncidentImport, on_delete=models.CASCADE, related_name="problems")
    line = models.PositiveIntegerField()
    column = models.CharField(max_length=200, blank=True)  # the heading in the file
    value = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=40)
    values = models.JSONField(default=dict)

    class Meta:
        ordering = ("line", "pk")
        indexes = [models.Index(fields=["incident_import", "line"], name="import_problem_line")]

    def __str__(self) -> str:
        return f"{self.line} {self.code}"


class IncidentChange(models.Model):
    """What an incident was before an import changed it: the way back. New ones need none, see `Incident.created_in`."""

    incident_import = models.ForeignKey(IncidentImport, on_delete=models.CASCADE, related_name="changes")
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="changes")
    before = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["incident_import", "incident"], name="incident_change_once_per_import")
        ]

    def __str__(self) -> str:
        return f"{self.incident_import_id} {self.incident_id}"


class ImportMappingQuerySet(OrganisationRows, models.QuerySet["ImportMapping"]):
    of_organisation = "organisation"


class ImportMapping(models.Model):
    """How files of one kind are read, kept for next month: the options of an import under a name."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="import_mappings")
    name = models.CharField(_("name"), max_length=80)
    source = models.CharField(max_length=40)
    headings = models.JSONField(default=list)  # of the file that it was made for, to know the next one by
    options = models.JSONField(default=dict)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    used_at = models.DateTimeField(null=True, blank=True)

    objects = ImportMappingQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved mapping")
        verbose_name_plural = _("saved mappings")
        ordering = ("name",)
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="import_mapping_name_once")]

    def __str__(self) -> str:
        return self.name
