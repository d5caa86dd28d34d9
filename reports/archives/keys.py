"""Keys of rows, which are others in each installation. In the archive the rows of each table count from one; users are
known by their address, rows of the bank by their edition and key. So no archive tells how much others hold, and an
organisation that was moved is written down as it was before."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from typing import Any, Protocol

from django.db import models

from accounts.models import User
from manifesto.models import Question, Release, Rule
from reports.archives.faults import ArchiveRefused
from reports.archives.tables import OWN

Model = type[models.Model]
USER, BANK = "user", "bank"  # how JSON says that a key is a name


class Keys(Protocol):
    def of(self, model: Model, key: Any) -> Any:
        """The key on the other side of a row that is there. ArchiveRefused where there is none."""

    def of_one_perhaps_gone(self, model: Model | None, key: Any) -> Any:
        """As JSON and the trail name rows, which may have been deleted since: a negative number then."""


class Outwards:
    """From this installation into the archive. Remembers which users and editions were named."""

    def __init__(self, organisation: int) -> None:
        self.emails: dict[int, str] = {}
        self.editions: dict[int, str] = {}
        self._bank: dict[tuple[Model, int], list[str]] = {}
        self._pks: dict[Model, array[int]] = {}
        self._tables = {table.model: table for table in OWN}
        self._organisation = organisation

    def of(self, model: Model, key: Any) -> Any:
        found = self._found(model, key)
        if found is None:
            raise ArchiveRefused(
                f"A row names {model._meta.label} {key}, which is not the organisation's. Nothing was written: tell "
                "whoever looks after the installation."
            )
        return found

    def of_one_perhaps_gone(self, model: Model | None, key: Any) -> Any:
        found = None if model is None else self._found(model, key)
        if found is None:
            return -abs(key)
        if isinstance(found, int):
            return found
        return {USER if model is User else BANK: found}

    def _found(self, model: Model, key: int) -> Any:
        if model is User:
            return self._email(key)
        if model is Release:
            return self._edition(key)
        if model in (Rule, Question):
            return self._of_bank(model, key)
        return self._rank(model, key)

    def _rank(self, model: Model, key: int) -> int | None:
        if model not in self._tables:
            return None
        pks = self._pks.get(model)
        if pks is None:
            rows = self._tables[model].rows(self._organisation).values_list("pk", flat=True)
            pks = self._pks[model] = array("q", rows.iterator(chunk_size=2000))
        at = bisect_left(pks, key)
        return at + 1 if at < len(pks) and pks[at] == key else None

    def _email(self, key: int) -> str | None:
        if key not in self.emails:
            email = User.objects.filter(pk=key).values_list("email", flat=True).first()
            if email is None:
                return None
            self.emails[key] = email
        return self.emails[key]

    def _edition(self, key: int) -> str | None:
        """With those that it was made from."""
        if key not in self.editions:
            release = Release.objects.filter(pk=key).values("edition", "based_on").first()
            if release is None:
                return None
            self.editions[key] = release["edition"]
            if release["based_on"]:
                self._edition(release["based_on"])
        return self.editions[key]

    def _of_bank(self, model: Model, key: int) -> list[str] | None:
        if (model, key) not in self._bank:
            found = model._base_manager.filter(pk=key).values_list("release", "key").first()
            if found is None:
                return None
            self._bank[model, key] = [str(self._edition(found[0])), found[1]]
        return self._bank[model, key]


class Inwards:
    """From the archive into this installation. `bases`: for each table the key after which its rows count on;
    `counts`: how many it has; `names`: what is known by name, with its key here."""

    def __init__(self, bases: dict[Model, int], counts: dict[Model, int]) -> None:
        self.bases, self.counts = bases, counts
        self.names: dict[tuple[Model, Any], int] = {}

    def of(self, model: Model, key: Any) -> Any:
        found = self._found(model, key)
        if found is None:
            raise ArchiveRefused(f"A row names a {model._meta.label} that is not in the archive: it is damaged.")
        return found

    def of_one_perhaps_gone(self, model: Model | None, key: Any) -> Any:
        if isinstance(key, dict):
            model, key = (User, key[USER]) if USER in key else (model, key.get(BANK))
        elif isinstance(key, int) and key < 0:
            return key
        if model is None:
            raise ArchiveRefused("A row names one of a kind that nobody knows: the archive is damaged.")
        return self.of(model, key)

    def _found(self, model: Model, key: Any) -> int | None:
        if isinstance(key, list) and all(isinstance(part, str) for part in key):
            return self.names.get((model, tuple(key)))
        if isinstance(key, str):
            return self.names.get((model, key))
        is_number = isinstance(key, int) and not isinstance(key, bool)
        return self.bases[model] + key if is_number and 1 <= key <= self.counts.get(model, 0) else None
