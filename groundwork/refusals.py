"""What the domain will not do. Without Django; how a page says so is in `responses`."""

from __future__ import annotations


class Refusal(Exception):  # noqa: N818 - the name says what happened, not that something broke
    """Nothing was changed; the message says why, in words for the person who asked.

    `field`: what they would have to say otherwise, where that is one thing."""

    field: str | None = None
