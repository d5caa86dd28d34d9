"""What says to whom a workbook belongs: signed, so that nobody fills one questionnaire with the answers of another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.core import signing

from assessments.workbooks.book import Book, Field, digest

SALT = "assessments.workbooks"


class NotOurs(Exception):  # noqa: N818 - said as what happened
    """No stamp of ours, or one that was changed."""


@dataclass(frozen=True, kw_only=True)
class Stamp:
    """Of one download. `versions`: question key → the answer's version; `digests`: question key → field → what its
    cell held; `closed`: question key → the fields whose cells were not to be filled."""

    response: int
    release: int
    versions: Mapping[str, int]
    digests: Mapping[str, Mapping[str, str]]
    closed: Mapping[str, frozenset[str]]


def stamp_of(book: Book, shown: Mapping[tuple[str, Field], str]) -> Stamp:
    """`shown`: what stands in cells that are not to be filled, by question key and field."""
    return Stamp(
        response=book.response.pk,
        release=book.response.assessment.release_id,
        versions={one.question.key: one.answer.version for one in book.asked},
        digests={
            one.question.key: {
                field.value: digest(one.values[field] if one.is_open(field) else shown[one.question.key, field])
                for field in book.fields
            }
            for one in book.asked
        },
        closed={
            one.question.key: frozenset(field.value for field in book.fields if not one.is_open(field))
            for one in book.asked
        },
    )


def signed(stamp: Stamp) -> str:
    rows = {
        key: [version, dict(stamp.digests[key]), sorted(stamp.closed[key])] for key, version in stamp.versions.items()
    }
    return signing.dumps([stamp.response, stamp.release, rows], salt=SALT, compress=True)


def stamp_in(text: str) -> Stamp:
    """Raises NotOurs."""
    try:
        response, release, rows = signing.loads(text.strip(), salt=SALT)
    except signing.BadSignature:
        raise NotOurs from None
    return Stamp(
        response=response,
        release=release,
        versions={key: row[0] for key, row in rows.items()},
        digests={key: row[1] for key, row in rows.items()},
        closed={key: frozenset(row[2]) for key, row in rows.items()},
    )
