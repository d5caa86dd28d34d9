"""Who may read whose answers: raters judge alone, so nobody sees another's answers before handing in their own."""

from __future__ import annotations

from django.db.models import Q

from accounts.models import Membership, User
from assessments.models import (
    Answer,
    AnswerQuerySet,
    Assessment,
    AssessmentState,
    Delegation,
    Response,
    ResponseQuerySet,
)


def own_response(assessment: Assessment, user: User) -> Response | None:
    """The questionnaire that this person fills or has filled, unless it was withdrawn."""
    return Response.objects.of_rater(user).filter(assessment=assessment).select_related("department").first()


def is_rating(assessment: Assessment, user: User) -> bool:
    """Whether this person has still to judge here: with a questionnaire of their own, or a question handed to them."""
    if assessment.state != AssessmentState.COLLECTING:
        return False
    if Response.objects.of_rater(user).outstanding().filter(assessment=assessment).exists():
        return True
    return Delegation.objects.waiting_for(user).filter(answer__response__assessment=assessment).exists()


def counted_responses(assessment: Assessment) -> ResponseQuerySet:
    """What the score is made of: the questionnaires of raters that were handed in."""
    return Response.objects.of_customer().handed_in().filter(assessment=assessment)


def readable_responses(assessment: Assessment, member: Membership) -> ResponseQuerySet:
    """The raters' questionnaires that this member may read: all that were handed in and their own; while they still
    judge themselves, only their own. What nobody handed in is read by nobody else, whatever their role."""
    own = Q(rater=member.user_id)
    seen = own if is_rating(assessment, member.user) else own | Q(submitted_at__isnull=False)
    return Response.objects.of_customer().filter(seen, assessment=assessment)


def vendor_answers(assessment: Assessment) -> AnswerQuerySet:
    """What the vendor handed in, with its files: its words and facts are open to every rater from then on. How it
    grades itself is not theirs to see while they judge; whoever shows these answers to raters leaves it out."""
    own = Response.objects.of_vendor().handed_in().filter(assessment=assessment)
    return Answer.objects.filter(response__in=own).prefetch_related("evidence")


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
