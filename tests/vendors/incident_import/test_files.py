"""A file of any kind that is read goes the same way."""

from __future__ import annotations

import pytest

from tests.factories import Cast, make_vendor
from tests.groundwork.tables.files import XLS, as_ods
from tests.vendors.incident_import.files import HEADER, as_csv, as_xlsx, checked, counts, options_for

pytestmark = pytest.mark.django_db
ROWS = [["INC-1", "2016-02-29 01:16", "2016-03-01", "Größe", "1", ""], ["INC-2", "2016-03-02 08:00", "", "x", "2", ""]]


@pytest.mark.parametrize(
    ("content", "kind"),
    [(as_csv(ROWS), "csv"), (as_xlsx(ROWS), "xlsx"), (as_ods([HEADER, *ROWS]), "ods"), (XLS.read_bytes(), "xls")],
    ids=["csv", "xlsx", "ods", "xls"],
)
def test_every_kind_is_kept_under_its_name_and_checked(cast: Cast, content: bytes, kind: str) -> None:
    upload = checked(cast.assessor, content, options_for(make_vendor(cast.organisation)))
    assert upload.file.name.endswith(f".{kind}")
    assert counts(upload) == {"new": 2}
