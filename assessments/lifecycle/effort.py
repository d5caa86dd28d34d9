"""What answering takes, told to whoever is asked before they begin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.models import Answer, Response
from groundwork.words import apart, duration

MINUTES_A_QUESTION = 2
STEP = 5  # minutes: an estimate to the minute would promise too much


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How many questions somebody is asked, and about how many minutes they take; `also`: the supplementary ones, which
    may be left open and are no part of the time."""

    questions: int
    also: int = 0

    @property
    def minutes(self) -> int:
        """Rounded up to five minutes; none for no question."""
        return -(-self.questions * MINUTES_A_QUESTION // STEP) * STEP

    def __str__(self) -> str:
        """“22 questions, about 45 minutes; 8 more may be left open”, in the active language."""
        said = ngettext("%(count)d question", "%(count)d questions", self.questions) % {"count": self.questions}
        time = duration(timedelta(minutes=self.minutes))
        needed = _("%(questions)s, about %(time)s") % {"questions": said, "time": time}
        if not self.also:
            return needed
        more = ngettext("%(count)d more may be left open", "%(count)d more may be left open", self.also)
        return apart([needed, more % {"count": self.also}])


def effort_of(response: Response) -> Effort:
    """One query."""
    also = Count("pk", filter=Q(question__supplementary=True))
    asked = Answer.objects.filter(response=response).aggregate(total=Count("pk"), also=also)
    return Effort(questions=asked["total"] - asked["also"], also=asked["also"])
