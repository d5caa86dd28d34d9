"""What answering takes, told to whoever is asked before they begin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.models import Answer, Response
from groundwork.words import duration

MINUTES_A_QUESTION = 2
STEP = 5  # minutes: an estimate to the minute would promise too much


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How many questions somebody is asked, and about how many minutes they take."""

    questions: int

    @property
    def minutes(self) -> int:
        """Rounded up to five minutes; none for no question."""
        return -(-self.questions * MINUTES_A_QUESTION // STEP) * STEP

    def __str__(self) -> str:
        """“22 questions, about 45 minutes”, in the active language."""
        said = ngettext("%(count)d question", "%(count)d questions", self.questions) % {"count": self.questions}
        time = duration(timedelta(minutes=self.minutes))
        return _("%(questions)s, about %(time)s") % {"questions": said, "time": time}


def effort_of(response: Response) -> Effort:
    """One query."""
    return Effort(questions=Answer.objects.filter(response=response).count())
