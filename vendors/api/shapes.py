"""Values that bodies of vendors share, as wide as their columns and as exact as the reference says: a day is a text, a
number no text, and the one character that no database keeps is refused by the schema."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any

from django.utils.translation import gettext as _
from ninja import Field
from pydantic import AfterValidator, AwareDatetime, BeforeValidator, StrictBool, StrictInt
from pydantic_core import PydanticCustomError

NO_NUL = r"^[^\x00]*$"
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
FIRST, LAST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def _written_day(said: Any) -> Any:
    """Numbers are days elsewhere, counted from 1970: nobody who writes one here means that."""
    if isinstance(said, str) and not DAY.fullmatch(said):
        raise PydanticCustomError("date_parsing", "not a day")
    if not isinstance(said, str | date):
        raise PydanticCustomError("date_type", "not a day")
    return said


def _written_moment(said: Any) -> Any:
    if isinstance(said, str) and not DAY.match(said):
        raise PydanticCustomError("datetime_parsing", "not a moment")
    return said


def _within_the_calendar(moment: datetime) -> datetime:
    """What is written in one zone is read in another: at the ends of the calendar there is no such day."""
    if not FIRST <= moment < LAST:
        raise ValueError(_("Choose a moment from 1900 to 2199."))
    return moment


Text = Annotated[str, Field(pattern=NO_NUL)]
Name = Annotated[str, Field(min_length=1, pattern=NO_NUL)]
Words = Annotated[str, Field(max_length=200, pattern=NO_NUL)]
Note = Annotated[str, Field(max_length=4000, pattern=NO_NUL)]
Day = Annotated[date, BeforeValidator(_written_day)]
Moment = Annotated[AwareDatetime, BeforeValidator(_written_moment), AfterValidator(_within_the_calendar)]
Whole = Annotated[StrictInt, Field(ge=0, le=32767)]
Yes = StrictBool
