"""Who is signed in, with all that they are members of: one query for each request, which also says whether their
session still holds. What is not as usual (a session of an earlier key, somebody who is a member nowhere) goes Django's
own way."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.middleware import get_user
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.models import Session
from django.db.models import Subquery
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.access import OurRequest
from accounts.models import Membership, User
from accounts.sessions import SessionStore

# A provider's row is read with each page; what is long in it is not needed there.
LONG = ("client_secret", "certificates", "roles", "last_trial", "last_failure")
UNREAD = tuple(f"organisation__identity_provider__{name}" for name in LONG)


def whoever_asks(request: OurRequest) -> User | AnonymousUser:
    """Whose session it is, with `memberships_of` at hand."""
    session = cast(SessionStore, request.session)
    return _of_kept(session) or _of_stored(session) or cast("User | AnonymousUser", get_user(request))


def memberships_of(user: User) -> list[Membership]:
    """The active ones, by the name of the organisation, each with it and its provider; no query where the user comes
    from `whoever_asks`."""
    read: list[Membership] | None = getattr(user, "memberships_read", None)
    return _memberships(user.pk) if read is None else read


def _memberships(user: int, **also: Any) -> list[Membership]:
    rows = Membership.objects.active().filter(user=user).annotate(**also)
    rows = rows.select_related("organisation__identity_provider", "user").defer(*UNREAD)
    return list(rows.order_by("organisation__name"))


def _of_kept(session: SessionStore) -> User | None:
    """By what the cache keeps of the session, if the database says that it is so still; then nothing else is read."""
    kept = session.kept()
    if kept is None or kept.until <= timezone.now():
        return None
    said: dict[str, Any] = session.decode(kept.written)
    row = Session.objects.filter(pk=session.session_key).values("expire_date")
    user = _valid(said, session_until=Subquery(row))
    if user is None or memberships_of(user)[0].session_until != kept.until:  # type: ignore[attr-defined]
        return None
    session.take(said)
    return user


def _of_stored(session: SessionStore) -> User | None:
    user = _valid(session)
    if user is not None:
        session.keep()
    return user


def _valid(said: Any, **also: Any) -> User | None:
    """The user whom a session names, if it was signed for them as they are now, and they are a member somewhere."""
    if SESSION_KEY not in said or said.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    rows = _memberships(int(said[SESSION_KEY]), **also)
    if not rows:
        return None
    user = rows[0].user
    if not user.is_active or not constant_time_compare(said.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash()):
        return None
    user.memberships_read = rows  # type: ignore[attr-defined]
    return user
