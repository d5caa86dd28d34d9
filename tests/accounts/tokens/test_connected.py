"""Services: who makes their tokens, whose eyes they read with, and what ends when."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.absences import absences_of
from accounts.access import RIGHTS, Right, may
from accounts.api import scopes as known
from accounts.models import ApiToken, AuditEntry, Membership, Role, User
from accounts.operations import Scope
from accounts.tokens import connected, making
from accounts.tokens.connected import NotConnected
from tests.factories import Cast, make_connected, make_member, make_token

pytestmark = pytest.mark.django_db


def me(secret: str) -> int:
    return Client().get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"}).status_code


def add_token(actor: Membership, service: Membership, *scopes: Scope) -> str:
    wanted = scopes or (Scope.BANK_READ,)
    terms = {"name": "New", "scopes": wanted, "valid": making.VALID, "now": timezone.now()}
    return connected.add_token(actor, service, **terms).secret  # type: ignore[arg-type]


@pytest.fixture
def second(cast: Cast) -> Membership:
    return make_member(cast.organisation, "second", Role.ADMIN)


@pytest.mark.parametrize(
    ("scopes", "role"),
    [
        ([Scope.VENDORS_READ, Scope.DOCUMENTS_WRITE, Scope.FEEDBACK_WRITE], Role.READER),
        ([Scope.INCIDENTS_WRITE], Role.ASSESSOR),
        ([Scope.ASSESSMENTS_WRITE, Scope.VENDORS_READ], Role.ASSESSOR),
        ([Scope.DIRECTORY], Role.ADMIN),
        ([Scope.DIRECTORY, Scope.VENDORS_WRITE], Role.ADMIN),
        ([Scope.DIRECTORY, Scope.ASSESSMENTS_WRITE], None),
    ],
)
def test_the_role_is_the_least_that_can_do_all_of_it(scopes: list[Scope], role: Role | None) -> None:
    assert known.least_role(scopes) == role
    assert role is None or all(known.NEEDS[scope][0] in RIGHTS[role] for scope in scopes)


def test_every_scope_says_what_it_takes() -> None:
    assert known.NEEDS.keys() == known.WORDS.keys() == set(Scope)


def test_nobody_is_offered_what_their_role_cannot_do(cast: Cast) -> None:
    assert Scope.INCIDENTS_WRITE not in known.of_member(cast.reader)
    assert Scope.COMMITMENTS_WRITE in known.of_member(cast.reader)  # of those that they own
    assert Scope.DIRECTORY in known.of_member(cast.admin)
    assert Scope.DIRECTORY not in known.of_member(cast.assessor)


def test_a_service_never_judges_and_never_approves(cast: Cast) -> None:
    with pytest.raises(NotConnected):
        make_connected(cast.admin, Scope.ANSWERS_WRITE)
    cast.organisation.allow_self_approval = True
    cast.organisation.save()
    service, _secret = make_connected(cast.admin, Scope.ASSESSMENTS_WRITE)
    service.organisation.refresh_from_db()
    assert may(service, Right.ASSESS)
    assert not may(service, Right.APPROVE)
    assert may(cast.assessor, Right.APPROVE) or not cast.assessor.organisation.allow_self_approval


def test_what_one_role_cannot_do_is_refused_before_anything_is_made(cast: Cast) -> None:
    with pytest.raises(NotConnected) as refused:
        make_connected(cast.admin, Scope.DIRECTORY, Scope.ASSESSMENTS_WRITE)
    assert refused.value.field == "scopes"
    assert not Membership.everybody.services().exists()


def test_two_of_one_name_are_refused(cast: Cast) -> None:
    make_connected(cast.admin)
    with pytest.raises(NotConnected):
        make_connected(cast.admin, name="itsm")


def test_old_and_new_tokens_are_valid_side_by_side(cast: Cast) -> None:
    service, old = make_connected(cast.admin, Scope.BANK_READ)
    new = add_token(cast.admin, service)
    assert (me(old), me(new)) == (200, 200)


def test_a_token_that_asks_for_more_raises_the_role_and_is_told(cast: Cast) -> None:
    service, _secret = make_connected(cast.admin, Scope.BANK_READ)
    add_token(cast.admin, service, Scope.INCIDENTS_WRITE)
    service.refresh_from_db()
    assert service.role == Role.ASSESSOR
    told = AuditEntry.objects.get(verb="member.changed")
    assert (told.before, told.after) == ({"role": "reader"}, {"role": "assessor"})


def test_nobody_makes_a_token_for_a_service_that_reads_for_another(cast: Cast, second: Membership) -> None:
    """Else an administrator who still judges would read with the eyes of one who does not."""
    service, _secret = make_connected(cast.admin)
    with pytest.raises(NotConnected):
        add_token(second, service)


def test_a_token_that_somebody_else_made_opens_nothing_while_they_are_here(cast: Cast, second: Membership) -> None:
    _service, secret = make_connected(cast.admin)
    ApiToken.objects.update(made_by=second.user)  # however that came about
    assert me(secret) == 401
    Membership.objects.filter(pk=second.pk).update(is_active=False)
    assert me(secret) == 200


def test_taking_over_ends_what_the_maker_knows_while_they_are_here(cast: Cast, second: Membership) -> None:
    service, secret = make_connected(cast.admin)
    connected.take_over(second, service, now=timezone.now())
    assert me(secret) == 401
    assert ApiToken.objects.get().revoked_at is not None
    assert me(add_token(second, service)) == 200
    told = AuditEntry.objects.get(verb="connection.taken_over")
    assert told.after == {"reads_for": "Second"}


def test_a_service_whose_maker_left_goes_on_and_their_return_opens_nothing(cast: Cast, second: Membership) -> None:
    service, secret = make_connected(cast.admin)
    Membership.objects.filter(pk=cast.admin.pk).update(is_active=False)
    assert me(secret) == 200
    assert connected.of_organisation(second).get().is_orphaned
    connected.take_over(second, service, now=timezone.now())
    assert User.objects.get(pk=service.user_id).judge == second.user
    assert me(secret) == 200
    Membership.objects.filter(pk=cast.admin.pk).update(is_active=True)
    assert me(secret) == 401


def test_whoever_shuts_a_maker_out_is_told_which_tokens_they_know(cast: Cast, second: Membership) -> None:
    make_connected(cast.admin)
    assert [(one.label, one.url) for one in absences_of(cast.admin)] == [("ITSM", "/organisation/api/")]
    assert absences_of(second) == []
    connected.take_over(second, Membership.everybody.services().get(), now=timezone.now())
    assert absences_of(cast.admin) == []


def test_a_maker_who_only_rates_from_outside_by_now_reads_nothing_through_it(cast: Cast) -> None:
    _service, secret = make_connected(cast.admin)
    Membership.objects.filter(pk=cast.admin.pk).update(role=Role.RATER)
    assert me(secret) == 401


def test_one_that_works_for_another_organisation_too_is_not_taken_over(cast: Cast, second: Membership) -> None:
    service, _secret = make_connected(cast.admin)
    Membership.everybody.create(
        user=service.user, organisation=cast.other_organisation, role=Role.READER, is_service=True
    )
    with pytest.raises(NotConnected):
        connected.take_over(second, service, now=timezone.now())


def test_the_end_withdraws_everything_at_once(cast: Cast) -> None:
    service, secret = make_connected(cast.admin)
    connected.end(cast.admin, service, now=timezone.now())
    assert me(secret) == 401
    with pytest.raises(NotConnected):
        add_token(cast.admin, service)
    verbs = set(AuditEntry.objects.values_list("verb", flat=True))
    assert {"connection.made", "token.made", "connection.ended", "token.revoked"} <= verbs


def test_whoever_leaves_takes_their_own_tokens_along(cast: Cast) -> None:
    secret = make_token(cast.reader)
    Membership.objects.filter(pk=cast.reader.pk).update(is_active=False)
    assert me(secret) == 401
    Membership.objects.filter(pk=cast.reader.pk).update(is_active=True)
    assert me(secret) == 200
    User.objects.filter(pk=cast.reader.user_id).update(is_active=False)
    assert me(secret) == 401


def test_a_stranger_takes_nothing_over(cast: Cast) -> None:
    service, _secret = make_connected(cast.admin)
    stranger = make_member(cast.other_organisation, "away-admin", Role.ADMIN)
    with pytest.raises(Membership.DoesNotExist):
        connected.take_over(stranger, service, now=timezone.now() + timedelta(days=1))
