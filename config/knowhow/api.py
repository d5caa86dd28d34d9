"""The glossary, for other systems."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from ninja import Router, Schema

from accounts.api.endpoints import endpoint
from accounts.api.etags import is_known, tag_of
from accounts.api.requests import ApiRequest
from config.knowhow.glossary import terms

router = Router()


class SaidOut(Schema):
    term: str
    text: str


class TermOut(Schema):
    """One term in the three languages."""

    key: str
    en: SaidOut
    fr: SaidOut
    nl: SaidOut


class GlossaryOut(Schema):
    terms: list[TermOut]


@endpoint(router, "GET", "/glossary", "glossary", GlossaryOut, is_kept=True)
def glossary(request: ApiRequest) -> dict[str, Any] | HttpResponse:
    """The words of the field and of the product.

    In English, French and Dutch; packaged, so that it changes with a new version alone."""
    told = [
        {"key": term.key, **{code: {"term": said.term, "text": said.text} for code, said in term.said.items()}}
        for term in terms()
    ]
    return HttpResponse(status=304) if is_known(request, tag_of(told).strip('"')) else {"terms": told}
