"""What was done through the API says by which token: on the trail, in histories, in the seals; and is found by it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import immutable
from accounts.chain import seals, trail_days, verification
from accounts.models import SERVICES, AuditEntry
from accounts.trail import audit, reading
from tests.factories import Cast, make_assessment, make_connected, make_token

pytestmark = pytest.mark.django_db
SignedIn = Callable[..., Client]


def noted(cast: Cast, through: str = "") -> AuditEntry:
    with transaction.atomic(), audit.through(through):
        return audit.record(cast.admin.user, "department.changed", cast.department, after={"name": "Buying"})


def test_an_entry_names_the_token_and_one_of_a_page_names_none(cast: Cast) -> None:
    by_token, by_page = reading.lines([noted(cast, "ITSM"), noted(cast)])
    assert by_token.through == "through the API, token “ITSM”"
    assert by_page.through == ""


def test_what_follows_is_not_told_of_the_token_any_more(cast: Cast) -> None:
    with audit.through("Outer"), audit.through("Inner"):
        pass
    assert noted(cast).through == ""


def test_a_service_has_a_name_and_no_address_that_nobody_can_write_to(cast: Cast) -> None:
    service, _secret = make_connected(cast.admin)
    with transaction.atomic():
        entry = audit.record(service.user, "department.changed", cast.department, after={"name": "Buying"})
    line = reading.lines([entry])[0]
    assert SERVICES in entry.actor_label
    assert (line.who, line.address) == ("ITSM", "")


def test_the_page_tells_it_and_is_narrowed_by_it(cast: Cast, signed_in: SignedIn) -> None:
    make_token(cast.reader, name="ITSM")
    noted(cast, "ITSM")
    noted(cast, "Display")
    client = signed_in(cast.admin.user)

    def through(way: str) -> list[str]:
        rows = client.get(reverse("audit_list"), {"through": way}).context["rows"]
        return [row.whole.through for row in rows if row.whole.verb == "Department changed"]

    assert "through the API, token “ITSM”" in client.get(reverse("audit_list")).content.decode()
    assert len(through("")) == 2
    assert through("token:ITSM") == ["through the API, token “ITSM”"]
    assert len(through("api")) == 2
    assert through("pages") == []


def test_the_history_of_an_assessment_tells_it(cast: Cast, signed_in: SignedIn) -> None:
    assessment = make_assessment(cast.assessor)
    with transaction.atomic(), audit.through("ITSM"):
        audit.record(cast.assessor.user, "assessment.opened", assessment)
    page = signed_in(cast.assessor.user).get(reverse("assessment_history", args=[assessment.pk])).content.decode()
    assert "through the API, token “ITSM”" in page


# Seals ----------------------------------------------------------------------------------------------------------------
DAY = datetime(2026, 3, 2, 12, tzinfo=UTC)


def day_with(cast: Cast, at: datetime, through: str, *, form: int) -> None:
    """A day with one entry, sealed in that form, as it was when the form was the newest."""
    entry = audit.entry(cast.admin.user, "department.changed", cast.department, after={"name": "Buying"})
    entry.at, entry.through = at, through
    entry.save(force_insert=True)
    before = seals.last(trail_days.KIND)
    content = trail_days.content_of(at.date().isoformat(), before.key if before else "", form)
    assert content is not None
    with transaction.atomic():
        seals.hold_the_end()
        seals.append(trail_days.KIND, at.date().isoformat(), content, now=timezone.now())


def test_days_that_were_sealed_before_there_were_tokens_still_verify(cast: Cast) -> None:
    day_with(cast, DAY, "", form=1)
    day_with(cast, DAY + timedelta(days=1), "ITSM", form=2)
    assert verification.verify().counts[trail_days.KIND] == 2


def test_a_day_of_the_first_form_that_was_changed_is_seen_all_the_same(cast: Cast) -> None:
    day_with(cast, DAY, "", form=1)
    immutable.remove_all()
    AuditEntry.objects.update(verb="department.deleted")
    with pytest.raises(verification.ChainBroken):
        verification.verify()
