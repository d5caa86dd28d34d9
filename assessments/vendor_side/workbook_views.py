"""The vendor’s questionnaire as a workbook, by its link: its own answers, and nothing of the customer’s."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from assessments.models import LinkPurpose, Response, VendorLink, WorkbookUpload
from assessments.vendor_side import answers as vendor_answers
from assessments.vendor_side.answer_views import answering_as
from assessments.vendor_side.guard import LinkRequest, about, by_link
from assessments.workbooks.flow import WorkbookPages
from assessments.workbooks.taking import uploads_of
from groundwork.responses import form_view


@dataclass(frozen=True, kw_only=True)
class VendorPages(WorkbookPages):
    author: VendorLink
    page_template: ClassVar[str] = "assessments/vendor_side/vendor_workbook.html"
    upload_template: ClassVar[str] = "assessments/vendor_side/vendor_workbook_upload.html"

    @property
    def closed(self) -> str:
        return vendor_answers.closed_for(self.response)

    def url(self) -> str:
        return reverse("vendor_workbook", args=[self.author.pk])

    def upload_url(self, upload: WorkbookUpload) -> str:
        return reverse("vendor_workbook_upload", args=[self.author.pk, upload.pk])

    def answers_url(self) -> str:
        return reverse("vendor_desk", args=[self.author.pk])

    def context(self) -> dict[str, Any]:
        return about(self.author) | {"download_url": reverse("vendor_workbook_download", args=[self.author.pk])}


@by_link(LinkPurpose.ANSWER)
@never_cache
@form_view
def vendor_workbook(request: LinkRequest, link: int) -> HttpResponse:
    """To download it, and to upload it again."""
    pages = _pages(request)
    return pages.upload() if request.method == "POST" else pages.show()


@by_link(LinkPurpose.ANSWER)
@never_cache
@require_GET
def vendor_workbook_download(request: LinkRequest, link: int) -> HttpResponse:
    return _pages(request).download()


@by_link(LinkPurpose.ANSWER)
@never_cache
@form_view
def vendor_workbook_upload(request: LinkRequest, link: int, pk: int) -> HttpResponse:
    """What a filled workbook would change, cell by cell; a POST takes over what was chosen."""
    pages = _pages(request)
    upload = get_object_or_404(uploads_of(pages.response, request.link), pk=pk)
    return pages.take(upload) if request.method == "POST" else pages.look(upload)


@by_link(LinkPurpose.ANSWER)
@require_POST
def vendor_workbook_discard(request: LinkRequest, link: int, pk: int) -> HttpResponse:
    pages = _pages(request)
    return pages.discard(get_object_or_404(uploads_of(pages.response, request.link), pk=pk))


def _pages(request: LinkRequest) -> VendorPages:
    responses = Response.objects.select_related("assessment__organisation", "assessment__vendor", "assessment__release")
    return VendorPages(
        request=request,
        author=request.link,
        response=responses.get(pk=vendor_answers.response_of(request.link).pk),
        answering_as=answering_as(request.link),
    )
