"""What a body or an address gets wrong, told in the asked language: the schema library speaks English only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.api.problems import Fault, Problem, invalid

Said = Callable[[Mapping[str, Any]], str]


def _most_characters(limit: int) -> str:
    return ngettext("At most %(limit)s character.", "At most %(limit)s characters.", limit) % {"limit": limit}


def _least_characters(limit: int) -> str:
    return ngettext("At least %(limit)s character.", "At least %(limit)s characters.", limit) % {"limit": limit}


def _most_entries(limit: int) -> str:
    return ngettext("At most %(limit)s entry.", "At most %(limit)s entries.", limit) % {"limit": limit}


def _least_entries(limit: int) -> str:
    return ngettext("At least %(limit)s entry.", "At least %(limit)s entries.", limit) % {"limit": limit}


SAID: Mapping[str, Said] = {
    "missing": lambda _of: _("This is needed."),
    "extra_forbidden": lambda _of: _("There is no field of this name."),
    "string_type": lambda _of: _("This must be a text."),
    "string_too_long": lambda of: (
        ngettext("At most %(limit)s character.", "At most %(limit)s characters.", of["max_length"])
        % {"limit": of["max_length"]}
    ),
    "string_too_short": lambda of: (
        ngettext("At least %(limit)s character.", "At least %(limit)s characters.", of["min_length"])
        % {"limit": of["min_length"]}
    ),
    "string_pattern_mismatch": lambda _of: _("This is not written as the reference says."),
    "int_type": lambda _of: _("This must be a whole number."),
    "int_parsing": lambda _of: _("This must be a whole number."),
    "int_from_float": lambda _of: _("This must be a whole number."),
    "float_type": lambda _of: _("This must be a number."),
    "float_parsing": lambda _of: _("This must be a number."),
    "decimal_type": lambda _of: _("This must be a number."),
    "decimal_parsing": lambda _of: _("This must be a number."),
    "finite_number": lambda _of: _("This must be a number."),
    "bool_type": lambda _of: _("This must be true or false."),
    "bool_parsing": lambda _of: _("This must be true or false."),
    "greater_than_equal": lambda of: _("This must be at least %(limit)s.") % {"limit": of["ge"]},
    "greater_than": lambda of: _("This must be more than %(limit)s.") % {"limit": of["gt"]},
    "less_than_equal": lambda of: _("This must be at most %(limit)s.") % {"limit": of["le"]},
    "less_than": lambda of: _("This must be less than %(limit)s.") % {"limit": of["lt"]},
    "enum": lambda of: _("One of: %(choices)s.") % {"choices": of["expected"]},
    "literal_error": lambda of: _("One of: %(choices)s.") % {"choices": of["expected"]},
    "uuid_parsing": lambda _of: _("This must be a UUID."),
    "uuid_type": lambda _of: _("This must be a UUID."),
    "date_from_datetime_parsing": lambda _of: _("This must be a date such as 2026-11-30."),
    "date_parsing": lambda _of: _("This must be a date such as 2026-11-30."),
    "date_type": lambda _of: _("This must be a date such as 2026-11-30."),
    "datetime_parsing": lambda _of: _("This must be a moment with its offset, such as 2026-11-30T14:05:00+01:00."),
    "datetime_from_date_parsing": lambda _of: _(
        "This must be a moment with its offset, such as 2026-11-30T14:05:00+01:00."
    ),
    "datetime_type": lambda _of: _("This must be a moment with its offset, such as 2026-11-30T14:05:00+01:00."),
    "timezone_aware": lambda _of: _("This must be a moment with its offset, such as 2026-11-30T14:05:00+01:00."),
    "list_type": lambda _of: _("This must be a list."),
    "dict_type": lambda _of: _("This must be an object."),
    "model_attributes_type": lambda _of: _("This must be an object."),
    "model_type": lambda _of: _("This must be an object."),
    "too_long": lambda of: (
        ngettext("At most %(limit)s entry.", "At most %(limit)s entries.", of["max_length"])
        % {"limit": of["max_length"]}
    ),
    "too_short": lambda of: (
        ngettext("At least %(limit)s entry.", "At least %(limit)s entries.", of["min_length"])
        % {"limit": of["min_length"]}
    ),
    "url_parsing": lambda _of: _("This must be a whole address that begins with https://."),
    "json_invalid": lambda _of: _("This is no JSON."),
}


def of_schema(errors: list[dict[str, Any]]) -> Problem:
    """From the errors of pydantic, as the API collects them: {"type", "loc", "msg", "ctx"}."""
    return invalid(Fault(path=_path(error["loc"]), detail=_detail(error)) for error in errors)


def _detail(error: Mapping[str, Any]) -> str:
    said = SAID.get(error["type"])
    if said is not None:
        return said(error.get("ctx") or {})
    if error["type"] in ("value_error", "assertion_error"):  # of a check of ours, in words already
        return str((error.get("ctx") or {}).get("error") or error["msg"])
    return _("This is not written as the reference says.")


def _path(place: tuple[str | int, ...]) -> str:
    """(“body”, name of the argument, …) as a pointer into the body; a parameter as “?name”."""
    where, *rest = place
    if where in ("query", "path", "header", "cookie"):
        return f"?{rest[-1]}" if rest else "?"
    return "/" + "/".join(str(step).replace("~", "~0").replace("/", "~1") for step in rest[1:])
