"""The document of OpenAPI: one text, whatever process writes it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import translation

from config.api import api
from groundwork.languages import DEFAULT

FILE = Path("docs/openapi.json")


@cache
def document() -> dict[str, Any]:
    """In English, as the API is described: OpenAPI 3.1."""
    with translation.override(DEFAULT):
        described: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/")))
    return described


def text() -> str:
    """As it is committed: what other people build their programs from is looked at when it changes."""
    return json.dumps(document(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def path_of_file() -> Path:
    return Path(settings.BASE_DIR) / FILE
