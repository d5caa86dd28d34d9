"""Sessions stand in the database, which alone decides whether one holds. What a signed-in one says is also kept in the
cache, so that it need not be read each time: the query that reads the person says whether the row is still as it was
(`accounts.signed_in`). A sign-out or a change therefore holds everywhere at once, whichever process keeps what, and
whether Redis is there or not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as StoredSession
from django.core.cache import cache
from django.core.signing import BadSignature, Signer
from django.utils import timezone

KEPT_FOR = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class KeptSession:
    """`until`: when the row ends, to the microsecond; each save moves it, so it tells one state of it from another.
    `written`: what the row holds, signed as there."""

    until: datetime
    written: str


class SessionStore(StoredSession):
    """The session of a request: read from the database, unless `take` was given what it says. Sessions are signed with
    the name of this class, which is that of Django's."""

    stored: KeptSession | None = None  # as it was read or written

    def load(self) -> dict[str, Any]:
        row = self._get_session_from_db()  # type: ignore[attr-defined]
        if row is None:
            return {}
        self.stored = KeptSession(until=row.expire_date, written=row.session_data)
        said: dict[str, Any] = self.decode(row.session_data)
        return said

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row = super().create_model_instance(data)
        self.stored = KeptSession(until=row.expire_date, written=row.session_data)
        return row

    def save(self, *args: Any, **options: Any) -> None:
        super().save(*args, **options)
        if SESSION_KEY in self:
            self.keep()

    def keep(self) -> None:
        """For the next requests, where it was read or written in this one."""
        if self.stored is not None and self.session_key:
            age = min(KEPT_FOR, self.stored.until - timezone.now())
            said = f"{self.stored.until.isoformat()} {self.stored.written}"
            cache.set(place_of(self.session_key), _signer(self.session_key).sign(said), int(age.total_seconds()))

    def kept(self) -> KeptSession | None:
        """What the cache keeps of it, which may be long gone."""
        found = cache.get(place_of(self.session_key)) if self.session_key else None
        if not found or self.session_key is None:
            return None
        try:
            until, _space, written = _signer(self.session_key).unsign(found).partition(" ")
        except BadSignature:
            return None
        return KeptSession(until=datetime.fromisoformat(until), written=written)

    def take(self, said: dict[str, Any]) -> None:
        """What it says, from whoever has asked the database whether it still holds."""
        self.accessed = True
        self._session_cache = said

    def delete(self, session_key: str | None = None) -> None:
        super().delete(session_key)
        if key := session_key or self.session_key:
            cache.delete(place_of(key))


def place_of(session_key: str) -> str:
    """Where the cache keeps it. Whoever reads the cache learns no key of a session: it would open it."""
    return f"session:{sha256(session_key.encode()).hexdigest()}"


def _signer(session_key: str) -> Signer:
    """Whoever writes into the cache can put nobody's session in the place of another."""
    return Signer(salt=f"accounts.sessions {session_key}")
