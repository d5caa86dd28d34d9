"""Every model of the product: a table of the archive, or left out with the reason. A new model that is in neither list
fails a test, and so does a field that sounds like a secret."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q

from reports.models import RenderingState


@dataclass(frozen=True, kw_only=True)
class Table:
    """`label`: of the model; `ways`: from a row to its organisation, empty for the organisation itself (`pk`), users
    and the bank, whose rows are gathered while the others are written; `only`: which rows."""

    label: str
    ways: tuple[str, ...] = ()
    only: Q = field(default_factory=Q)

    @property
    def model(self) -> type[models.Model]:
        return apps.get_model(self.label)

    @property
    def member(self) -> str:
        """Its place in the archive."""
        return f"tables/{self.label.lower()}.jsonl"

    def rows(self, organisation: int) -> models.QuerySet[Any]:
        """In the order of their keys."""
        of_organisation = Q()
        for way in self.ways:
            of_organisation |= Q(**{way: organisation})
        return self.model._base_manager.filter(of_organisation, self.only).order_by("pk")


def _of(way: str, *labels: str) -> Iterator[Table]:
    for label in labels:
        yield Table(label=label, ways=(way,))


USERS = Table(label="accounts.User")
# In the order in which they are brought in: an edition comes after what it holds, which the database guards then.
BANK = tuple(
    Table(label=f"manifesto.{name}") for name in ("Rule", "RuleGuide", "Question", "Level", "Release")
)  # fmt: skip
_WAYS_OF_RENDERINGS = (
    "scorecard__organisation",
    "vendor_copy__response__assessment__organisation",
    "comparison__organisation",
)  # frozen facts hold keys inside, which are mended on arrival: their documents are made anew
OWN: tuple[Table, ...] = (
    Table(label="accounts.Organisation", ways=("pk",)),
    *_of("organisation", "accounts.Department", "accounts.Membership", "accounts.Invitation"),
    *_of("organisation", "vendors.IncidentImport", "vendors.Vendor"),
    *_of("vendor__organisation", "vendors.Service", "vendors.Contact", "vendors.Contract"),
    *_of("contract__vendor__organisation", "vendors.Contract_services"),
    *_of("vendor__organisation", "vendors.Paper", "vendors.ContractFile", "vendors.DeskLink"),
    *_of("service__vendor__organisation", "vendors.EmergencyPlan", "vendors.ServiceCalendar"),
    *_of(
        "plan__service__vendor__organisation",
        "vendors.EmergencyCall",
        "vendors.AffectedDepartment",
        "vendors.PlanCheck",
    ),
    *_of("edition__organisation", "vendors.Expectation"),
    *_of("organisation", "vendors.ExpectationEdition"),
    *_of("vendor__organisation", "vendors.ExpectationReply", "vendors.Acknowledgement"),
    *_of("organisation", "vendors.IncidentSource", "vendors.Incident"),
    *_of("vendor__organisation", "vendors.MeasureTarget", "vendors.Feedback"),
    *_of("feedback__vendor__organisation", "vendors.FeedbackFile"),
    *_of("incident__organisation", "vendors.Pulse", "vendors.TimelineEntry"),
    *_of("incident_import__organisation", "vendors.ImportLook", "vendors.ImportProblem", "vendors.IncidentChange"),
    *_of("organisation", "vendors.ImportMapping", "vendors.VendorImport"),
    *_of("vendor__organisation", "vendors.Rehearsal"),
    *_of("rehearsal__vendor__organisation", "vendors.RehearsalGuest"),
    *_of("vendor__organisation", "vendors.ChangeNotice"),
    *_of("changenotice__vendor__organisation", "vendors.ChangeNotice_services"),
    *_of("notice__vendor__organisation", "vendors.NoticeReader"),
    *_of("vendor__organisation", "vendors.Training", "vendors.SupportPerson"),
    *_of("supportperson__vendor__organisation", "vendors.SupportPerson_services"),
    *_of("organisation", "vendors.CauseProof"),
    *_of("proof__organisation", "vendors.OtherCause", "vendors.ProofStep", "vendors.ProofFile"),
    *_of("organisation", "assessments.Assessment", "assessments.ApprovalLevel"),
    *_of("assessment__organisation", "assessments.ApprovalStep", "assessments.Approval", "assessments.Meeting"),
    *_of("meeting__assessment__organisation", "assessments.Meeting_attendees"),
    *_of("assessment__organisation", "assessments.Consensus"),
    *_of("organisation", "assessments.Commitment"),
    *_of("vendor__organisation", "assessments.CommitmentLink"),
    *_of("commitment__organisation", "assessments.CommitmentStep", "assessments.CommitmentFile"),
    *_of("assessment__organisation", "assessments.Response", "assessments.ReplyRequest", "assessments.VendorLink"),
    *_of("response__assessment__organisation", "assessments.Answer"),
    *_of("answer__response__assessment__organisation", "assessments.Evidence", "assessments.Delegation"),
    *_of("request__assessment__organisation", "assessments.Reply"),
    *_of("assessment__organisation", "assessments.VendorNote", "assessments.Reading"),
    *_of("response__assessment__organisation", "assessments.WorkbookUpload"),
    *_of("organisation", "reports.Scorecard"),
    *_of("scorecard__organisation", "reports.ScorecardRule"),
    *_of("organisation", "reports.Comparison"),
    *_of("comparison__organisation", "reports.ComparedScorecard"),
    *_of("organisation", "reports.FactSheet"),
    *_of("response__assessment__organisation", "reports.VendorCopy"),
    Table(label="reports.Rendering", ways=_WAYS_OF_RENDERINGS, only=Q(state=RenderingState.READY)),
    Table(
        label="reports.Document",
        ways=tuple(f"rendering__{way}" for way in _WAYS_OF_RENDERINGS),
        only=Q(rendering__state=RenderingState.READY),
    ),
    *_of("organisation", "reports.Letterhead", "reports.LetterTemplate", "reports.VendorStanding"),
    *_of("organisation", "accounts.AuditEntry"),
)
TABLES: tuple[Table, ...] = (USERS, *BANK, *OWN)

LEFT_OUT: dict[str, str] = {
    "accounts.User_groups": "rights on the installation are given by its own administrators",
    "accounts.User_user_permissions": "rights on the installation are given by its own administrators",
    "accounts.FirstToken": "of the installation: opens the founding page once",
    "accounts.TakenForm": "of the installation: forms that arrived, for a day",
    "accounts.KeptForm": "of the installation: what could not be taken, for a while, for one person alone",
    "accounts.AttemptCount": "of the installation: attempts to sign in",
    "accounts.ApiToken": "secret: opens the API; systems are connected again and get new ones",
    "accounts.AnsweredRequest": "of the installation: answers to writes that are sent twice, for a day",
    "accounts.IdentityProvider": "secret: bound to the address of the installation; set up again",
    "accounts.MailDomain": "confirmed for one installation: confirmed again",
    "accounts.SpentAssertion": "of the installation: what a provider said once",
    "accounts.ProvisionedPerson": "what a directory said: it says it again where it is connected again",
    "accounts.ProvisionedGroup": "what a directory said: it says it again where it is connected again",
    "accounts.ProvisionedGroup_people": "what a directory said: it says it again where it is connected again",
    "accounts.Seal": "of the installation: what arrives is sealed anew; the manifest lists the old seals",
    "accounts.WebhookEndpoint": "secret: signs what another system is told; set up again where it tells from now on",
    "accounts.WebhookEvent": "what other systems were told, kept for a month",
    "accounts.WebhookDelivery": "how far that came",
    "assessments.FindingsTold": "by it the next change is noticed: the first look makes it anew",
    "assessments.Preferences": "a person's own choice, with the secret address of a calendar: chosen again",
    "assessments.Digest": "the log of mails sent to a person or a link, in the installation that sent them",
    "reports.BenchmarkAnswer": "published by the installation over several organisations",
    "reports.Export": "a wish for a file that is kept for a week, for one person alone",
    "reports.Batch": "a wish for a file that is kept for a week, for one person alone",
    "reports.BatchedScorecard": "part of such a wish",
    "reports.WorkerHeartbeat": "of the installation: signs of life of its workers",
    "admin.LogEntry": "of the installation: its administrators at work",
    "auth.Permission": "of the installation",
    "auth.Group_permissions": "of the installation",
    "auth.Group": "of the installation",
    "contenttypes.ContentType": "of the installation",
    "sessions.Session": "secret: opens an account",
    "account.EmailAddress": "made anew when somebody signs in",
    "account.EmailConfirmation": "secret: confirms an address",
    "mfa.Authenticator": "secret: second factors are set up again",
    "socialaccount.SocialApp": "secret: of the installation",
    "socialaccount.SocialAccount": "bound to the installation's sign-in: linked again",
    "socialaccount.SocialToken": "secret: opens an account elsewhere",
}
NO_RIGHTS = "rights on the installation are given by its own administrators"
# Of every model that has a field of this name, and of one.
LEFT_OUT_FIELDS: dict[str, str] = {
    "token_hash": "secret: links are sent again",
    "token": "of the worker that holds a job",
    "lease_until": "of the worker that holds a job",
}
LEFT_OUT_OF: dict[str, dict[str, str]] = {
    "accounts.User": {
        "password": "secret: set anew by the mail that resets it",
        "last_login": "of the installation",
        "session_round": "of the installation: ends sessions there",
        "is_superuser": NO_RIGHTS,
        "is_staff": NO_RIGHTS,
        "made_by": "for whom a service reads: an administrator takes it over and makes its tokens anew",
    },
    "accounts.Organisation": {
        "benchmarks_since": "a consent that was given to one installation: given again",
    },
}


@cache
def fields_of(model: type[models.Model]) -> tuple[models.Field[Any, Any], ...]:
    """The columns of its table, in the order of their names; the key of a user or of the bank is none of them."""
    label = model._meta.label
    without = LEFT_OUT_FIELDS.keys() | LEFT_OUT_OF.get(label, {}).keys()
    if is_named(model):
        without = without | {model._meta.pk.name}
    kept = (column for column in model._meta.local_concrete_fields if column.name not in without)
    return tuple(sorted(kept, key=lambda column: column.name))


def is_named(model: type[models.Model]) -> bool:
    """Whether its rows are known by a name that is the same everywhere: an address, an edition, the key of a rule."""
    return model in {table.model for table in (USERS, *BANK)}
