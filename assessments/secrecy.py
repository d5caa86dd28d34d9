"""Who may read whose answers: raters judge alone, so nobody sees another's answers before handing in their own.

Whoever is not asked waits until all are in: else they could read first, and be asked or join afterwards.
A service reads for the person who made it: what waits for that person's own answers waits for its calls too."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, Model, Q, QuerySet, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce

from accounts.models import AuditEntryQuerySet, Membership, User
from assessments.models import (
    Answer,
    AnswerQuerySet,
    Assessment,
    AssessmentQuerySet,
    AssessmentState,
    Consensus,
    Delegation,
    Evidence,
    Reply,
    Response,
    ResponseQuerySet,
)
from vendors.models import (
    CauseProof,
    ChangeNotice,
    EmergencyPlan,
    ProofFile,
    Rehearsal,
    SupportPerson,
    TimelineEntry,
    Training,
)

# What tells how a vendor does: whoever still judges it reads none of it in the trail either.
OF_A_JUDGED_VENDOR: tuple[type[Model], ...] = (
    *(CauseProof, ProofFile, Rehearsal, TimelineEntry, EmergencyPlan),
    *(ChangeNotice, Training, SupportPerson),
)


def own_response(assessment: Assessment, user: User) -> Response | None:
    """The questionnaire that this person fills or has filled, unless it was withdrawn."""
    return Response.objects.of_rater(user).filter(assessment=assessment).select_related("department").first()


def is_rating(assessment: Assessment, user: User) -> bool:
    """Whether this person has still to judge here: with a questionnaire of their own, or a question handed to them."""
    return rated_by(assessment, user).exists()


def rated_by(assessment: Assessment, user: User) -> QuerySet[Assessment, int]:
    """The key of this one, where this person has still to judge: to be read with what else is asked of it."""
    collecting = assessment.state == AssessmentState.COLLECTING
    rows = Assessment.objects.filter(_judged_by(user), pk=assessment.pk) if collecting else Assessment.objects.none()
    return rows.order_by().values_list("pk", flat=True)


def kept_apart(user: User) -> AssessmentQuerySet:
    """Where this person reads nothing of the others yet: they still judge, or raters are outstanding, they have not
    handed in themselves, and nobody has begun the meeting without those who are missing."""
    outstanding = Response.objects.of_customer().outstanding()
    done = Response.objects.of_rater(user.judge).handed_in()
    waits = Q(pk__in=outstanding.values("assessment"), meetings=None) & ~Q(pk__in=done.values("assessment"))
    return Assessment.objects.collecting().filter(_judged_by(user) | waits)


def vendors_being_rated(member: Membership) -> QuerySet[Assessment, int]:
    """The keys of the vendors that this member still has to judge: what is measured of them is shown to them
    afterwards, so that nobody is led. Whoever is not asked may see it."""
    rated = Assessment.objects.for_member(member).collecting().filter(_judged_by(member.user))
    return rated.order_by().values_list("vendor", flat=True)


def _judged_by(user: User) -> Q:
    """Where this person has a questionnaire that is not handed in, or a question that was handed to them."""
    judge = user.judge
    own = Response.objects.of_rater(judge).outstanding().values("assessment")
    lent = Delegation.objects.waiting_for(judge).values("answer__response__assessment")
    return Q(pk__in=own) | Q(pk__in=lent)


def is_kept_apart(assessment: Assessment, user: User) -> bool:
    return those_kept_apart(assessment, user).exists()


def those_kept_apart(assessment: Assessment, user: User) -> QuerySet[Assessment, int]:
    """The key of this one, where it keeps the person apart: to be read with what else is asked of it."""
    collecting = assessment.state == AssessmentState.COLLECTING
    rows = kept_apart(user).filter(pk=assessment.pk) if collecting else Assessment.objects.none()
    return rows.order_by().values_list("pk", flat=True)


def counted_responses(assessment: Assessment) -> ResponseQuerySet:
    """What the score is made of: the questionnaires of raters that were handed in."""
    return Response.objects.of_customer().handed_in().filter(assessment=assessment)


def readable_responses(assessment: Assessment, member: Membership, *, is_apart: bool | None = None) -> ResponseQuerySet:
    """The raters' questionnaires that this member may read: all that were handed in and their own; while they are kept
    apart, only their own, and an outside rater never another's. What nobody handed in is read by nobody else, whatever
    their role. `is_apart`: what `is_kept_apart` said, where the caller has asked it."""
    own, is_apart = Q(rater=member.user_id), is_kept_apart(assessment, member.user) if is_apart is None else is_apart
    seen = own if member.is_outside or is_apart else own | Q(submitted_at__isnull=False)
    return Response.objects.of_customer().filter(seen, assessment=assessment)


def vendor_answers(assessment: Assessment) -> AnswerQuerySet:
    """What the vendor handed in, with its files: its words and facts are open to every rater from then on. How it
    grades itself is not theirs to see while they judge; whoever shows these answers to raters leaves it out."""
    own = Response.objects.of_vendor().handed_in().filter(assessment=assessment)
    return Answer.objects.filter(response__in=own).prefetch_related("evidence")


def hidden_answers(user: User) -> AnswerQuerySet:
    """What this person may not read, in all organisations: what others have not handed in, and all of others wherever
    they are kept apart. Questions handed to them are theirs to read."""
    closed = Q(response__submitted_at=None) | Q(response__assessment__in=kept_apart(user))
    lent = Delegation.objects.open().filter(delegate=user).values("answer")
    others = Answer.objects.filter(closed).exclude(pk__in=lent)
    return others.exclude(response__rater=user, response__rater__isnull=False)


def readable_entries(entries: AuditEntryQuerySet, user: User) -> AuditEntryQuerySet:
    """Entries of the trail without those about answers, their files and their delegations that this person may not
    read, what was agreed and what a vendor replied where they are kept apart, and what it writes before it sends its
    reply: before and after hold grades and texts; nor what is kept of vendors that they still judge: proofs of cause,
    rehearsals, hours of incidents, pages for when it breaks, planned changes, trainings, named people. Decided in the
    one query."""
    answers = _as_text(hidden_answers(user))
    hidden_ids = hidden_answers(user).values("pk")
    of_kept_apart = Q(subject_id__in=_as_text(kept_apart(user)))
    judged = Assessment.objects.collecting().filter(_judged_by(user)).values("vendor")
    about: dict[type[Model], Q] = {
        **{model: Q(vendor_ref__in=judged) for model in OF_A_JUDGED_VENDOR},
        Answer: Q(object_id__in=answers),
        Delegation: Q(object_id__in=_as_text(Delegation.objects.filter(answer__in=hidden_ids))),
        Reply: Q(object_id__in=_as_text(Reply.objects.filter(request__submitted_at=None))) | of_kept_apart,
        Consensus: of_kept_apart,
        # The file may be gone: the entry itself says to which answer it belonged; older entries do not.
        Evidence: Q(of_answer__in=answers) | Q(object_id__in=_as_text(Evidence.objects.filter(answer__in=hidden_ids))),
    }
    readable = entries.annotate(
        of_answer=Coalesce(
            KeyTextTransform("answer", "after"),
            KeyTextTransform("answer", "before"),
            Value(""),
            output_field=TextField(),
        )
    )
    for model, hidden in about.items():
        readable = readable.exclude(hidden, object_type=model._meta.label_lower)
    return readable


def _as_text(rows: QuerySet[Any]) -> QuerySet[Any, Any]:
    """The ids as the trail keeps them."""
    return rows.order_by().annotate(as_text=Cast("pk", CharField(max_length=40))).values("as_text")


def may_read(answer: Answer, member: Membership) -> bool:
    """Whether the member may see this answer: their own, one handed to them, or one that is open to them by now."""
    if answer.response.is_of_vendor:
        return answer.response.submitted_at is not None
    if may_write(answer, member.user):
        return True
    return readable_responses(answer.response.assessment, member).filter(pk=answer.response_id).exists()


def may_write(answer: Answer, user: User) -> bool:
    """Whether this is the person's own answer or one that was handed to them; when is for `answering` to say."""
    if answer.response.rater_id == user.pk:
        return True
    return Delegation.objects.open().filter(answer=answer, delegate=user).exists()
