"""The settings of the levels of approval, as an administrator meets them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEntry, Membership, Role, User
from assessments.approval import levels
from assessments.models import ApprovalLevel
from tests.factories import Cast, make_member

SignedIn = Callable[[Membership | User], Client]
ABOUT_ONE = ("approval_level_edit", "approval_level_delete", "approval_level_move")


def level(cast: Cast, name: str, **fields: Any) -> ApprovalLevel:
    values: dict[str, Any] = {"tier": "", "role": Role.APPROVER, **fields}
    if "person" in fields:
        values["role"] = ""
    return levels.add_level(cast.admin, name=name, **values)


def names(tier: str = "") -> list[tuple[int, str]]:
    return list(ApprovalLevel.objects.filter(tier=tier).order_by("position").values_list("position", "name"))


def page(client: Client) -> str:
    response = client.get(reverse("approval_chain"))
    assert response.status_code == 200
    return response.content.decode()


def post(client: Client, route: str, *args: int, **fields: Any) -> Any:
    return client.post(reverse(route, args=args), fields, follow=True)


class TestLooking:
    def test_without_levels_explains_that_one_approver_decides(self, cast: Cast, signed_in: SignedIn) -> None:
        text = page(signed_in(cast.admin))
        assert "One approver decides" in text
        assert reverse("approval_level_add") in text

    def test_shows_each_chain_in_order_with_who_decides(self, cast: Cast, signed_in: SignedIn) -> None:
        level(cast, "Procurement lead")
        level(cast, "IT director", person=cast.reader)
        level(cast, "Board", tier="critical", role=Role.ADMIN)
        text = page(signed_in(cast.admin))
        order = ["1. Procurement lead", "2. IT director", "1. Board"]
        assert sorted(order, key=text.index) == order
        assert "one approver" in text
        assert "Reader" in text
        assert "No levels of its own: as for all vendors." in text

    def test_is_among_the_pages_of_the_administration(self, cast: Cast, signed_in: SignedIn) -> None:
        text = signed_in(cast.admin).get(reverse("organisation_edit")).content.decode()
        assert f'href="{reverse("approval_chain")}"' in text

    def test_takes_as_many_queries_for_many_levels_as_for_one(self, cast: Cast, signed_in: SignedIn) -> None:
        client = signed_in(cast.admin)
        level(cast, "Procurement lead", person=cast.approver)
        counts = []
        for number in range(2):
            with CaptureQueriesContext(connection) as queries:
                page(client)
            counts.append(len(queries))
            for more in range(4):
                person = make_member(cast.organisation, f"person-{number}-{more}", Role.READER)
                level(cast, f"Level {more}", person=person)
        assert counts[0] == counts[1]


class TestWarnings:
    def test_name_a_role_that_nobody_has(self, cast: Cast, signed_in: SignedIn) -> None:
        level(cast, "IT director", role=Role.READER)
        client = signed_in(cast.admin)
        assert "nobody could decide" not in page(client)
        Membership.objects.filter(pk=cast.reader.pk).update(is_active=False)
        assert "No active member is a reader: nobody could decide here." in page(client)

    def test_name_more_levels_than_people(self, cast: Cast, signed_in: SignedIn) -> None:
        level(cast, "Procurement lead")
        client = signed_in(cast.admin)
        assert "More levels than people" not in page(client)
        level(cast, "IT director")
        assert page(client).count("More levels than people") == 2
        make_member(cast.organisation, "second", Role.APPROVER)
        assert "More levels than people" not in page(client)

    def test_name_a_person_who_left(self, cast: Cast, signed_in: SignedIn) -> None:
        level(cast, "IT director", person=cast.reader)
        client = signed_in(cast.admin)
        assert "no longer active" not in page(client)
        Membership.objects.filter(pk=cast.reader.pk).update(is_active=False)
        text = page(client)
        assert "Until you name somebody else, any approver stands in." in text
        assert "Reader is no longer active: any approver stands in" in text
        Membership.objects.filter(pk=cast.approver.pk).update(is_active=False)
        assert "no active member is an approver to stand in" in page(client)


class TestAdding:
    def test_puts_the_level_last_in_its_chain(self, cast: Cast, signed_in: SignedIn) -> None:
        level(cast, "Procurement lead")
        client = signed_in(cast.admin)
        response = post(client, "approval_level_add", tier="all", name="IT director", decides="role:approver")
        assert response.redirect_chain[-1][0] == reverse("approval_chain")
        post(client, "approval_level_add", tier="critical", name="Board", decides=f"person:{cast.reader.pk}")
        assert names() == [(1, "Procurement lead"), (2, "IT director")]
        assert ApprovalLevel.objects.get(tier="critical").person == cast.reader
        entry = AuditEntry.objects.filter(verb="approval_level.added").first()
        assert entry is not None
        assert (entry.object_label, entry.after["person"]) == ("Board", cast.reader.pk)

    def test_starts_with_the_tier_that_was_asked_for(self, cast: Cast, signed_in: SignedIn) -> None:
        response = signed_in(cast.admin).get(reverse("approval_level_add"), {"tier": "critical"})
        assert '<option value="critical" selected>' in response.content.decode()

    @pytest.mark.parametrize(
        "wrong",
        [{"name": "  "}, {"decides": ""}, {"decides": "person:0"}, {"decides": "role:editor"}, {"tier": "huge"}],
    )
    def test_keeps_what_was_typed_beside_what_is_wrong(
        self, wrong: dict[str, str], cast: Cast, signed_in: SignedIn
    ) -> None:
        said = {"tier": "critical", "name": "Procurement lead", "decides": "role:admin", **wrong}
        response = post(signed_in(cast.admin), "approval_level_add", **said)
        text = response.content.decode()
        assert not ApprovalLevel.objects.exists()
        assert f'href="#id_{next(iter(wrong))}"' in text
        if "name" not in wrong:
            assert 'value="Procurement lead"' in text
        if "decides" not in wrong:
            assert '<option value="role:admin" selected>' in text

    def test_does_not_offer_people_of_another_organisation_or_who_left(self, cast: Cast, signed_in: SignedIn) -> None:
        gone = make_member(cast.organisation, "gone", Role.APPROVER, is_active=False)
        client = signed_in(cast.admin)
        for person in (cast.stranger, gone):
            post(client, "approval_level_add", tier="all", name="Level", decides=f"person:{person.pk}")
        assert not ApprovalLevel.objects.exists()


class TestChanging:
    def test_keeps_name_and_who_decides(self, cast: Cast, signed_in: SignedIn) -> None:
        row = level(cast, "IT director")
        client = signed_in(cast.admin)
        text = client.get(reverse("approval_level_edit", args=[row.pk])).content.decode()
        assert 'value="IT director"' in text
        assert '<option value="role:approver" selected>' in text
        post(client, "approval_level_edit", row.pk, name="CIO", decides=f"person:{cast.reader.pk}")
        row.refresh_from_db()
        assert (row.name, row.role, row.person) == ("CIO", "", cast.reader)
        entry = AuditEntry.objects.get(verb="approval_level.changed")
        assert (entry.before["name"], entry.after["name"]) == ("IT director", "CIO")

    def test_saved_without_a_change_leaves_no_trace(self, cast: Cast, signed_in: SignedIn) -> None:
        row = level(cast, "IT director")
        post(signed_in(cast.admin), "approval_level_edit", row.pk, name="IT director", decides="role:approver")
        assert not AuditEntry.objects.filter(verb="approval_level.changed").exists()

    def test_still_shows_a_named_person_who_left(self, cast: Cast, signed_in: SignedIn) -> None:
        row = level(cast, "IT director", person=cast.reader)
        Membership.objects.filter(pk=cast.reader.pk).update(is_active=False)
        text = signed_in(cast.admin).get(reverse("approval_level_edit", args=[row.pk])).content.decode()
        assert f'<option value="person:{cast.reader.pk}" selected>Reader (no longer active)</option>' in text


class TestOrder:
    @pytest.fixture
    def rows(self, cast: Cast) -> list[ApprovalLevel]:
        level(cast, "Elsewhere", tier="critical")
        return [level(cast, name) for name in ("A", "B", "C")]

    def test_moves_up_and_down(self, cast: Cast, rows: list[ApprovalLevel], signed_in: SignedIn) -> None:
        client = signed_in(cast.admin)
        post(client, "approval_level_move", rows[2].pk, to="up")
        assert names() == [(1, "A"), (2, "C"), (3, "B")]
        post(client, "approval_level_move", rows[0].pk, to="down")
        assert names() == [(1, "C"), (2, "A"), (3, "B")]
        assert names("critical") == [(1, "Elsewhere")]
        moved = AuditEntry.objects.filter(verb="approval_level.moved").order_by("pk").first()
        assert moved is not None
        assert (moved.before, moved.after) == ({"position": 3}, {"position": 2})

    @pytest.mark.parametrize(("number", "to"), [(0, "up"), (2, "down"), (1, ""), (1, "sideways")])
    def test_beyond_the_end_stays(
        self, number: int, to: str, cast: Cast, rows: list[ApprovalLevel], signed_in: SignedIn
    ) -> None:
        post(signed_in(cast.admin), "approval_level_move", rows[number].pk, to=to)
        assert names() == [(1, "A"), (2, "B"), (3, "C")]
        assert not AuditEntry.objects.filter(verb="approval_level.moved").exists()

    def test_removing_closes_the_gap(self, cast: Cast, rows: list[ApprovalLevel], signed_in: SignedIn) -> None:
        client = signed_in(cast.admin)
        text = client.get(reverse("approval_level_delete", args=[rows[0].pk])).content.decode()
        assert "Remove the level “A”" in text
        assert len(names()) == 3
        post(client, "approval_level_delete", rows[0].pk)
        assert names() == [(1, "B"), (2, "C")]
        assert AuditEntry.objects.get(verb="approval_level.deleted").before["name"] == "A"

    def test_the_database_refuses_two_levels_at_one_place(self, cast: Cast, rows: list[ApprovalLevel]) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            ApprovalLevel.objects.filter(pk=rows[0].pk).update(position=2)

    def test_offers_no_way_beyond_the_ends(self, cast: Cast, rows: list[ApprovalLevel], signed_in: SignedIn) -> None:
        text = page(signed_in(cast.admin))
        assert text.count('value="up"') == text.count('value="down"') == 2


@pytest.mark.parametrize("route", ABOUT_ONE)
class TestAccess:
    def test_stranger_finds_nothing_and_changes_nothing(self, route: str, cast: Cast, signed_in: SignedIn) -> None:
        row = level(cast, "IT director")
        away = make_member(cast.other_organisation, "away", Role.ADMIN)
        response = post(signed_in(away), route, row.pk, to="up", name="Ours", decides="role:approver")
        assert response.status_code == 404
        assert names() == [(1, "IT director")]

    @pytest.mark.parametrize("who", ["assessor", "approver", "reader"])
    def test_colleague_is_refused(self, who: str, route: str, cast: Cast, signed_in: SignedIn) -> None:
        row = level(cast, "IT director")
        response = post(signed_in(getattr(cast, who)), route, row.pk, name="Ours", decides="role:approver")
        assert response.status_code == 403
        assert names() == [(1, "IT director")]


def test_another_organisation_sees_nothing_of_ours(cast: Cast, signed_in: SignedIn) -> None:
    level(cast, "Harbour board")
    away = make_member(cast.other_organisation, "away", Role.ADMIN)
    assert "Harbour board" not in page(signed_in(away))


def test_the_trail_says_it_in_words(cast: Cast, signed_in: SignedIn) -> None:
    row = level(cast, "IT director", person=cast.reader)
    levels.change_level(cast.admin, row, name="CIO", person=cast.reader)
    text = signed_in(cast.admin).get(reverse("audit_list")).content.decode()
    assert "added a level of approval" in text
    assert "changed “Name” of" in text
    assert "approval_level" not in text.replace(reverse("approval_chain"), "")
