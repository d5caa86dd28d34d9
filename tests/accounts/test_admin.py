"""The Django admin for accounts: superusers open organisations; what changes rights is recorded; nothing is deleted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.utils import label_for_field
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.models import AuditEntry, Invitation, Membership, Organisation, Role, User
from accounts.trail import audit
from tests.factories import Cast, make_user

SignedIn = Callable[..., Client]
SAME_WORDS = {"organisation", "question", "questions", "label", "knock-out"}  # in English as in French or Dutch


def _organisation(**fields: Any) -> dict[str, Any]:
    return {"name": "Quay Museum", "slug": "quay", "language": "nl", "repeat_days": "90", "_save": "Save", **fields}


def test_a_new_organisation_invites_its_first_administrator(
    cast: Cast,
    signed_in: SignedIn,
    mailoutbox: list[Any],
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    client = signed_in(cast.editor)

    with django_capture_on_commit_callbacks(execute=True):
        client.post(
            reverse("admin:accounts_organisation_add"), _organisation(first_admin="first@example.org"), follow=True
        )

    invitation = Invitation.objects.get(organisation__slug="quay")
    assert (invitation.email, invitation.role, invitation.language) == ("first@example.org", Role.ADMIN, "nl")
    assert [mail.to for mail in mailoutbox] == [["first@example.org"]]
    verbs = AuditEntry.objects.filter(organisation__slug="quay").values_list("verb", flat=True)
    assert set(verbs) == {"organisation.added", "invitation.sent"}


def test_an_organisation_can_be_opened_without_a_mail(cast: Cast, signed_in: SignedIn, mailoutbox: list[Any]) -> None:
    signed_in(cast.editor).post(reverse("admin:accounts_organisation_add"), _organisation())

    assert Organisation.objects.filter(slug="quay").exists()
    assert mailoutbox == []


def test_a_membership_changed_in_the_admin_is_recorded(cast: Cast, signed_in: SignedIn) -> None:
    row = cast.stranger
    data = {
        "name": row.organisation.name,
        "slug": row.organisation.slug,
        "language": "en",
        "repeat_days": "90",
        "asks_supplementary": "on",
        "memberships-TOTAL_FORMS": "2",
        "memberships-INITIAL_FORMS": "1",
        "memberships-0-id": row.pk,
        "memberships-0-organisation": row.organisation_id,
        "memberships-0-user": row.user_id,
        "memberships-0-role": "admin",
        "memberships-0-is_active": "on",
        "memberships-1-organisation": row.organisation_id,
        "memberships-1-user": cast.nobody.pk,
        "memberships-1-role": "reader",
        "memberships-1-is_active": "on",
    }

    signed_in(cast.editor).post(reverse("admin:accounts_organisation_change", args=[row.organisation_id]), data)

    trail = AuditEntry.objects.order_by("verb").values_list("verb", "before", "after", "organisation")
    assert list(trail) == [
        ("member.added", {}, {"role": "reader", "is_active": True}, row.organisation_id),
        ("member.changed", {"role": "assessor"}, {"role": "admin"}, row.organisation_id),
    ]
    assert Membership.objects.get(user=cast.nobody).organisation == row.organisation


def test_making_somebody_staff_is_recorded(cast: Cast, signed_in: SignedIn) -> None:
    data = {"email": "Nobody@example.org", "name": "Nobody", "language": "en", "is_active": "on", "is_staff": "on"}
    dates = {"last_login_0": "", "last_login_1": "", "date_joined_0": "2026-01-01", "date_joined_1": "10:00:00"}

    signed_in(cast.editor).post(reverse("admin:accounts_user_change", args=[cast.nobody.pk]), {**data, **dates})

    cast.nobody.refresh_from_db()
    assert cast.nobody.is_staff
    assert cast.nobody.email == "nobody@example.org"
    entry = AuditEntry.objects.get(verb="user.changed")
    assert (entry.before, entry.after) == ({"is_staff": False}, {"is_staff": True})


def test_users_are_added_by_address(cast: Cast, signed_in: SignedIn) -> None:
    signed_in(cast.editor).post(
        reverse("admin:accounts_user_add"),
        {
            "email": "New@Example.org",
            "name": "New",
            "language": "fr",
            "usable_password": "true",
            "password1": "harbour lights at dusk",
            "password2": "harbour lights at dusk",
        },
    )

    assert User.objects.get(email="new@example.org").check_password("harbour lights at dusk")
    assert AuditEntry.objects.filter(verb="user.added").exists()


@pytest.mark.parametrize("model", ["user", "organisation", "auditentry"])
def test_nothing_is_deleted(cast: Cast, signed_in: SignedIn, model: str) -> None:
    audit.record(None, "user.changed", cast.nobody)
    target = {"user": cast.nobody, "organisation": cast.organisation, "auditentry": AuditEntry.objects.get()}[model]

    response = signed_in(cast.editor).post(reverse(f"admin:accounts_{model}_delete", args=[target.pk]), {"post": "yes"})

    assert response.status_code == 403
    assert type(target).objects.filter(pk=target.pk).exists()


def test_the_trail_cannot_be_edited_there(cast: Cast, signed_in: SignedIn) -> None:
    entry = audit.record(None, "user.changed", cast.nobody)
    client = signed_in(cast.editor)

    page = client.get(reverse("admin:accounts_auditentry_change", args=[entry.pk]))
    response = client.post(reverse("admin:accounts_auditentry_change", args=[entry.pk]), {"verb": "x"})

    assert page.status_code == 200
    assert 'name="_save"' not in page.content.decode()
    assert response.status_code == 403
    assert client.get(reverse("admin:accounts_auditentry_add")).status_code == 403


@pytest.mark.parametrize("model", ["user", "organisation", "auditentry"])
def test_a_bank_editor_who_is_no_superuser_sees_none_of_it(cast: Cast, signed_in: SignedIn, model: str) -> None:
    plain_editor = make_user("plain-editor", is_staff=True)

    assert signed_in(plain_editor).get(reverse(f"admin:accounts_{model}_changelist")).status_code == 403


@pytest.mark.parametrize("language", ["fr", "nl"])
def test_columns_speak_the_language_of_the_reader(language: str) -> None:
    def columns() -> list[str]:
        return [
            str(label_for_field(name, model, model_admin))
            for model, model_admin in admin.site._registry.items()
            if model._meta.app_label in ("accounts", "manifesto")
            for name in model_admin.list_display
        ]

    with translation.override("en"):
        english = columns()
    with translation.override(language):
        same = {one for one, other in zip(english, columns(), strict=True) if one == other}
    assert same <= SAME_WORDS
    assert len(english) > 20
