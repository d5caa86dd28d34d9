"""Which ends of an import other systems are told of."""

from __future__ import annotations

from tests.accounts.webhooks.listening import kinds, listen, told
from tests.factories import Cast, make_vendor
from tests.vendors.incident_import.files import as_csv, checked, options_for, started, undone, worked

ROWS = [("INC-1", "1/3/2026 08:00", "1/3/2026 12:00", "Stands still", "1", "")]


def test_an_import_is_told_of_when_it_is_written_and_when_it_is_taken_back(cast: Cast) -> None:
    listen(cast.admin)
    upload = checked(cast.assessor, as_csv(ROWS), options_for(make_vendor(cast.organisation)))
    assert kinds() == []  # a check writes nothing
    worked(started(cast.assessor, upload))
    undone(cast.assessor, upload)
    assert told() == [
        ("import.ended", {"import": str(upload.uuid), "state": "done"}),
        ("import.ended", {"import": str(upload.uuid), "state": "undone"}),
    ]
