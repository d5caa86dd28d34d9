"""What is stored about a person, as a file; and an erasure after which no column holds the name."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.apps import apps
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import CommandError, call_command
from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.chain import verification
from accounts.models import ApiToken, AuditEntry, Invitation, Membership, Role, User
from assessments.models import Answer, Assessment, AssessmentState
from reports.models import Scorecard
from reports.people import erasing, gathering
from reports.people.kept import FROZEN
from reports.scorecard import sealing
from tests.factories import NOW, PASSWORD, Cast, make_assessment, make_feedback, make_member, make_token, make_vendor
from tests.reports.archives.stock import stocked
from vendors.models import Contact, DeskLink, Feedback

NAME, ADDRESS = "Quirina Vandersloot", "quirina.vandersloot@example.org"


def somebody(cast: Cast) -> Membership:
    """An assessor who rated, uploaded, was invited and named, and owns what is approved."""
    User.objects.filter(pk=cast.assessor.user_id).update(name=NAME, email=ADDRESS)
    cast.assessor.user.refresh_from_db()
    stocked(cast)
    card = Scorecard.objects.get()
    make_feedback(card.assessment.vendor, name=NAME)
    Invitation.objects.create(
        organisation=cast.organisation, email=ADDRESS, role=Role.READER, token_hash="7" * 64, expires_at=NOW
    )
    session = SessionStore()
    session["_auth_user_id"] = str(cast.assessor.user_id)
    session.create()
    return cast.assessor


def texts() -> Iterator[tuple[str, str]]:
    """Every text of every table: where it stands, and what it is."""
    for model in apps.get_models():
        fields = [
            field.name
            for field in model._meta.local_concrete_fields
            if isinstance(field, models.CharField | models.TextField | models.JSONField)
        ]
        for row in model._base_manager.values_list(*fields) if fields else ():
            for value in row:
                yield model._meta.label, value if isinstance(value, str) else json.dumps(value, default=str)


def named(*words: str) -> set[str]:
    return {label for label, text in texts() if any(word.lower() in text.lower() for word in words)}


def test_a_name_that_stays_behind_is_found(cast: Cast) -> None:
    make_feedback(make_assessment(cast.assessor).vendor, comment=f"Ask {NAME}.")
    assert named(NAME) == {"vendors.Feedback"}


def test_after_an_erasure_no_column_holds_name_or_address_but_those_that_are_frozen(cast: Cast) -> None:
    user = somebody(cast).user
    assert named(NAME, ADDRESS) - FROZEN.keys() >= {"accounts.User", "accounts.Invitation", "vendors.Feedback"}
    erased = erasing.erase(user, by=user, now=NOW)
    assert named(NAME, ADDRESS) - FROZEN.keys() == set()
    assert named(NAME, ADDRESS)  # what is sealed proves who judged
    assert not erased.has_usable_password()
    assert (erased.is_active, erased.erased_at) == (False, NOW)
    assert gathering.open_sessions(erased) == []
    assert not Invitation.objects.pending().filter(email=erased.email).exists()


def test_answers_scores_seals_and_trail_stay_true(cast: Cast) -> None:
    user = somebody(cast).user
    card = Scorecard.objects.get()
    answers, entries = Answer.objects.count(), AuditEntry.objects.count()
    snapshot = card.snapshot
    erased = erasing.erase(user, by=None, now=NOW)
    card.refresh_from_db()
    assert (card.snapshot, Answer.objects.count(), AuditEntry.objects.count()) == (snapshot, answers, entries + 1)
    assert sealing.holds(card)
    assert verification.verify().head
    entry = AuditEntry.objects.latest("pk")
    assert (entry.verb, NAME in entry.object_label, NAME in entry.actor_label) == ("user.erased", False, False)
    assert card.assessment.responses.get().rater == erased


def test_the_keys_of_whoever_is_erased_open_nothing(cast: Cast) -> None:
    secret = make_token(cast.assessor)
    erasing.erase(cast.assessor.user, by=None, now=NOW)
    assert ApiToken.objects.get().revoked_at == NOW
    assert Client().get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"}).status_code == 401


def test_a_pseudonym_speaks_the_language_of_its_reader_and_stays_the_same(cast: Cast) -> None:
    erased = erasing.erase(cast.reader.user, by=None, now=NOW)
    mark = erased.email[:4]
    assert str(erased) == f"Former member {mark}" == erased.name
    with translation.override("nl"):
        assert mark in str(User.objects.get(pk=erased.pk))
    with pytest.raises(erasing.NotErased, match="erased before"):
        erasing.erase(erased, by=None, now=NOW)


def test_whoever_is_needed_hears_who_takes_over_first(cast: Cast) -> None:
    with pytest.raises(erasing.NotErased, match="Harbour Hospital has no other administrator"):
        erasing.erase(cast.admin.user, by=None, now=NOW)
    make_assessment(cast.assessor, state=AssessmentState.COLLECTING)
    with pytest.raises(erasing.NotErased, match="Assessment A-2026-001 of Example Systems 1 is still open"):
        erasing.erase(cast.assessor.user, by=None, now=NOW)
    with pytest.raises(erasing.NotErased, match="This installation has no other administrator"):
        erasing.erase(cast.editor, by=None, now=NOW)
    make_member(cast.organisation, "second", Role.ADMIN)
    Assessment.objects.update(owner=cast.colleague.user)
    assert erasing.why_not(cast.admin.user) == erasing.why_not(cast.assessor.user) == []


def test_a_contact_is_erased_with_its_links(cast: Cast) -> None:
    vendor = make_assessment(cast.assessor).vendor
    contact = Contact.objects.create(vendor=vendor, name=NAME, email=ADDRESS, phone="+32 1", job="Head")
    link = DeskLink.objects.create(
        vendor=vendor, contact=contact, name=NAME, email=ADDRESS, token_hash="8" * 64, expires_at=NOW, created_at=NOW,
        created_by=cast.assessor.user,
    )  # fmt: skip
    erased = erasing.erase_contact(contact, by=cast.assessor.user, now=NOW)
    link.refresh_from_db()
    assert named(NAME, ADDRESS) - FROZEN.keys() == set()
    assert (erased.email, erased.phone, erased.job, link.revoked_at) == ("", "", "", NOW)
    assert link.email.endswith("@erased.invalid")
    assert link.name == erased.name


def test_names_and_addresses_of_which_theirs_is_a_part_stay_whole(cast: Cast) -> None:
    User.objects.filter(pk=cast.colleague.user_id).update(name="Ann", email="jan@firm.example")
    vendor = make_vendor(cast.organisation)
    others = {"Annet Suzann": "arjan@firm.example", "Ann-Marie": "jan@firm.example.org", "Susan": "x.jan@firm.example"}
    for name, address in others.items():
        Contact.objects.create(vendor=vendor, name=name, email=address)
        make_feedback(vendor, name=name)
    make_feedback(vendor, name="ann")
    make_feedback(vendor, name="Ann, Susan")
    erased = erasing.erase(User.objects.get(pk=cast.colleague.user_id), by=None, now=NOW)
    assert dict(Contact.objects.values_list("name", "email")) == others
    told = set(Feedback.objects.values_list("name", flat=True))
    assert told == {*others, erased.name, f"{erased.name}, Susan"}


def test_the_file_holds_what_is_the_persons_and_no_secret(cast: Cast) -> None:
    somebody(cast)
    with ZipFile(io.BytesIO(gathering.as_file(gathering.stored_about(ADDRESS)))) as archive:
        found = json.loads(archive.read("person.json"))
        page = archive.read("person.html").decode()
        files = [name for name in archive.namelist() if name.startswith("files/")]
    tables = {table["table"] for table in found["tables"]}
    assert found["account"]["email"] == ADDRESS
    assert tables >= {"accounts.Membership", "assessments.Answer", "assessments.Evidence", "accounts.AuditEntry",
                      "accounts.Invitation", "accounts.ApiToken"}  # fmt: skip
    assert len(found["sessions"]) == 1
    assert files == ["files/1-proof.txt"]
    assert NAME in page
    assert not {"password", "token_hash", "calendar_hash"} & {
        name for table in found["tables"] for row in table["rows"] for name in row
    }
    assert "approver@example.org" not in json.dumps(found["tables"][0])


def test_a_page_behind_a_fresh_proof_gives_the_file_and_the_trail_says_so(cast: Cast, client: Client) -> None:
    user = cast.reader.user
    user.set_password(PASSWORD)
    user.save()
    client.force_login(user)
    assert client.get(reverse("person_stored")).status_code == 200
    assert reverse("account_reauthenticate") in client.post(reverse("person_download"))["Location"]
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    response = client.post(reverse("person_download"))
    assert response["Content-Type"] == "application/zip"
    assert AuditEntry.objects.latest("pk").verb == "user.taken_out"
    page = client.get(reverse("person_erase")).content.decode()
    assert "approved scorecards: who rated and who approved" in page
    client.post(reverse("person_erase"), {"address": "somebody@example.org"})
    user.refresh_from_db()
    assert user.erased_at is None
    client.post(reverse("person_erase"), {"address": user.email})
    user.refresh_from_db()
    assert user.erased_at
    assert client.get(reverse("person_stored")).status_code == 302


def test_the_file_is_made_a_few_times_an_hour_at_most(cast: Cast, client: Client, settings: Any) -> None:
    assert settings.ACCOUNT_RATE_LIMITS["person"] == "10/h/key"
    settings.ACCOUNT_RATE_LIMITS = {"person": "1/h/key"}
    user = cast.reader.user
    user.set_password(PASSWORD)
    user.save()
    client.force_login(user)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert [client.post(reverse("person_download")).status_code for _ in range(2)] == [200, 429]


def test_by_command_an_administrator_of_the_installation_answers_whoever_asks(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "reader.zip"
    call_command("export_person", "Reader@example.org", path, verbosity=0)
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(CommandError, match="Nothing is stored under"):
        call_command("export_person", "unknown@example.org", tmp_path / "none.zip")
    with pytest.raises(CommandError, match="Nothing was erased"):
        call_command("erase_person", "reader@example.org")
    call_command("erase_person", "reader@example.org", confirm="reader@example.org", verbosity=0)
    assert not User.objects.filter(email="reader@example.org").exists()


def test_whoever_keeps_the_register_erases_a_contact_of_their_own_organisation(
    cast: Cast, signed_in: Callable[..., Client]
) -> None:
    contact = Contact.objects.create(vendor=make_assessment(cast.assessor).vendor, name=NAME, email=ADDRESS)
    address = reverse("contact_erase", args=[contact.pk])
    assert signed_in(cast.reader).post(address).status_code == 403
    assert signed_in(cast.stranger).post(address).status_code == 404
    client = signed_in(cast.assessor)
    assert "What was sealed keeps the name" in client.get(address).content.decode()
    client.post(address)
    contact.refresh_from_db()
    assert contact.name.startswith("Former contact ")
    assert AuditEntry.objects.latest("pk").verb == "contact.erased"
