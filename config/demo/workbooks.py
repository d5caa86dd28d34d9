"""A filled workbook in the demo data: uploaded, looked at, and waiting for a decision."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.utils import timezone

from assessments.models import Response
from assessments.questionnaire.rows import RATER
from assessments.workbooks import taking
from assessments.workbooks.book import Asked, Book, book_of
from assessments.workbooks.writing import fresh_stamp, xlsx_of


@dataclass(frozen=True, kw_only=True)
class DemoWorkbook:
    """`workbook` of an assessment in demo.yaml. What is answered after its download it does not know."""

    downloaded: Book
    data: dict[str, Any]

    @classmethod
    def of(cls, response: Response, data: dict[str, Any]) -> DemoWorkbook:
        return cls(downloaded=book_of(response, RATER), data=data)

    def load(self) -> None:
        response = self.downloaded.response
        if response.rater is None:
            raise ValueError("Only somebody who rates brings a workbook.")
        stamp = fresh_stamp(self.downloaded)
        filled = replace(self.downloaded, asked=tuple(map(self._filled, self.downloaded.asked)))
        content = xlsx_of(filled, stamp=stamp)
        taking.keep(content, self.data["file"], response=response, author=response.rater, now=timezone.now())

    def _filled(self, one: Asked) -> Asked:
        for name, value in self.data.get(one.question.key, {}).items():
            setattr(one.answer, name, value)
        return replace(one)
