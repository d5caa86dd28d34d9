"""The pages of an import of incidents, from the file to the way back."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.factories import Cast, make_incident, make_vendor
from tests.vendors.incident_import.test_inputs import INPUTS
from vendors.incident_import import files, job, saved_mappings, worker
from vendors.incident_import.columns.options import Options
from vendors.incident_import.holding import answers
from vendors.models import (
    ImportMapping,
    ImportProblem,
    ImportState,
    Incident,
    IncidentImport,
    Vendor,
)

HEAD = "Number;Opened;Resolved;Short description;Priority;Assignment group\n"
MESSY = (
    HEAD
    + "INC1;13/01/2026 09:00;13/01/2026 12:30;The gate stands still;1 - Critical;Alpha Systems\n"
    + "INC2;20/01/2026 16:40;19/01/2026 08:15;No power;1 - Critical;Alpha Systems\n"
    + "INC3;03/02/2026 07:05;;Printer;4 - Low;Beta desk\n"
    + "INC4;04/02/2026 07:05;;Door;4 - Low;Gamma\n"
)
PRIVATE = "Secret incidents.csv"


@pytest.fixture
def alpha(cast: Cast) -> Vendor:
    return make_vendor(cast.organisation, "Alpha Systems")


@pytest.fixture
def client(cast: Cast, signed_in: Callable[..., Client]) -> Client:
    return signed_in(cast.assessor)


def keep(cast: Cast, text: str = MESSY, name: str = "incidents.csv") -> IncidentImport:
    return files.keep(cast.assessor, ContentFile(text.encode()), name, timezone.now())


def at(route: str, upload: IncidentImport) -> str:
    return reverse(route, args=[upload.pk])


def checked(cast: Cast, text: str = MESSY, **vendors: Any) -> IncidentImport:
    upload = keep(cast, text)
    options = Options.from_data({**upload.options, "vendors": vendors})
    return worked_on(job.start_check(cast.assessor, upload, options, tell_workers=False))


def done(cast: Cast, text: str = MESSY, **vendors: Any) -> IncidentImport:
    upload = answers.agree(cast.assessor, checked(cast, text, **vendors))
    return worked_on(job.start_import(cast.assessor, upload, tell_workers=False))


def worked_on(upload: IncidentImport) -> IncidentImport:
    worker.work_on(upload.pk)
    return IncidentImport.objects.get(pk=upload.pk)


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def told(form: Any) -> dict[str, Any]:
    """What a browser would send for the form as it stands."""
    data: dict[str, Any] = {}
    for field in form:
        value = field.value()
        if value in (None, "", False, []):
            continue
        data[field.html_name] = field.field.prepare_value(value) if not isinstance(value, bool) else "on"
    return data


# The file --------------------------------------------------------------------------------------------------------
def test_a_file_is_kept_and_leads_to_its_columns(client: Client) -> None:
    file = SimpleUploadedFile("incidents.csv", MESSY.encode())

    response = client.post(reverse("incident_import"), {"file": file})

    upload = IncidentImport.objects.get()
    assert response["Location"] == at("incident_import_mapping", upload)
    assert (upload.file_name, upload.state) == ("incidents.csv", ImportState.MAPPING)


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n\0\0\0", b"Number;Opened\n", b"PK\x03\x04not a workbook"])
def test_a_file_that_cannot_be_read_is_refused_with_the_reason(client: Client, content: bytes) -> None:
    response = client.post(reverse("incident_import"), {"file": SimpleUploadedFile("odd.csv", content)})

    assert response.status_code == 200
    assert response.context["form"].errors["file"]
    assert not IncidentImport.objects.exists()


def test_without_a_file_the_page_asks_for_one(client: Client) -> None:
    assert "Choose a file." in client.post(reverse("incident_import")).content.decode()


# What the columns mean -------------------------------------------------------------------------------------------
def test_an_export_of_a_known_tool_is_recognised_and_its_first_rows_are_shown_as_read(
    client: Client, cast: Cast, alpha: Vendor
) -> None:
    response = client.get(at("incident_import_mapping", keep(cast)))

    text = text_of(response)
    assert "This looks like an export of ServiceNow." in text
    assert "Jan. 13, 2026" in text or "13 January 2026" in text or "01/13/2026" in text
    assert "The day comes first" in text or "the day comes first" in text
    assert response.context["form"]["column_reference"].value() == "Number"
    assert response.context["form"]["critical"].value() == ["1 - Critical"]


def test_a_cell_that_cannot_be_read_says_why(client: Client, cast: Cast) -> None:
    response = client.get(at("incident_import_mapping", keep(cast, HEAD + "INC1;yesterday;;x;1;Alpha\n")))

    assert "This is not read as a date and time." in text_of(response)
    assert b'class="cell-problem"' in response.content


def test_one_date_is_shown_read_both_ways_where_the_file_does_not_tell(client: Client, cast: Cast) -> None:
    response = client.get(at("incident_import_mapping", keep(cast, HEAD + "INC1;03/04/2026 10:00;;x;1;Alpha\n")))

    text = text_of(response)
    assert "“03/04/2026 10:00” is" in text
    assert "Choose which it is." in text


def test_the_page_says_that_day_and_month_may_have_been_exchanged(cast: Cast, client: Client) -> None:
    file = ContentFile((INPUTS / "23-dates-half-turned-around.xlsx").read_bytes())
    upload = files.keep(cast.assessor, file, "dates.xlsx", timezone.now())
    said = client.get(at("incident_import_mapping", upload)).content.decode()
    assert "Day and month may have been exchanged" in said
    assert 'value="day_first_turned"' in said
    options = {**upload.options, "dates": "day_first_turned"}
    IncidentImport.objects.filter(pk=upload.pk).update(options=options)
    assert "may have been exchanged" not in client.get(at("incident_import_mapping", upload)).content.decode()


def test_a_choice_refreshes_the_rows_and_what_hangs_on_the_columns_alone(client: Client, cast: Cast) -> None:
    upload = keep(cast)
    address = at("incident_import_mapping", upload)
    data = told(client.get(address).context["form"]) | {"column_priority": "Short description"}

    response = client.post(address, data, headers={"HX-Request": "true"})

    page = response.content.decode()
    assert "<html" not in page
    assert 'hx-swap-oob="true"' in page
    assert "The gate stands still" in page
    assert ("The gate stands still", "The gate stands still") in response.context["form"].fields["critical"].choices
    assert IncidentImport.objects.get().state == ImportState.MAPPING


def test_show_again_keeps_everything_typed_and_checks_nothing(client: Client, cast: Cast) -> None:
    upload = keep(cast)
    address = at("incident_import_mapping", upload)
    data = told(client.get(address).context["form"]) | {"source_name": "Our Desk", "critical_more": "P0", "show": "1"}

    response = client.post(address, data)

    assert response.context["form"]["source_name"].value() == "Our Desk"
    assert response.context["form"]["critical_more"].value() == "P0"
    assert IncidentImport.objects.get().state == ImportState.MAPPING


def test_errors_stand_beside_their_fields_and_nothing_typed_is_lost(client: Client, cast: Cast) -> None:
    upload = keep(cast)
    address = at("incident_import_mapping", upload)
    data = told(client.get(address).context["form"]) | {"source_name": "Our Desk", "vendor_by": "one"}
    del data["column_reference"]

    response = client.post(address, data)

    assert set(response.context["form"].errors) == {"column_reference", "vendor"}
    assert response.context["form"]["source_name"].value() == "Our Desk"


def test_what_the_reader_of_options_refuses_stands_beside_its_field(client: Client, cast: Cast) -> None:
    address = at("incident_import_mapping", keep(cast))
    data = told(client.get(address).context["form"]) | {"source": "manual"}

    assert set(client.post(address, data).context["form"].errors) == {"source"}


def test_the_check_is_queued_with_what_was_chosen(client: Client, cast: Cast, alpha: Vendor) -> None:
    upload = keep(cast)
    address = at("incident_import_mapping", upload)
    data = told(client.get(address).context["form"])
    data |= {"vendor_by": "one", "vendor": alpha.pk, "source_name": "Our Desk", "time_zone": "Europe/Brussels"}

    response = client.post(address, data)

    upload.refresh_from_db()
    assert response["Location"] == upload.get_absolute_url()
    assert upload.state == ImportState.CHECKING
    assert upload.options["vendor"] == alpha.pk
    assert upload.options["source"] == "our-desk"
    assert upload.options["time_zone"] == "Europe/Brussels"
    assert "vendor" not in upload.options["columns"]


def test_a_file_can_be_begun_anew_as_another_tool(client: Client, cast: Cast) -> None:
    response = client.get(at("incident_import_mapping", keep(cast)), {"as": "tool:glpi"})

    assert response.context["form"]["source_name"].value() == "GLPI"


def test_a_saved_mapping_reads_the_next_file_with_the_same_headings(client: Client, cast: Cast, alpha: Vendor) -> None:
    first = done(cast, **{"Beta desk": "skip", "Gamma": "new"})
    saved_mappings.save_mapping(cast.assessor, "Every month", first)
    ImportMapping.objects.update(used_at=None)
    address = at("incident_import_mapping", keep(cast))

    page = client.get(address)
    client.post(address, told(page.context["form"]))

    assert "Read as last time: mapping “Every month”." in text_of(page)
    assert IncidentImport.objects.first().options["vendors"]["Beta desk"] == "skip"  # type: ignore[union-attr]
    assert ImportMapping.objects.get().used_at is not None


def test_a_mapping_of_another_organisation_is_not_found(client: Client, cast: Cast) -> None:
    theirs = ImportMapping.objects.create(
        organisation=cast.other_organisation, name="Theirs", source="x", created_by=cast.stranger.user
    )

    response = client.get(at("incident_import_mapping", keep(cast)), {"as": f"mapping:{theirs.pk}"})

    assert response.status_code == 404
    assert client.post(reverse("import_mapping_delete", args=[theirs.pk])).status_code == 404


def test_a_file_that_is_gone_is_said_so(client: Client, cast: Cast) -> None:
    upload = keep(cast)
    upload.file.delete()

    response = client.get(at("incident_import_mapping", upload))

    assert "The file is not kept any more." in text_of(response)


# Whose incidents they are ----------------------------------------------------------------------------------------
def test_each_name_is_matched_created_or_left_out(client: Client, cast: Cast, alpha: Vendor) -> None:
    beta = make_vendor(cast.organisation, "Beta")
    upload = checked(cast)
    address = at("incident_import_vendors", upload)
    page = client.get(address)
    (name_alpha, name_beta, name_gamma) = sorted((row.field for row in page.context["form"].rows), key=str_label)

    assert page.context["form"][name_alpha.name].value() == str(alpha.pk)
    client.post(address, {name_alpha.name: alpha.pk, name_beta.name: beta.pk, name_gamma.name: "new"})

    upload = worked_on(upload)
    assert upload.options["vendors"] == {
        "Alpha Systems": {"vendor": alpha.pk}, "Beta desk": {"vendor": beta.pk}, "Gamma": "new",
    }  # fmt: skip
    assert upload.counts["new"] == 3
    assert not Vendor.objects.filter(name="Gamma").exists()


def str_label(field: Any) -> str:
    return str(field.label)


def test_the_names_that_nobody_knows_come_first(client: Client, cast: Cast, alpha: Vendor) -> None:
    rows = client.get(at("incident_import_vendors", checked(cast))).context["form"].rows

    assert [(str(row.field.label), row.rows) for row in rows] == [
        ("Beta desk", 1), ("Gamma", 1), ("Alpha Systems", 2),
    ]  # fmt: skip


def test_without_a_choice_the_page_asks_and_keeps_the_others(client: Client, cast: Cast, alpha: Vendor) -> None:
    upload = checked(cast)
    address = at("incident_import_vendors", upload)
    first = client.get(address).context["form"].rows[0].field

    response = client.post(address, {first.html_name: "new"})

    assert len(response.context["form"].errors) == 2
    assert response.context["form"][first.name].value() == "new"
    upload.refresh_from_db()
    assert upload.state == ImportState.CHECKED


def test_all_others_can_be_left_out_at_once(client: Client, cast: Cast, alpha: Vendor) -> None:
    upload = checked(cast)
    address = at("incident_import_vendors", upload)
    rows = client.get(address).context["form"].rows
    chosen = next(row.field for row in rows if row.field.label == "Alpha Systems")

    client.post(address, {chosen.html_name: alpha.pk, "rest": "skip"})

    upload = worked_on(upload)
    assert upload.counts["left_out"] == 2


def test_a_vendor_of_another_organisation_is_no_choice(client: Client, cast: Cast, alpha: Vendor) -> None:
    theirs = make_vendor(cast.other_organisation, "Theirs")
    address = at("incident_import_vendors", checked(cast))
    page = client.get(address)

    response = client.post(address, {row.field.html_name: theirs.pk for row in page.context["form"].rows})

    assert b"Theirs" not in page.content
    assert len(response.context["form"].errors) == 3


# The check and what comes of it ----------------------------------------------------------------------------------
def test_after_the_check_the_unknown_names_are_the_next_step(client: Client, cast: Cast, alpha: Vendor) -> None:
    response = client.get(checked(cast).get_absolute_url())

    assert "2 names in the file are not matched with a vendor yet" in text_of(response)
    assert b"Match the vendors" in response.content
    assert b"good row" not in response.content


def test_the_check_says_what_would_happen_and_why_not(client: Client, cast: Cast, alpha: Vendor) -> None:
    upload = checked(cast, **{"Beta desk": "skip", "Gamma": "new"})

    assert "good rows" not in text_of(client.get(upload.get_absolute_url()))
    answers.agree(cast.assessor, upload)

    text = text_of(client.get(upload.get_absolute_url()))

    assert "Import the 2 good rows" in text
    assert "It was resolved before it was opened" in text
    assert "Line 3" in text
    assert not Incident.objects.exists()


def test_problems_are_downloaded_in_the_language_of_the_person(client: Client, cast: Cast, alpha: Vendor) -> None:
    upload = checked(cast, **{"Beta desk": "skip", "Gamma": "skip"})
    ImportProblem.objects.create(incident_import=upload, line=9, column="=x", value="@y", code="formula")

    response = client.get(at("incident_import_errors", upload))

    lines = response.content.decode("utf-8-sig").splitlines()
    assert lines[0] == '"Line","Column","Value","Reason"'
    assert lines[-1].startswith('"9","\'=x","\'@y",')
    assert "attachment" in response["Content-Disposition"]


def test_good_rows_go_in_without_the_bad(client: Client, cast: Cast, alpha: Vendor) -> None:
    upload = answers.agree(cast.assessor, checked(cast, **{"Beta desk": "skip", "Gamma": "new"}))

    response = client.post(at("incident_import_apply", upload))
    upload.refresh_from_db()
    assert (response["Location"], upload.state) == (upload.get_absolute_url(), ImportState.IMPORTING)
    upload = worked_on(upload)

    assert sorted(Incident.objects.values_list("reference", flat=True)) == ["INC1", "INC4"]
    page = client.get(upload.get_absolute_url())
    assert "What came in" in text_of(page)
    assert [row["vendor__name"] for row in page.context["vendors"]] == ["Alpha Systems", "Gamma"]
    assert f"vendor={alpha.pk}&amp;since=2026-01-13&amp;until=2026-01-13" in page.content.decode()
    assert "Show the 2 incidents of this import" in text_of(page)
    assert f'href="/incidents/?import={upload.pk}"' in page.content.decode()


def test_what_cannot_be_done_now_is_said(client: Client, cast: Cast, alpha: Vendor) -> None:
    upload = keep(cast)

    response = client.post(at("incident_import_apply", upload), follow=True)

    assert "That cannot be done now" in text_of(response)


def test_the_same_file_again_has_nothing_to_import(client: Client, cast: Cast, alpha: Vendor) -> None:
    done(cast, **{"Beta desk": "skip", "Gamma": "new"})
    again = checked(cast, HEAD + MESSY.splitlines(keepends=True)[1])

    text = text_of(client.get(again.get_absolute_url()))

    assert "There is nothing to import" in text


# While it works --------------------------------------------------------------------------------------------------
def test_a_page_that_asks_gets_the_progress_only_when_it_moved(client: Client, cast: Cast, alpha: Vendor) -> None:
    upload = job.start_check(cast.assessor, keep(cast), Options.from_data(keep(cast).options), tell_workers=False)
    address = at("incident_import_state", upload)
    page = client.get(upload.get_absolute_url())
    same = client.get(f"{address}?seen={page.context['seen']}", headers={"HX-Request": "true"})
    IncidentImport.objects.filter(pk=upload.pk).update(
        rows_read=40, rows_total=80, token="5f1c1d0e-0f6b-4c0c-9d8e-0a8a6a1f0b11"
    )
    moved = client.get(f"{address}?seen={page.context['seen']}", headers={"HX-Request": "true"})

    assert same.status_code == 204
    assert 'value="50"' in moved.content.decode()
    assert "<html" not in moved.content.decode()


def test_a_page_that_asks_comes_anew_once_the_work_has_ended(client: Client, cast: Cast, alpha: Vendor) -> None:
    response = client.get(at("incident_import_state", checked(cast)), headers={"HX-Request": "true"})

    assert response["HX-Refresh"] == "true"


def test_without_a_script_the_state_is_the_page(client: Client, cast: Cast, alpha: Vendor) -> None:
    upload = checked(cast)

    assert client.get(at("incident_import_state", upload))["Location"] == upload.get_absolute_url()


def test_a_check_is_cancelled(client: Client, cast: Cast, alpha: Vendor) -> None:
    upload = keep(cast)
    job.start_check(cast.assessor, upload, Options.from_data(upload.options), tell_workers=False)

    response = client.post(at("incident_import_cancel", upload), follow=True)

    assert "This import was cancelled" in text_of(response)


def test_columns_are_not_chosen_while_it_works_or_after(client: Client, cast: Cast) -> None:
    upload = keep(cast)
    for state in (ImportState.CHECKING, ImportState.IMPORTING, ImportState.DONE, ImportState.CANCELLED):
        IncidentImport.objects.filter(pk=upload.pk).update(state=state)

        assert client.get(at("incident_import_mapping", upload)).status_code == 302
        assert client.post(at("incident_import_mapping", upload)).status_code == 302


def test_every_state_has_a_page_with_its_word(client: Client, cast: Cast) -> None:
    upload = keep(cast)
    for state in ImportState:
        IncidentImport.objects.filter(pk=upload.pk).update(state=state)

        assert str(state.label) in text_of(client.get(upload.get_absolute_url()))


def test_a_failure_says_why_and_the_way_on(client: Client, cast: Cast) -> None:
    upload = keep(cast)
    IncidentImport.objects.filter(pk=upload.pk).update(state=ImportState.FAILED, failure="dates_unsure")

    text = text_of(client.get(upload.get_absolute_url()))

    assert "Choose which comes first." in text
    assert "Back to the columns" in text


# The way back ----------------------------------------------------------------------------------------------------
def test_undo_says_first_what_goes_and_then_does_it(client: Client, cast: Cast, alpha: Vendor) -> None:
    make_incident(alpha, "INC1", source="servicenow", opened=timezone.now() - timedelta(days=900))
    upload = done(cast, **{"Beta desk": "new", "Gamma": "skip"})
    address = at("incident_import_undo", upload)

    asked = text_of(client.get(address))
    client.post(address)
    upload = worked_on(upload)

    assert "1 incident that it brought in goes away." in asked
    assert "1 incident that it changed gets back what it said before." in asked
    assert upload.state == ImportState.UNDONE
    assert Incident.objects.get().reference == "INC1"
    assert str(cast.assessor.user) in text_of(client.get(upload.get_absolute_url()))


def test_there_is_nothing_to_undo_before_the_import(client: Client, cast: Cast, alpha: Vendor) -> None:
    assert client.get(at("incident_import_undo", checked(cast))).status_code == 302


# Saved mappings --------------------------------------------------------------------------------------------------
def test_a_mapping_is_kept_under_a_name_and_deleted_again(client: Client, cast: Cast, alpha: Vendor) -> None:
    upload = done(cast)
    page = client.get(upload.get_absolute_url())
    assert page.context["name_form"]["name"].value() == "ServiceNow"

    client.post(at("import_mapping_add", upload), {"name": "Every month"})
    mapping = ImportMapping.objects.get()
    asked = client.get(reverse("import_mapping_delete", args=[mapping.pk]))
    client.post(reverse("import_mapping_delete", args=[mapping.pk]))

    assert "Delete the mapping “Every month”?" in text_of(asked)
    assert not ImportMapping.objects.exists()


def test_a_mapping_needs_a_name(client: Client, cast: Cast, alpha: Vendor) -> None:
    response = client.post(at("import_mapping_add", done(cast)), {"name": " "}, follow=True)

    assert "Give the mapping a name." in text_of(response)
    assert not ImportMapping.objects.exists()


# The list --------------------------------------------------------------------------------------------------------
def test_an_empty_list_says_what_an_import_is(client: Client) -> None:
    assert "No imports yet" in text_of(client.get(reverse("incident_import_list")))


def test_the_list_shows_the_own_imports_and_mappings_alone(client: Client, cast: Cast, alpha: Vendor) -> None:
    upload = done(cast)
    saved_mappings.save_mapping(cast.assessor, "Every month", upload)
    files.keep(cast.stranger, ContentFile(MESSY.encode()), PRIVATE, timezone.now())

    text = text_of(client.get(reverse("incident_import_list")))

    assert "incidents.csv" in text
    assert "Every month" in text
    assert PRIVATE not in text
    assert PRIVATE not in text_of(client.get(reverse("incident_import")))


# What the pages cost ---------------------------------------------------------------------------------------------
def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(address).status_code == 200
    return len(caught)


def test_the_list_costs_the_same_for_one_import_and_for_many(client: Client, cast: Cast, alpha: Vendor) -> None:
    saved_mappings.save_mapping(cast.assessor, "One", keep(cast))
    addresses = [reverse("incident_import_list"), reverse("incident_import")]
    before = [queries(client, address) for address in addresses]
    for number in range(4):
        saved_mappings.save_mapping(cast.assessor, f"Mapping {number}", keep(cast))

    assert [queries(client, address) for address in addresses] == before


def test_pages_of_an_import_cost_the_same_for_few_rows_and_for_many(client: Client, cast: Cast, alpha: Vendor) -> None:
    many = HEAD + "".join(
        f"INC{number};{1 + number % 28}/03/2026 09:00;1/01/2026;x;{number};Vendor {number}\n" for number in range(40)
    )
    few = HEAD + "INC1;13/03/2026 09:00;1/01/2026;x;1;Vendor 1\n"
    costs = []
    for text in (few, many):
        upload = checked(cast, text)
        routes = ("incident_import_mapping", "incident_import_vendors", "incident_import_detail")
        costs.append([queries(client, at(route, upload)) for route in routes])

    assert costs[0] == costs[1]


def test_the_page_of_what_came_in_costs_the_same_for_one_vendor_and_for_many(
    client: Client, cast: Cast, alpha: Vendor
) -> None:
    costs = []
    for count in (1, 12):
        rows = "".join(f"INC{n};13/03/2026 09:00;;x;1;Made {n}\n" for n in range(count))
        upload = done(cast, HEAD + rows, **{f"Made {n}": "new" for n in range(count)})
        costs.append(queries(client, upload.get_absolute_url()))

    assert costs[0] == costs[1]
