"""Where the values of a row stand: one after the other, as the columns of an incident."""

from __future__ import annotations

from vendors.incident_fields import BASIS, KEPT, ValueKind

_TELLS_WHICH = {ValueKind.REFERENCE, ValueKind.NAME, ValueKind.SOURCE}  # incident a line speaks of, and of what it is
# What an incident is made of, in the order of `Row.values`. None: the file says nothing about it.
COLUMNS: tuple[str, ...] = (
    *(field.column for field in KEPT if field.kind not in _TELLS_WHICH),
    *BASIS,
    "service_id",
)
OPENED, RESOLVED, RESTORED, ANSWERED, PRIORITY, CRITICAL, IS_CLOSED, BY_CLOSING, TO_DAY, SERVICE = map(
    COLUMNS.index,
    (
        *("opened_at", "resolved_at", "restored_at", "first_response_at", "priority", "mission_critical"),
        *("is_closed", *BASIS, "service_id"),
    ),
)
NOT_KEPT = ("closed", "updated")  # their values stand behind those of the columns
PLACES = {
    **{field.key: COLUMNS.index(field.column) for field in KEPT if field.column in COLUMNS},
    **{key: place for place, key in enumerate(NOT_KEPT, start=len(COLUMNS))},
}
CLOSED, UPDATED = (PLACES[key] for key in NOT_KEPT)
