"""Whoever still judges a vendor learns nothing of it by the API either: every operation of results is asked, and none
says a figure that stands nowhere else. A service is as its maker is; a rater from outside gets nothing at all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import LazySettings

from accounts.models import Membership, Role, User
from accounts.operations import OPERATIONS
from config.api import api
from reports.models import Scorecard
from tests.factories import Cast, make_assessment, make_member
from tests.reports import cards
from tests.reports.api.asking import Asker
from tests.reports.renderings import make_ready
from tests.reports.test_secrecy import told
from vendors.models import Vendor

pytestmark = pytest.mark.django_db
PLANTED = ("62.5", "37.5", "125/2", "75/2", "18.4 hours", "not_met", '"broken"', "stand-in")
TAGS = ("Scorecards", "Documents", "Portfolio", "Exports")
ABOUT_FILES = {"document_list", "document_detail"}  # that there are some is no figure


@pytest.fixture(autouse=True)
def own_files(settings: LazySettings, tmp_path: object) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


def operations() -> Iterator[tuple[str, str, str]]:
    """Operation, method and path of all that is told of results."""
    for path, methods in api.get_openapi_schema()["paths"].items():
        for method, operation in methods.items():
            if operation["tags"][0] in TAGS:
                yield operation["operationId"], method, path.removeprefix("/api/v1")


def asked(asker: Asker, card: Scorecard, vendor: Vendor, document: Any, export: str) -> dict[str, Any]:
    """Every operation, as it is answered to this one."""
    names = {"scorecard": card.uuid, "vendor": vendor.uuid, "document": document.uuid, "export": export}
    beside = {"comparison": f"?scorecard={card.uuid}&scorecard={card.uuid}"}
    return {
        name: getattr(asker, method)(path.format(**names) + beside.get(name, ""))
        for name, method, path in operations()
        if name != "export_cancel"
    }


def said(response: Any) -> str:
    """Without the fractions of seconds: 12:03:37.5 plants nothing."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return re.sub(r"(:\d\d)\.\d+", r"\1", content.decode("utf-8", "replace"))


def judging(member: Membership, vendor: Vendor, card: Scorecard) -> None:
    """From now on this member judges the vendor."""
    release = card.assessment.release
    make_assessment(member, vendor=vendor, release=release, grade=None)


def service_of(member: Membership) -> Membership:
    user = User.objects.create(email=f"service-{member.pk}@example.org", name="Wall", made_by=member.user)
    return Membership.everybody.create(organisation=member.organisation, user=user, role=Role.READER, is_service=True)


def test_nothing_reaches_who_still_judges_and_all_of_it_who_does_not(cast: Cast) -> None:
    card = told(cast, cast.colleague)
    vendor, document = card.assessment.vendor, make_ready(card)
    judge, service, reader = Asker(cast.colleague), Asker(service_of(cast.colleague)), Asker(cast.reader)
    exports = {one: one.post("/exports", {}).json()["uuid"] for one in (judge, service, reader)}  # made before
    for one in (reader, judge, service):  # nothing is kept from anybody yet: the plants are there to be found
        told_to = asked(one, card, vendor, document, exports[one])
        for name in ("scorecard_list", "scorecard_detail", "portfolio", "scorecard_history", "export_file"):
            text = said(told_to[name])
            assert any(plant in text for plant in PLANTED), name
    judging(cast.colleague, vendor, card)
    for one in (judge, service):
        told_to = asked(one, card, vendor, document, exports[one])
        assert {"scorecard_change", "document_file", "export_file"} <= set(told_to)
        for name, response in told_to.items():
            text = said(response)
            assert not [plant for plant in PLANTED if plant in text], name
            assert response.status_code in ((200, 202, 403, 409) if name.startswith("export") else (200, 403)), name
        for name in set(told_to) - ABOUT_FILES - {"scorecard_list", "portfolio"}:
            if not name.startswith("export"):
                assert told_to[name].json()["code"] == "withheld", name
        assert told_to["scorecard_list"].json()["items"][0]["result"] is None
        (row,) = told_to["portfolio"].json()["items"]
        assert (row["is_withheld"], row["standing"], row["commitments"]) == (True, None, None)
        for query in ("verdict=not_met", "status=partly", "rule=speed&status=partly"):
            assert one.get(f"/scorecards?{query}").json()["items"] == [], query
    assert "125/2" in said(asked(reader, card, vendor, document, exports[reader])["scorecard_detail"])


def test_a_hole_in_it_would_be_found(cast: Cast) -> None:
    card = told(cast, cast.colleague)
    judging(cast.colleague, card.assessment.vendor, card)
    with patch("reports.api.shapes.withheld", return_value=set()):
        assert "125/2" in said(Asker(cast.colleague).get(f"/scorecards/{card.uuid}"))


def test_a_rater_from_outside_gets_nothing_at_all(cast: Cast) -> None:
    card = cards.approved(cast)
    asker = Asker(make_member(cast.organisation, "outside", Role.RATER))
    for name, response in asked(asker, card, card.assessment.vendor, make_ready(card), str(card.uuid)).items():
        assert (response.status_code, response.json()["code"]) == (403, "not_allowed"), name


def test_another_organisation_finds_nothing(cast: Cast) -> None:
    card = cards.approved(cast)
    document, vendor = make_ready(card), card.assessment.vendor
    export = Asker(cast.reader).post("/exports", {}).json()["uuid"]
    told_to = asked(Asker(cast.stranger), card, vendor, document, export)
    for name, response in told_to.items():
        if name.endswith("_list") or name == "portfolio":
            assert response.json()["items"] == [], name
        elif name != "export_ask":
            assert response.status_code == 404, name


def test_every_operation_is_asked() -> None:
    named = {name for name, _method, _path in operations()}
    words = ("scorecard", "comparison", "document", "export", "portfolio")
    assert named == {name for name in OPERATIONS if name.startswith(words)}
