"""A notice is announced, changed, read, withdrawn, told of afterwards: who may, who is told, what the trail keeps."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.models import AuditEntry, Department, Role
from tests.factories import Cast, make_assessment, make_incident, make_member, make_notice, make_vendor
from vendors.models import ChangeNotice, DeskLink, Service, Vendor
from vendors.notices import changes, telling
from vendors.notices.reading import of_notice
from vendors.notices.telling import Word

pytestmark = pytest.mark.django_db
Desk = tuple[DeskLink, str]


def read_by(notice: ChangeNotice) -> dict[str, str | None]:
    """Department → who confirmed."""
    return {str(one.department): one.read_by and one.read_by.email for one in of_notice(notice).readers}


def wanted(notice: ChangeNotice, **changed: object) -> dict[str, object]:
    return {name: getattr(notice, name) for name in changes.FIELDS} | changed


def test_departments_that_depend_and_those_that_stand_still_are_on_the_list(
    cast: Cast, vendor: Vendor, records: Service
) -> None:
    other = Service.objects.create(
        vendor=vendor,
        name="Payroll",
        department=Department.objects.create(organisation=cast.organisation, name="Staff"),
    )
    assert read_by(make_notice(cast.assessor, vendor, services=[records])) == {"Procurement": None, "Wards": None}
    assert read_by(make_notice(cast.assessor, vendor, services=[other])) == {"Staff": None}
    everything = {"Procurement": None, "Staff": None, "Wards": None}
    assert read_by(make_notice(cast.assessor, vendor)) == everything


def test_the_trail_names_the_vendors_contact(cast: Cast, vendor: Vendor, records: Service, desk: Desk) -> None:
    notice = make_notice(desk[0], vendor)
    entry = AuditEntry.objects.get(verb="notice.announced")
    assert entry.actor_label == "Camille Contact <camille@vendor.example>"
    assert (entry.vendor_ref, entry.after["departments"]) == (vendor.pk, ["Procurement", "Wards"])
    assert (notice.link, notice.recorded_by) == (desk[0], None)


def test_only_whoever_edits_vendors_notes_one_and_only_of_their_own(cast: Cast, vendor: Vendor) -> None:
    with pytest.raises(PermissionDenied):
        make_notice(cast.reader, vendor)
    with pytest.raises(Vendor.DoesNotExist):
        make_notice(cast.stranger, vendor)


def test_a_link_announces_for_its_own_vendor_whatever_it_names(cast: Cast, vendor: Vendor, desk: Desk) -> None:
    elsewhere = make_vendor(cast.organisation, "Another")
    assert make_notice(desk[0], elsewhere).vendor == vendor
    foreign = make_notice(cast.assessor, elsewhere)
    with pytest.raises(ChangeNotice.DoesNotExist):
        changes.withdraw(desk[0], foreign, version=1, now=timezone.now())


def test_the_members_of_the_departments_are_told_and_whoever_still_judges_is_not(
    cast: Cast, vendor: Vendor, records: Service
) -> None:
    wards = Department.objects.get(name="Wards")
    make_member(cast.organisation, "nurse", Role.READER, department=wards)
    make_member(cast.organisation, "outside", Role.RATER, department=wards)
    make_assessment(cast.assessor, vendor=vendor)  # who belongs to Procurement, and has not handed in
    notice = make_notice(cast.admin, vendor, services=[records])
    mail.outbox.clear()

    assert telling.tell(notice, Word.ANNOUNCED, now=timezone.now()) == 1

    [sent] = mail.outbox
    assert sent.to == ["nurse@example.org"]
    assert "Labels may print twice." in sent.body
    told = {str(one.department): one.told_at is not None for one in of_notice(notice).readers}
    assert told == {"Procurement": False, "Wards": True}


def test_a_department_confirms_once_and_a_change_asks_it_again(cast: Cast, vendor: Vendor, records: Service) -> None:
    now = timezone.now()
    notice = make_notice(cast.admin, vendor, services=[records])
    changes.confirm(cast.assessor, notice, cast.department.pk, version=1, now=now)
    changes.confirm(cast.assessor, notice, cast.department.pk, version=1, now=now)
    assert read_by(notice) == {"Procurement": "assessor@example.org", "Wards": None}
    assert AuditEntry.objects.filter(verb="notice.read").count() == 1

    assert not changes.change(cast.admin, notice, wanted(notice), services=[records], version=1, now=now)
    assert read_by(notice)["Procurement"]  # nothing was new

    moved = wanted(notice, until=notice.until + timedelta(hours=1))
    assert changes.change(cast.admin, notice, moved, services=[records], version=1, now=now)
    assert read_by(notice) == {"Procurement": None, "Wards": None}
    with pytest.raises(changes.ChangedMeanwhile, match="read it again, then confirm"):
        changes.confirm(cast.assessor, notice, cast.department.pk, version=1, now=now)


def test_nobody_confirms_for_a_department_that_can_do_so_itself(cast: Cast, vendor: Vendor, records: Service) -> None:
    notice, now = make_notice(cast.admin, vendor, services=[records]), timezone.now()
    wards = Department.objects.get(name="Wards")
    with pytest.raises(changes.NotPossible, match="Only somebody of this department"):
        changes.confirm(cast.admin, notice, cast.department.pk, version=1, now=now)
    with pytest.raises(changes.NotPossible, match="Only somebody of this department"):
        changes.confirm(cast.reader, notice, wards.pk, version=1, now=now)
    changes.confirm(cast.admin, notice, wards.pk, version=1, now=now)  # nobody belongs to it
    assert read_by(notice) == {"Procurement": None, "Wards": "admin@example.org"}


def test_a_department_that_was_told_learns_what_becomes_of_it(cast: Cast, vendor: Vendor, records: Service) -> None:
    """Its service is not affected any more: it stays on the list."""
    payroll = Service.objects.create(vendor=vendor, name="Payroll")
    notice = make_notice(cast.admin, vendor, services=[records])
    changes.change(cast.admin, notice, wanted(notice), services=[payroll], version=1, now=timezone.now())
    assert read_by(notice).keys() == {"Procurement", "Wards"}


def test_what_is_withdrawn_or_over_does_not_change_any_more(cast: Cast, vendor: Vendor) -> None:
    now = timezone.now()
    gone, over = make_notice(cast.admin, vendor), make_notice(cast.admin, vendor, starts=now - timedelta(days=3))
    changes.withdraw(cast.admin, gone, version=1, now=now)
    with pytest.raises(changes.NotPossible, match="announce a new one"):
        changes.withdraw(cast.admin, gone, version=2, now=now)
    with pytest.raises(changes.NotPossible, match="write down how it went"):
        changes.withdraw(cast.admin, over, version=1, now=now)
    with pytest.raises(changes.NotPossible, match="nothing to tell"):
        changes.say_how_it_went(cast.admin, gone, "Well.", version=2, now=now)


def test_how_it_went_is_told_once_it_is_over_by_either_side(cast: Cast, vendor: Vendor, desk: Desk) -> None:
    now, notice = timezone.now(), make_notice(desk[0], vendor)
    with pytest.raises(changes.NotPossible, match="not over yet"):
        changes.say_how_it_went(desk[0], notice, "Well.", version=1, now=now)
    after = notice.until + timedelta(minutes=1)
    changes.say_how_it_went(desk[0], notice, "Done in time.", version=1, now=after)
    with pytest.raises(changes.ChangedMeanwhile):
        changes.say_how_it_went(cast.admin, notice, "Labels printed twice.", version=1, now=after)
    assert ChangeNotice.objects.get(pk=notice.pk).outcome == "Done in time."


def test_so_many_notices_at_once_are_refused(
    cast: Cast, vendor: Vendor, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "MOST_TO_COME", 1)
    make_notice(desk[0], vendor)
    with pytest.raises(changes.NotPossible, match="No more than 1 can be to come at a time"):
        make_notice(desk[0], vendor)


def test_an_incident_stands_beside_the_change_of_its_service(cast: Cast, vendor: Vendor, records: Service) -> None:
    payroll = Service.objects.create(vendor=vendor, name="Payroll")
    starts = timezone.now() - timedelta(days=5)
    notice = make_notice(cast.admin, vendor, services=[records], starts=starts)
    make_incident(vendor, "INC-1", resolved_at=None, service=records, opened_at=starts + timedelta(minutes=40))
    make_incident(vendor, "INC-2", resolved_at=None, service=payroll, opened_at=starts + timedelta(minutes=50))
    make_incident(vendor, "INC-3", resolved_at=None, service=records, opened_at=starts + timedelta(hours=27))
    make_incident(vendor, "INC-4", resolved_at=None, service=records, opened_at=starts - timedelta(minutes=1))

    [one] = of_notice(notice).beside

    assert (one.incident.reference, one.words) == ("INC-1", "opened 40 minutes after it began")


def test_whoever_holds_a_link_floods_nobody(cast: Cast, vendor: Vendor, desk: Desk) -> None:
    link, now = desk[0], timezone.now()
    for _ in range(changes.MOST_A_DAY):
        notice = make_notice(link, vendor)
        changes.withdraw(link, notice, version=notice.version, now=now)
    with pytest.raises(changes.NotPossible, match="go on tomorrow"):
        make_notice(link, vendor)
    kept = make_notice(cast.assessor, vendor)  # a member notes what they are told

    ChangeNotice.objects.filter(pk=kept.pk).update(version=changes.MOST_VERSIONS)
    again = {"services": (), "version": changes.MOST_VERSIONS, "now": now}
    with pytest.raises(changes.NotPossible, match="so often"):
        changes.change(link, kept, wanted(kept, title="Once more"), **again)
    assert changes.change(cast.assessor, kept, wanted(kept, title="Once more"), **again)
