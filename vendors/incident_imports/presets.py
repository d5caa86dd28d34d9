"""What the tools call their columns; the words themselves are data, in presets.yaml."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vendors.incident_imports.options import Options, SlaMeaning

OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class Preset:
    """A tool: what its exports call the fields. `key` is the source of its incidents, too."""

    key: str
    name: str
    columns: Mapping[str, tuple[str, ...]]  # field → headings, the better ones first
    known_by: tuple[tuple[str, ...], ...]  # headings that only it has together
    critical: tuple[str, ...] = ()
    sla_yes: SlaMeaning = "met"


def all_presets() -> tuple[Preset, ...]:
    """In the order of the page; the last one is “other”."""
    raise NotImplementedError


def preset(key: str) -> Preset:
    """KeyError where there is none of that key."""
    raise NotImplementedError


def recognise(header: Sequence[str]) -> Preset | None:
    """The tool that writes such headings; None: nothing tells."""
    raise NotImplementedError


def suggest(header: Sequence[str], sample: Sequence[Sequence[str]] = (), *, preset: Preset | None = None) -> Options:
    """Options to begin with: of `preset`, else of the tool recognised, else guessed from the words of the headings."""
    raise NotImplementedError
