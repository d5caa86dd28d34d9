"""Public holidays of a country and its regions, as the library `holidays` knows them: plain Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any


@lru_cache(maxsize=1)
def countries() -> frozenset[str]:
    """The codes (ISO 3166) of those that the library knows."""
    from holidays.registry import COUNTRIES  # here and below, because it takes half a second: for those who ask for it

    return frozenset(row[1] for row in COUNTRIES.values())


@lru_cache(maxsize=256)
def regions(country: str) -> Mapping[str, str]:
    """Code of a region → its name, where the holidays of the country differ by region. None for an unknown country."""
    if country not in countries():
        return {}
    known = _country(country)
    names: dict[str, str] = {}
    for name, code in getattr(known, "subdivisions_aliases", {}).items():
        names.setdefault(code, name)
    return {code: names.get(code, code) for code in known.subdivisions}


def is_place(country: str, region: str) -> bool:
    return country in countries() and (not region or region in regions(country))


@lru_cache(maxsize=1024)
def free_days(country: str, region: str, year: int) -> frozenset[date]:
    """The days of the year that are public holidays there; none without a country, or in a place that the library no
    longer knows: what it calls places may change, and no figure may fail for it."""
    return frozenset(named_days(country, region, year)) if country and is_place(country, region) else frozenset()


def named_days(country: str, region: str, year: int, *languages: str) -> dict[date, str]:
    """Day → its names, by day: in the first of `languages` that the library has, else as the country says it.
    Raises KeyError for a country or a region that is not known."""
    if not is_place(country, region):
        raise KeyError(f"{country} {region}".strip())
    spoken = _spoken(_country(country).supported_languages, languages)
    days = _country(country, subdiv=region or None, years=year, language=spoken)
    # What is observed for a holiday of another year may be listed with it.
    return {day: name for day, name in sorted(days.items()) if day.year == year}


def _country(country: str, **options: Any) -> Any:
    import holidays

    return holidays.country_holidays(country, **options)


def _spoken(known: tuple[str, ...], languages: Sequence[str]) -> str | None:
    """The library's word for the first of the languages that it has: “en_US” for English."""
    for wished in languages:
        for name in known:
            if wished and (name == wished or name.startswith(f"{wished}_")):
                return name
    return None
