"""What several answers and bodies of this app share: people, vendors, texts, days, keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from django.utils.translation import gettext as _
from ninja import Path, Schema
from pydantic import AfterValidator, Field, StrictInt

from accounts.models import Membership, User
from manifesto.models import RULE_KEYS
from vendors.api import shapes
from vendors.models import Vendor

FIRST_YEAR, LAST_YEAR = 1990, 2100
RuleKey = StrEnum("RuleKey", {key.upper(): key for key in RULE_KEYS})  # type: ignore[misc]


def _in_our_time(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(_("Check the year: it must lie between 1990 and 2100."))
    return day


def _one_kind_of_line_end(text: str) -> str:
    """As the fields of the pages do: else another system's line ends would look like a change."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


Day = Annotated[shapes.Day, AfterValidator(_in_our_time)]
Lines = Annotated[shapes.Text, AfterValidator(_one_kind_of_line_end)]
Grade = Annotated[StrictInt, Field(ge=0, le=4)]
QuestionKey = Annotated[str, Path(description="The question’s key.")]
Sha256 = Annotated[str, Path(description="The file’s `sha256`.")]


class PersonOut(Schema):
    name: str
    member: UUID | None = Field(description="None for whoever is no member (any more, or not yet).")


class AssessedVendor(Schema):
    uuid: UUID
    name: str


class EvidenceFileOut(Schema):
    """Evidence: its bytes have an address of their own."""

    name: str
    content_type: str
    size: int = Field(description="Bytes.")
    sha256: str = Field(description="Names the file in its address.")
    uploaded_at: datetime


class People:
    """What users are called outwards, in one organisation: one query for all that an answer names."""

    def __init__(self, organisation: int, users: Iterable[User | None]) -> None:
        ids = {user.pk for user in users if user is not None}
        rows = Membership.everybody.filter(organisation=organisation, user__in=ids)
        self.members: Mapping[int, UUID] = dict(rows.values_list("user", "uuid"))

    def of(self, user: User) -> PersonOut:
        return PersonOut(name=str(user), member=self.members.get(user.pk))

    def maybe(self, user: User | None) -> PersonOut | None:
        return None if user is None else self.of(user)


def vendor_ref(vendor: Vendor) -> AssessedVendor:
    return AssessedVendor(uuid=vendor.uuid, name=vendor.name)
