"""Several people at once, on a database that holds rows."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core import mail
from django.utils import timezone

from assessments.commitments.transitions import NotPossible
from assessments.models import Commitment, CommitmentLink, CommitmentStep, StepKind
from assessments.vendor_commitments import links, saying, telling
from assessments.vendor_commitments.links import NotNow
from tests.assessments.vendor_commitments.scene import Side
from tests.concurrency import at_once, elsewhere, shared_database
from tests.factories import make_cast, make_release
from vendors.models import Contact

pytestmark = pytest.mark.django_db(transaction=True)


def test_each_is_done_once_however_many_press(tmp_path: Path) -> None:
    """One scene for the three, because to make it costs the most."""
    make_release()
    own, now = Side(make_cast().assessor, "Lighthouse"), timezone.now()
    kim = Contact.objects.create(vendor=own.vendor, name="Kim")
    link = CommitmentLink.objects.select_related(*links.RELATED).get()
    with shared_database(tmp_path):
        made = at_once(*[lambda: links.create(own.member, kim, now=now)] * 3)
        assert sum(isinstance(outcome, NotNow) for outcome in made) == 2
        told = at_once(*[lambda: telling.tell_contact(link, now=now)] * 3)
        assert sorted(told) == [False, False, True]
        wanted = [(own.asked, own.asked.version)]
        said = at_once(*[lambda: saying.agree(link, wanted, name="Dana", now=now)] * 3)
        assert sum(isinstance(outcome, NotPossible) for outcome in said) == 2
        agreed = CommitmentStep.objects.filter(commitment=own.asked, kind=StepKind.AGREED)
        assert elsewhere(lambda: (CommitmentLink.objects.count(), agreed.count())) == (2, 1)
        assert elsewhere(lambda: Commitment.objects.get(pk=own.asked.pk).agreed_by) == "Dana"
    assert sum("wait" in message.subject for message in mail.outbox) == 1
