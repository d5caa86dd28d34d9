"""An import: what its rows mean, what they would do, what they do, and that they do it once."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import AuditEntry, Department
from groundwork.folding import plain
from groundwork.tables.cells import ImportRefused
from groundwork.tables.writing import as_csv
from tests.assessments.lifecycle.test_transitions import at_once
from tests.factories import NOW, Cast, make_cast, make_vendor
from vendors.models import IMPORT_KEPT, Contact, Service, Vendor, VendorImport
from vendors.vendor_import import headings
from vendors.vendor_import import plan as imports
from vendors.vendor_import.cells import read_cells
from vendors.vendor_import.contract_cells import DayReader
from vendors.vendor_import.plan import Fate, ImportStep, Plan, RegisterMoved
from vendors.vendor_import.table import LIMITS, RegisterRow, RegisterTable

TODAY = timezone.localdate(NOW)
HEADER = "name;reference;tier;website;country;notes;services;contact name;contact e-mail\n"


def plan(cast: Cast, text: str) -> Plan:
    return imports.plan_for(cast.assessor, imports.read(text.encode()), today=TODAY)


def only(cast: Cast, text: str) -> ImportStep:
    (step,) = plan(cast, text).steps
    return step


def keep(cast: Cast, text: str, name: str = "vendors.csv") -> VendorImport:
    return imports.keep(cast.assessor, imports.read(text.encode()), file_name=name, now=NOW)


def write(cast: Cast, text: str) -> VendorImport:
    upload = keep(cast, text)
    return imports.apply(cast.assessor, upload, digest=plan(cast, text).digest, now=NOW)


def reasons(step: ImportStep) -> str:
    return " ".join(problem.reason for problem in step.problems)


# Headings and tiers ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("Name", "name"), ("FOURNISSEUR", "name"), ("Raison sociale", "name"), ("naam leverancier", "name"),
        ("N° fournisseur", "reference"), ("réf.", "reference"), ("REFERENCE", "reference"),
        ("Leveranciersnummer", "reference"), ("Criticité", "tier"), ("web-site", "website"), ("Pays", "country"),
        ("Opmerkingen", "notes"), ("Toepassingen", "services"), ("Contactpersoon", "contact_name"),
        ("E-Mail", "contact_email"), ("courriel", "contact_email"), ("SIRET", ""), ("", ""),
        ("E-mail contact", "contact_email"), ("E-mail van contactpersoon", "contact_email"),
        ("Courriel du contact", "contact_email"), ("Language", "contact_language"), ("langue", "contact_language"),
        ("TAAL", "contact_language"), ("Contractnummer", "contract_reference"), ("Échéance", "contract_end"),
        ("Préavis", "contract_notice"), ("opzegtermijn", "contract_notice"), ("Start date", "contract_start"),
        ("Reconduction tacite", "contract_renews"), ("Time to replace", "months_to_replace"),
    ],
)  # fmt: skip
def test_headings_are_understood_in_three_languages(heading: str, column: str) -> None:
    assert headings.column_of(heading) == column


def test_no_word_of_a_heading_means_two_things() -> None:
    words = headings._words()
    for group in ("columns", "tiers", "languages", "units"):
        meanings: dict[str, set[str]] = {}
        for meaning, by_language in words[group].items():
            for word in headings._all(by_language):
                meanings.setdefault(plain(word), set()).add(meaning)
        assert {word: found for word, found in meanings.items() if len(found) > 1} == {}


@pytest.mark.parametrize(
    ("word", "tier"),
    [
        ("critical", "critical"), ("Critique", "critical"), ("bedrijfskritisch", "critical"), ("1", "critical"),
        ("IMPORTANT", "important"), ("belangrijk", "important"), ("Moyenne", "important"),
        ("standaard", "standard"), ("normale", "standard"),
    ],
)  # fmt: skip
def test_tiers_are_understood_in_three_languages(cast: Cast, word: str, tier: str) -> None:
    assert only(cast, f"name;tier\nExample;{word}\n").fields["tier"] == tier


@pytest.mark.parametrize("language", ["en", "fr", "nl"])
def test_the_template_of_each_language_is_understood_in_whole(language: str) -> None:
    with translation.override(language):
        header = imports.read(as_csv([*imports.template_rows(), ["Example"]], language=language)).header
    assert [headings.column_of(text) for text in header] == list(headings.columns())


def test_columns_that_mean_the_same_are_refused_by_name(cast: Cast) -> None:
    with pytest.raises(ImportRefused, match="Vendor, Supplier"):
        plan(cast, "Vendor;Supplier\nA;B\n")
    with pytest.raises(ImportRefused, match="Name, Name"):
        plan(cast, "Name;Notes;Name\nA;B;C\n")


def test_a_file_without_names_is_refused_with_the_headings_it_has(cast: Cast) -> None:
    with pytest.raises(ImportRefused, match="Colour, Size"):
        plan(cast, "Colour;Size\nred;3\n")


def test_columns_that_are_not_understood_are_left_out_and_named(cast: Cast) -> None:
    found = plan(cast, "name;SIRET\nExample;123\n")
    assert [heading.text for heading in found.headings if not heading.column] == ["SIRET"]
    assert found.steps[0].fields == {"name": "Example"}


# What a row would do ---------------------------------------------------------------------------------------------
def test_a_new_vendor_comes_with_its_services_and_its_contact(cast: Cast) -> None:
    row = 'Example;V-1;critical;x.example;Belgium;Note;"Payroll|Billing; payroll ";Demo;demo@x.example'
    step = only(cast, f"{HEADER}{row}\n")
    assert step.fate == Fate.NEW
    assert step.fields["website"] == "https://x.example"
    assert step.services == ("Payroll", "Billing")
    assert step.contact == {"name": "Demo", "email": "demo@x.example"}


def test_the_department_that_orders_is_one_that_is_there(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation, "Example")
    table = plan(cast, "name;ordered by\nExample;PROCUREMENT\nSample;Procurement\nOther;Gardening\n")

    known, new, unknown = table.steps
    assert (known.fate, known.vendor, known.fields) == (Fate.CHANGED, vendor.pk, {"department_id": cast.department.pk})
    assert (known.differences[0].before, known.differences[0].after) == ("", "Procurement")
    assert (new.fate, new.fields["department_id"]) == (Fate.NEW, cast.department.pk)
    assert unknown.fate == Fate.ERROR
    assert "no department of this name" in unknown.problems[0].reason
    assert "Procurement" in unknown.problems[0].reason


def test_another_organisations_department_orders_nothing_here(cast: Cast) -> None:
    Department.objects.create(organisation=cast.other_organisation, name="Elsewhere")

    assert only(cast, "name;department\nExample;Elsewhere\n").fate == Fate.ERROR


def test_a_vendor_is_found_by_its_reference_and_may_get_another_name(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation, "Old name", reference="V-1")
    step = only(cast, "name;reference\nNew name;V-1\n")
    assert (step.fate, step.vendor, step.fields) == (Fate.CHANGED, vendor.pk, {"name": "New name"})
    assert [(told.before, told.after) for told in step.differences] == [("Old name", "New name")]


def test_a_vendor_is_found_by_its_name_in_capitals_or_not_and_keeps_its_spelling(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation, "Société Exemple", tier="standard")
    step = only(cast, "name;tier\n SOCIÉTÉ  exemple;critical\n")
    assert (step.fate, step.vendor, step.fields) == (Fate.CHANGED, vendor.pk, {"tier": "critical"})


def test_an_empty_cell_changes_nothing(cast: Cast) -> None:
    make_vendor(cast.organisation, "Example", reference="V-1", tier="critical", country="Belgium", notes="Keep")
    assert only(cast, HEADER + "Example;;;;;;;;\n").fate == Fate.UNCHANGED


def test_a_row_that_says_what_is_known_is_unchanged(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation, "Example", tier="critical")
    Service.objects.create(vendor=vendor, name="Payroll")
    Contact.objects.create(vendor=vendor, name="Demo", email="demo@x.example")
    assert only(cast, HEADER + "Example;;critical;;;;PAYROLL;Other name;DEMO@x.example\n").fate == Fate.UNCHANGED


def test_services_are_added_and_never_taken_away(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation, "Example")
    Service.objects.create(vendor=vendor, name="Payroll")
    assert only(cast, 'name;services\nExample;"Billing|Payroll"\n').services == ("Billing",)


def test_a_known_contact_gets_its_new_address(cast: Cast) -> None:
    contact = Contact.objects.create(vendor=make_vendor(cast.organisation, "Example"), name="Demo", email="a@x.example")
    step = only(cast, "name;contact name;contact e-mail\nExample;demo;b@x.example\n")
    assert (step.contact_id, step.contact) == (contact.pk, {"email": "b@x.example"})
    assert [(told.before, told.after) for told in step.differences] == [("Demo <a@x.example>", "Demo <b@x.example>")]


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("French", "fr"), ("français", "fr"), ("Frans", "fr"), ("FR", "fr"), ("fr-BE", "fr"), ("nl_BE", "nl"),
        ("Dutch", "nl"), ("néerlandais", "nl"), ("Nederlands", "nl"), ("English", "en"), ("anglais", "en"),
        ("Engels", "en"),
    ],
)  # fmt: skip
def test_languages_are_understood_in_three_languages_and_as_codes(cast: Cast, word: str, code: str) -> None:
    assert only(cast, f"name;contact;language\nExample;Demo;{word}\n").contact["language"] == code


def test_an_unknown_language_is_a_fault_and_a_language_alone_is_nobody(cast: Cast) -> None:
    step = only(cast, "name;contact;language\nExample;Demo;Frisian\n")
    assert "Use one of these: English, French, Dutch." in reasons(step)
    assert only(cast, "name;contact;language\nExample;;French\n").contact == {}


def test_a_new_contact_reads_the_language_of_the_organisation_unless_the_file_says_another(cast: Cast) -> None:
    cast.organisation.language = "nl"
    cast.organisation.save()
    cast.assessor.refresh_from_db()
    write(cast, "name;contact;language\nExample;Demo;\nOther;Robin;French\n")
    spoken = dict(Contact.objects.values_list("name", "language"))
    assert spoken == {"Demo": "nl", "Robin": "fr"}


def test_a_known_contact_gets_its_new_language_and_nothing_else(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation, "Example")
    contact = Contact.objects.create(vendor=vendor, name="Demo", email="a@x.example", language="en")
    text = "name;contact name;e-mail;language\nExample;Somebody;A@x.example;French\n"
    step = only(cast, text)
    assert (step.contact_id, step.contact) == (contact.pk, {"language": "fr"})
    told = [(one.before, one.after) for one in step.differences]
    assert told == [("Demo <a@x.example>, English", "Demo <a@x.example>, French")]
    write(cast, text)
    contact.refresh_from_db()
    assert (contact.name, contact.email, contact.language) == ("Demo", "a@x.example", "fr")
    assert only(cast, text).fate == Fate.UNCHANGED


def test_an_address_without_a_name_names_its_contact(cast: Cast) -> None:
    assert only(cast, "name;e-mail\nExample;help@x.example\n").contact == {
        "name": "help@x.example",
        "email": "help@x.example",
    }


def test_an_archived_vendor_is_found_and_marked(cast: Cast) -> None:
    make_vendor(cast.organisation, "Example", archived_at=NOW)
    step = only(cast, "name;tier\nExample;critical\n")
    assert step.is_archived
    assert step.fate == Fate.CHANGED


def test_vendors_of_another_organisation_are_never_found(cast: Cast) -> None:
    make_vendor(cast.other_organisation, "Example", reference="V-1")
    assert only(cast, "name;reference\nExample;V-1\n").fate == Fate.NEW


@pytest.mark.parametrize(
    ("row", "column", "said"),
    [
        (";V-9;;;;;;;", "Name", "V-9"),
        (";;critical;;;;;;", "Name", "needs a name"),
        ("Example;;vital;;;;;;", "Tier", "Critical, Important, Standard"),
        ("Example;;;no address;;;;;", "Website", "valid URL"),
        ("Example;;;javascript:alert(1);;;;;", "Website", "valid URL"),
        ("Example;;;ftp://x.example;;;;;", "Website", "valid URL"),
        ("Example;;;;;;;Demo;no-mail", "Contact e-mail", "valid email"),
        ("x" * 201 + ";;;;;;;;", "Name", "200"),
        ("Example;" + "x" * 41 + ";;;;;;;", "Reference", "40"),
        ("Example;;;;;;" + "x" * 161 + ";;", "Services", "160"),
        ("Example;;;;;;;;;too much", "", "more cells"),
    ],
)
def test_a_row_that_cannot_go_in_says_where_and_why(cast: Cast, row: str, column: str, said: str) -> None:
    step = only(cast, HEADER + row + "\n")
    assert step.fate == Fate.ERROR
    assert step.line == 2
    assert [problem.column for problem in step.problems] == [column]
    assert said in reasons(step)


def test_all_faults_of_a_row_are_told_at_once(cast: Cast) -> None:
    step = only(cast, HEADER + "Example;;vital;no address;;;;Demo;no-mail\n")
    assert [(problem.column, problem.value) for problem in step.problems] == [
        ("Tier", "vital"),
        ("Website", "no address"),
        ("Contact e-mail", "no-mail"),
    ]


def test_faults_are_told_in_the_language_of_the_reader(cast: Cast) -> None:
    with translation.override("fr"):
        step = only(cast, HEADER + "Example;;;;;;;Demo;no-mail\n")
    assert "Saisissez" in reasons(step)
    assert step.problems[0].column == "E-mail du contact"


def test_reference_and_name_of_two_different_vendors_are_refused(cast: Cast) -> None:
    make_vendor(cast.organisation, "One", reference="V-1")
    make_vendor(cast.organisation, "Two", reference="V-2")
    step = only(cast, "name;reference\nTwo;V-1\n")
    assert step.fate == Fate.ERROR
    assert "One" in reasons(step)


@pytest.mark.parametrize(
    "rows",
    [
        "Example;V-1\nExample;V-1\n",
        "Example;\nEXAMPLE;V-2\n",
        "Example;V-1\nOther;V-1\n",
        "Known;V-5\n;V-5\n",
        "Renamed;V-5\nKnown;\n",
    ],
)
def test_a_second_row_about_one_vendor_is_refused_with_the_line_of_the_first(cast: Cast, rows: str) -> None:
    make_vendor(cast.organisation, "Known", reference="V-5")
    first, second = plan(cast, "name;reference\n" + rows).steps
    assert first.fate != Fate.ERROR
    assert second.fate == Fate.ERROR
    assert "Line 2" in reasons(second)


def test_a_formula_is_refused_where_it_counts_and_ignored_elsewhere(cast: Cast) -> None:
    table = RegisterTable(
        header=("Name", "Colour", "Country"),
        rows=(
            RegisterRow(line=2, cells=("Example", "=1+1", ""), faulty=(1,)),
            RegisterRow(line=3, cells=("Sample", "", "=A1"), faulty=(2,)),
            RegisterRow(line=4, cells=("#REF!", "", ""), faulty=(0,)),
        ),
    )
    good, formula, error = imports.plan_for(cast.assessor, table, today=TODAY).steps
    assert good.fate == Fate.NEW
    assert "formula" in reasons(formula)
    assert "error" in reasons(error)


def test_a_plan_takes_the_same_queries_for_one_row_and_for_many(cast: Cast) -> None:
    def queries(rows: int) -> int:
        text = HEADER + "".join(f"V {n};;;;;;Payroll;Demo {n};d{n}@x.example\n" for n in range(rows))
        with CaptureQueriesContext(connection) as caught:
            plan(cast, text)
        return len(caught)

    assert queries(1) == queries(60) == 5


# Writing ---------------------------------------------------------------------------------------------------------
def test_nothing_is_written_before_somebody_says_so(cast: Cast) -> None:
    keep(cast, HEADER + "Example;;;;;;;;\n")
    assert not Vendor.objects.exists()
    assert not AuditEntry.objects.exists()


def test_the_department_that_orders_goes_in_and_is_told(cast: Cast) -> None:
    known = make_vendor(cast.organisation, "Known")
    text = "name;department\nKnown;Procurement\nExample;Procurement\n"
    upload = keep(cast, text)
    imports.apply(cast.assessor, upload, digest=plan(cast, text).digest, now=NOW)

    known.refresh_from_db()
    assert known.department == cast.department
    assert Vendor.objects.get(name="Example").department == cast.department
    assert AuditEntry.objects.get(verb="vendor.changed").after == {"department_id": cast.department.pk}


def test_good_rows_go_in_without_the_bad_and_leave_a_trail(cast: Cast) -> None:
    known = make_vendor(cast.organisation, "Known", tier="standard")
    text = HEADER + (
        "Example;V-1;critical;;;;Payroll;Demo;demo@x.example\nKnown;;important;;;;Billing;;\nBad;;vital;;;;;;\n"
    )
    upload = write(cast, text)
    example = Vendor.objects.get(name="Example")
    known.refresh_from_db()
    assert upload.summary["counts"] == {"new": 1, "changed": 1, "unchanged": 0, "error": 1}
    assert [problem["line"] for problem in upload.summary["problems"]] == [4]
    assert example.services.get().name == "Payroll"
    assert example.contacts.get().email == "demo@x.example"
    assert known.tier == "important"
    assert known.services.get().name == "Billing"
    entries = AuditEntry.objects.order_by("pk")
    assert [entry.verb for entry in entries] == ["vendor.added", "vendor.changed", "vendorimport.applied"]
    assert entries[0].after["services"] == ["Payroll"]
    assert (entries[1].before, entries[1].after) == (
        {"tier": "standard"},
        {"tier": "important", "services": ["Billing"]},
    )
    assert {entry.organisation_id for entry in entries} == {cast.organisation.pk}


def test_a_contact_that_is_brought_up_to_date_leaves_what_it_was_in_the_trail(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation, "Example")
    contact = Contact.objects.create(vendor=vendor, name="Demo", email="a@x.example")

    write(cast, "name;contact name;contact e-mail\nExample;demo;b@x.example\n")

    entry = AuditEntry.objects.get(verb="contact.changed")
    assert (entry.object_id, entry.vendor_ref) == (str(contact.pk), vendor.pk)
    assert (entry.before, entry.after) == ({"email": "a@x.example"}, {"email": "b@x.example"})


def state() -> list[Any]:
    models = (Vendor, Service, Contact, AuditEntry)
    return [list(model._base_manager.order_by("pk").values_list()) for model in models]


def test_applying_twice_changes_nothing(cast: Cast) -> None:
    upload = write(cast, HEADER + "Example;V-1;critical;;;;Payroll;Demo;demo@x.example\n")
    before = state()
    imports.apply(cast.assessor, upload, digest="", now=NOW)
    assert state() == before


def test_the_same_file_again_finds_everything_unchanged(cast: Cast) -> None:
    text = HEADER + "Example;V-1;critical;x.example;B;Two\tparts;Payroll;Demo;demo@x.example\nOther;;;;;;;;\n"
    write(cast, text)
    assert {step.fate for step in plan(cast, text).steps} == {Fate.UNCHANGED}


def test_a_register_that_moved_meanwhile_is_not_written_over(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation, "Example", tier="standard")
    text = "name;tier\nExample;critical\nNew one;critical\n"
    upload, seen = keep(cast, text), plan(cast, text).digest
    Vendor.objects.filter(pk=vendor.pk).update(tier="important")
    with pytest.raises(RegisterMoved):
        imports.apply(cast.assessor, upload, digest=seen, now=NOW)
    assert Vendor.objects.count() == 1
    upload.refresh_from_db()
    assert upload.applied_at is None


def test_a_name_taken_in_the_last_moment_leaves_nothing_half_done(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "name\nFirst\nExample\n"
    upload, seen = keep(cast, text), plan(cast, text)
    make_vendor(cast.organisation, "Example")
    monkeypatch.setattr(imports, "plan_for", lambda member, table, today: seen)  # the colleague commits after our look
    with pytest.raises(RegisterMoved):
        imports.apply(cast.assessor, upload, digest=seen.digest, now=NOW)
    assert list(Vendor.objects.values_list("name", flat=True)) == ["Example"]
    assert not AuditEntry.objects.exists()


def test_the_digest_tells_plans_apart_and_not_the_language_they_are_read_in(cast: Cast) -> None:
    text = "name;tier\nExample;critical\nBad;vital\n"
    with translation.override("fr"):
        french = plan(cast, text).digest
    assert french == plan(cast, text).digest
    assert french != plan(cast, text.replace("critical", "standard")).digest


def test_files_are_forgotten_after_their_time(cast: Cast) -> None:
    old = keep(cast, "name\nExample\n")
    of_others = imports.keep(cast.stranger, imports.read(b"name\nExample\n"), file_name="x", now=NOW)
    VendorImport.objects.update(created_at=NOW - IMPORT_KEPT * 2)
    fresh = keep(cast, "name\nExample\n")
    assert set(VendorImport.objects.values_list("pk", flat=True)) == {of_others.pk, fresh.pk}
    assert old.pk != fresh.pk


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs rows that can be locked")
@pytest.mark.django_db(transaction=True)
def test_one_import_written_by_two_at_once_goes_in_once() -> None:
    cast = make_cast()
    text = HEADER + "Example;V-1;;;;;Payroll;Demo;demo@x.example\n"
    upload, seen = keep(cast, text), plan(cast, text).digest
    outcomes = at_once(*[lambda: imports.apply(cast.assessor, upload, digest=seen, now=NOW)] * 3)
    assert [type(outcome) for outcome in outcomes] == [VendorImport] * 3
    assert Vendor.objects.count() == Service.objects.count() == Contact.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs rows that can be locked")
@pytest.mark.django_db(transaction=True)
def test_of_two_imports_of_one_vendor_at_once_one_goes_in_and_the_other_is_told() -> None:
    cast = make_cast()
    text = "name\nExample\n"
    seen, uploads = plan(cast, text).digest, [keep(cast, text), keep(cast, text)]
    outcomes = at_once(
        lambda: imports.apply(cast.assessor, uploads[0], digest=seen, now=NOW),
        lambda: imports.apply(cast.colleague, uploads[1], digest=seen, now=NOW),
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["RegisterMoved", "VendorImport"]
    assert Vendor.objects.count() == 1


# Pages -----------------------------------------------------------------------------------------------------------
def send(client: Any, content: bytes, name: str = "vendors.csv") -> Any:
    return client.post(reverse("vendor_import"), {"file": SimpleUploadedFile(name, content)})


def test_a_file_is_shown_then_written_then_shown_as_done(cast: Cast, signed_in: Any) -> None:
    client = signed_in(cast.assessor)
    preview = client.get(send(client, b"name;tier;colour\nExample;critical;red\nBad;vital;\n").url)
    page = preview.content.decode()
    assert "colour" in page
    assert "vital" in page
    assert not Vendor.objects.exists()
    upload = preview.context["upload"]
    applied = client.post(
        reverse("vendor_import_apply", args=[upload.pk]), {"digest": preview.context["plan"].digest}, follow=True
    )
    assert Vendor.objects.get().tier == "critical"
    assert "Line 3" in applied.content.decode()
    again = client.post(reverse("vendor_import_apply", args=[upload.pk]), {"digest": ""}, follow=True)
    assert "nothing was changed" in again.content.decode()
    assert Vendor.objects.count() == 1


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n\0\0", b"Colour\nred\n", b"x" * (LIMITS.text_bytes + 1)])
def test_a_file_that_cannot_be_read_is_refused_at_its_field(cast: Cast, signed_in: Any, content: bytes) -> None:
    answer = send(signed_in(cast.assessor), content)
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == ["file"]
    assert not VendorImport.objects.exists()


def test_writing_after_the_register_moved_shows_the_rows_again(cast: Cast, signed_in: Any) -> None:
    client = signed_in(cast.assessor)
    send(client, b"name\nExample\n")
    upload = VendorImport.objects.get()
    answer = client.post(reverse("vendor_import_apply", args=[upload.pk]), {"digest": "stale"}, follow=True)
    assert "nothing was written" in answer.content.decode()
    assert not Vendor.objects.exists()


@pytest.mark.parametrize(("show", "lines"), [("error", [3]), ("new", [2]), ("unchanged", []), ("odd", [2, 3])])
def test_the_preview_shows_the_rows_of_one_kind(cast: Cast, signed_in: Any, show: str, lines: list[int]) -> None:
    client = signed_in(cast.assessor)
    url = send(client, b"name;tier\nExample;critical\nBad;vital\n").url
    assert [step.line for step in client.get(f"{url}?show={show}").context["page"]] == lines


def test_rows_that_did_not_go_in_can_be_put_right_and_imported(cast: Cast, signed_in: Any) -> None:
    client = signed_in(cast.assessor)
    url = send(client, b"name;tier;colour\nGood;critical;red\n=Bad;vital;blue\n").url
    upload = VendorImport.objects.get()
    download = client.get(reverse("vendor_import_errors", args=[upload.pk]))
    assert download["Content-Disposition"].startswith("attachment")
    text = download.content.decode("utf-8-sig")
    assert "Good" not in text
    assert '"\'=Bad","vital","blue","3",' in text
    client.post(reverse("vendor_import_apply", args=[upload.pk]), {"digest": client.get(url).context["plan"].digest})
    assert client.get(reverse("vendor_import_errors", args=[upload.pk])).content == download.content
    (step,) = imports.plan_for(
        cast.assessor, imports.read(text.replace("vital", "critical").encode()), today=TODAY
    ).steps
    assert (step.fate, step.name) == (Fate.NEW, "=Bad")


def test_the_template_is_a_table_for_spreadsheets_of_the_readers_language(cast: Cast, signed_in: Any) -> None:
    client = signed_in(cast.assessor)
    english = client.get(reverse("vendor_import_template"))
    french = client.get(reverse("vendor_import_template"), headers={"accept-language": "fr"})
    assert english.content.startswith(b'\xef\xbb\xbf"Name","Reference",')
    assert french.content.decode("utf-8-sig").startswith('"Nom";"Référence";')
    assert english["Content-Disposition"] == 'attachment; filename="vendors.csv"'


def test_an_import_belongs_to_its_organisation_and_to_those_who_edit(cast: Cast, signed_in: Any) -> None:
    upload = keep(cast, "name\nExample\n")
    urls = [reverse(f"vendor_import_{step}", args=[upload.pk]) for step in ("preview", "errors")]
    apply = reverse("vendor_import_apply", args=[upload.pk])
    stranger, statuses = signed_in(cast.stranger), []
    statuses += [stranger.get(url).status_code for url in urls] + [stranger.post(apply).status_code]
    assert set(statuses) == {404}
    reader = signed_in(cast.reader)
    statuses = [reader.get(url).status_code for url in (*urls, reverse("vendor_import"))]
    assert {*statuses, reader.post(apply).status_code} == {403}


def test_an_import_is_written_by_post_only(cast: Cast, signed_in: Any) -> None:
    upload = keep(cast, "name\nExample\n")
    assert signed_in(cast.assessor).get(reverse("vendor_import_apply", args=[upload.pk])).status_code == 405


def test_names_in_a_file_that_look_like_markup_are_shown_as_text(cast: Cast, signed_in: Any) -> None:
    client = signed_in(cast.assessor)
    page = client.get(send(client, b"name;<b>x</b>\n<script>alert(1)</script>;\n", "<i>.csv").url).content.decode()
    assert "<script>alert" not in page
    assert "<b>x" not in page


# Properties ------------------------------------------------------------------------------------------------------
CELL = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=12)


@given(st.lists(st.lists(CELL, max_size=len(headings.columns())), max_size=5), st.sampled_from(["en", "fr", "nl"]))
def test_whatever_the_cells_hold_each_row_gets_a_fate(rows: list[list[str]], language: str) -> None:
    header = [headings.label(column) for column in headings.columns()]
    try:
        table = imports.read(as_csv([header, *rows], language=language))
    except ImportRefused:
        return
    found = headings.understand(table.header)
    known = imports._Known((), (), (), (), agreements=(), today=TODAY)
    read_day = DayReader.of(table.rows, found)
    steps = [imports._step(row.line, read_cells(row, found, read_day), known) for row in table.rows]
    assert len(steps) == len(table.rows)
    assert all(bool(step.problems) == (step.fate == Fate.ERROR) for step in steps)
    assert json.dumps([step.fields for step in steps])
