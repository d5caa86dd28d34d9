"""A rater’s questionnaire as a workbook: nobody else’s, whatever their role."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.access import MemberRequest
from accounts.fetching import fetch
from assessments.models import Assessment, Response, ResponseKind, WorkbookUpload
from assessments.questionnaire.rows import OUTSIDER, RATER
from assessments.workbooks.flow import WorkbookPages
from groundwork.responses import form_view


@dataclass(frozen=True, kw_only=True)
class RaterPages(WorkbookPages):
    page_template: ClassVar[str] = "assessments/workbooks/workbook.html"
    upload_template: ClassVar[str] = "assessments/workbooks/workbook_upload.html"

    def url(self) -> str:
        return reverse("workbook", args=[self.response.assessment_id])

    def upload_url(self, upload: WorkbookUpload) -> str:
        return reverse("workbook_upload", args=[upload.pk])

    def answers_url(self) -> str:
        return reverse("questionnaire", args=[self.response.assessment_id, self._first_rule])

    @property
    def _first_rule(self) -> str:
        return self.book.asked[0].question.rule.key if self.book.asked else "support"

    def context(self) -> dict[str, Any]:
        return {
            "assessment": self.response.assessment,
            "download_url": reverse("workbook_download", args=[self.response.assessment_id]),
        }


@never_cache
@form_view
def workbook(request: MemberRequest, pk: int) -> HttpResponse:
    """To download it, and to upload it again."""
    pages = _pages(request, fetch(request, Assessment.objects, pk))
    return pages.upload() if request.method == "POST" else pages.show()


@never_cache
@require_GET
def workbook_download(request: MemberRequest, pk: int) -> HttpResponse:
    return _pages(request, fetch(request, Assessment.objects, pk)).download()


@never_cache
@form_view
def workbook_upload(request: MemberRequest, pk: int) -> HttpResponse:
    """What a filled workbook would change, cell by cell; a POST takes over what was chosen."""
    upload = _own_upload(request, pk)
    pages = _pages(request, upload.response.assessment)
    return pages.take(upload) if request.method == "POST" else pages.look(upload)


@require_POST
def workbook_discard(request: MemberRequest, pk: int) -> HttpResponse:
    upload = _own_upload(request, pk)
    return _pages(request, upload.response.assessment).discard(upload)


def _own_upload(request: MemberRequest, pk: int) -> WorkbookUpload:
    upload = fetch(request, WorkbookUpload.objects.select_related("response__assessment"), pk)
    if upload.uploaded_by_id != request.user.pk:
        raise PermissionDenied
    return upload


def _pages(request: MemberRequest, assessment: Assessment) -> RaterPages:
    """Of whoever asks: also of somebody who is no longer asked, who is told so."""
    own = Response.objects.filter(kind=ResponseKind.CUSTOMER, rater=request.user, assessment=assessment)
    response = own.select_related("assessment__vendor", "assessment__organisation", "assessment__release").first()
    if response is None:
        raise PermissionDenied
    return RaterPages(
        request=request,
        author=request.user,
        response=response,
        answering_as=OUTSIDER if request.member.is_outside else RATER,
    )
