"""Of whom the map is made: what SQL ranks by is what Python adds up."""

from __future__ import annotations

from random import Random

from accounts.models import Department
from reports.portfolio.power import FREE_UNKNOWN, HELD_SUPPORTED, HELD_UNKNOWN, HELD_UNSUPPORTED, held, most_depended_on
from tests.factories import Cast, make_vendor
from tests.reports.standing_cards import stand
from vendors.models import Service, Tier, Vendor


def test_sql_ranks_by_the_points_that_the_sum_gives(cast: Cast) -> None:
    random = Random(3)
    departments = [Department.objects.create(organisation=cast.organisation, name=f"D{at}") for at in range(6)]
    for number in range(25):
        vendor = make_vendor(
            cast.organisation,
            f"Vendor {number:02}",
            tier=random.choice(Tier.values),
            months_to_replace=random.choice([None, 0, 5, 12, 40]),
            department=random.choice([None, *departments]),
        )
        for at in range(random.randrange(6)):
            Service.objects.create(
                vendor=vendor,
                name=f"Service {at}",
                mission_critical=random.random() < 0.6,
                department=random.choice([None, *departments]),
            )
    found = held(most_depended_on(Vendor.objects.all(), ()))
    assert len(found) == 25
    assert [one.dependence.high for one in found] == sorted((one.dependence.high for one in found), reverse=True)
    for one in found:
        vendor = one.vendor
        assert one.dependence.high == vendor.upper  # type: ignore[attr-defined]
        services = list(vendor.services.all())
        affected = {service.department_id for service in services} | {vendor.department_id}
        assert one.dependence.departments == 4 * min(len(affected - {None}), 4)
        assert one.dependence.services == 10 * min(sum(service.mission_critical for service in services), 3)


def test_each_vendor_stands_in_its_field(cast: Cast) -> None:
    for name, tier, letters in (
        ("Holds, breaks", "critical", "bmmmmmm"),
        ("Holds, keeps", "critical", "ppppppp"),
        ("Holds, silent", "critical", "-------"),
        ("Free, never", "standard", ""),
    ):
        vendor = make_vendor(cast.organisation, name, tier=tier, months_to_replace=12 if tier == "critical" else None)
        if letters:
            stand(cast, vendor, letters)
    fields = {one.vendor.name: one.field_said for one in held(most_depended_on(Vendor.objects.all(), ()))}
    assert fields == {
        "Holds, breaks": HELD_UNSUPPORTED,
        "Holds, keeps": HELD_SUPPORTED,
        "Holds, silent": HELD_UNKNOWN,
        "Free, never": FREE_UNKNOWN,
    }


def test_whoever_is_still_judged_is_not_drawn(cast: Cast) -> None:
    judged, other = make_vendor(cast.organisation, "Judged"), make_vendor(cast.organisation, "Other")
    assert most_depended_on(Vendor.objects.all(), {judged.pk}) == [other]
