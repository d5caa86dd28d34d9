"""Why an archive is not written or not taken."""

from __future__ import annotations


class ArchiveRefused(Exception):  # noqa: N818 - said as what happened
    """What is wrong, and what helps, for whoever runs the command."""
