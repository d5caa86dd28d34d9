"""Versions: what a reader saw, and whether it still stands when they write.

An answer about something with a version carries it as its ETag, such as `"7"`. A write says by `If-Match` what it
changes: without it, it is refused (428), so that nobody overwrites unseen what somebody else wrote.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.api.problems import Problem
from accounts.api.requests import ApiRequest

VERSION = re.compile(r'(?:W/)?"(\d{1,9})"')


def show_version(request: ApiRequest, version: int) -> None:
    request.answer_headers["ETag"] = f'"{version}"'


def is_known(request: ApiRequest, mark: str) -> bool:
    """Whether whoever asks has it already, by the ETag of what never changes while its `mark` (a hash) is the same; the
    ETag goes out in any case. The handler then answers with an empty 304."""
    tag = f'"{mark}"'
    request.answer_headers["ETag"] = tag
    known = [one.strip().removeprefix("W/") for one in request.headers.get("If-None-Match", "").split(",")]
    return tag in known or known == ["*"]


def version_to_change(request: ApiRequest) -> int:
    """Which version the request says that it changes. Raises Problem 428 where it says none, 400 where it says
    something else."""
    said = request.headers.get("If-Match", "")
    if not said:
        raise Problem(428, "match_needed", _("Send If-Match with the ETag of what you read."))
    match = VERSION.fullmatch(said.strip())
    if match is None:
        raise Problem(400, "bad_request", _("If-Match must be one ETag, as you got it: with its quotation marks."))
    return int(match[1])


def conflict(yours: Mapping[str, Any], theirs: Mapping[str, Any], version: int) -> Problem:
    """Somebody else was first: both texts, and the version to send should yours be the right one after all."""
    detail = _("Both stand below. To keep yours, send it again with the ETag of what stands there now.")
    more = {"yours": dict(yours), "theirs": dict(theirs), "version": version}
    return Problem(409, "conflict", detail, more=more, headers={"ETag": f'"{version}"'})


def tag_of(content: Any) -> str:
    """An ETag of something without a version: of what it says."""
    said = json.dumps(content, sort_keys=True, default=str, ensure_ascii=False)
    return f'"{hashlib.sha256(said.encode()).hexdigest()[:32]}"'


def show_tag(request: ApiRequest, content: Any) -> None:
    request.answer_headers["ETag"] = tag_of(content)


def hold_to_tag(request: ApiRequest, read: Callable[[], Any]) -> None:
    """Of what has no version: If-Match is asked for by nobody, and kept where it is sent. `read` gives what stands
    there, as it would be answered; called within the transaction that writes. Raises Problem 412."""
    said = request.headers.get("If-Match", "").strip()
    if said and said != "*" and tag_of(read()) != said:
        raise Problem(412, "changed", _("Read it again, then decide."))
