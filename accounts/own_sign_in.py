"""Who came in by the sign-in of their organisation, what such a session opens, and who comes in by nothing else.

A session that a provider vouched for belongs to the provider's organisation: it opens that one alone, never the
administration of the installation, and nothing by which the same person could come in elsewhere (password, second
factor, passkeys). Otherwise whoever runs one organisation's provider could enter another one in somebody's name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from accounts.models import IdentityProvider, MailDomain, Membership, Organisation, Role, User

KEY = "signed_in_through"
LEFT = "signed_out_of"  # what `note` kept, after the sign-out here and until that at the provider
VALID = timedelta(hours=12)  # a provider that shuts somebody out is asked again at least this often
# What a session through a provider does not open: by these the same account opens other organisations, too.
KEYS_OF_THE_ACCOUNT = ("account_", "mfa_")
OF_ALL_ORGANISATIONS = ("person_", "preferences_calendar")


@dataclass(frozen=True, kw_only=True)
class Through:
    """By which provider (its uuid) and for which organisation (its id) a session was opened; `end`: what signing out
    at the provider takes, as `note` was given it."""

    provider: str
    organisation: int
    until: datetime
    end: dict[str, str]


def note(request: HttpRequest, provider: IdentityProvider, user: User, end: dict[str, str]) -> None:
    """From its sign-in on, the session is this provider's. It counts for this user only: whoever signs in by a
    password afterwards in the same browser has not come through it."""
    request.session[KEY] = {
        "provider": str(provider.uuid),
        "organisation": provider.organisation_id,
        "user": user.pk,
        "until": (timezone.now() + VALID).timestamp(),
        "end": end,
    }


def has_come(request: HttpRequest, user: User) -> bool:
    """Whether a provider vouched for this user in this session, signed in as yet or not: a second factor may follow."""
    kept: Any = request.session.get(KEY)
    return isinstance(kept, dict) and kept.get("user") == user.pk


def through(request: HttpRequest) -> Through | None:
    """None: they came by a password or a passkey, or nobody is signed in."""
    kept: Any = request.session.get(KEY)
    if not isinstance(kept, dict) or not request.user.is_authenticated or kept.get("user") != request.user.pk:
        return None
    until = datetime.fromtimestamp(kept["until"], tz=timezone.get_default_timezone())
    return Through(provider=kept["provider"], organisation=kept["organisation"], until=until, end=kept["end"])


def opened_by(session: Through | None, memberships: Iterable[Membership], now: datetime) -> list[Membership]:
    """Of somebody's memberships (with `organisation__identity_provider`), those that this session opens."""
    return [member for member in memberships if _opens(session, member, now)]


def _opens(session: Through | None, member: Membership, now: datetime) -> bool:
    if session is None:
        return not is_forced(member)
    provider = provider_of(member.organisation)
    if provider is None or not provider.is_active or session.until <= now:
        return False
    return session.organisation == member.organisation_id and session.provider == str(provider.uuid)


def provider_of(organisation: Organisation) -> IdentityProvider | None:
    """No query where the organisation was read with it."""
    found: IdentityProvider | None = getattr(organisation, "identity_provider", None)
    return found


def is_forced(member: Membership) -> bool:
    """Whether this member may come in by their organisation's sign-in only. An outside rater whose address is not the
    organisation's has no account at its provider, and keeps the way in that they have."""
    provider = provider_of(member.organisation)
    if provider is None or provider.forced_since is None or member.is_break_glass or member.is_service:
        return False
    return member.role != Role.RATER or has_domain_of(member.organisation_id, member.user.email)


def leads(organisation: Organisation, email: str, role: str) -> IdentityProvider | None:
    """The provider by which whoever is invited has to join, as `is_forced` says of members; None: as they like."""
    provider = provider_of(organisation)
    if provider is None or provider.forced_since is None:
        return None
    return provider if role != Role.RATER or has_domain_of(organisation.pk, email) else None


def has_domain_of(organisation_id: int, email: str) -> bool:
    """Whether the address lies in a confirmed mail domain of the organisation."""
    domains = MailDomain.objects.confirmed().filter(organisation=organisation_id)
    return domains.filter(domain__iexact=domain_of(email)).exists()


def plain_address(said: str) -> str:
    """An address as it is compared here: in lower case, without space around it. Empty where a sign of it is not ASCII:
    some fold into a plain letter (that of kelvin into k, a dotless i into i), and its owner would come in as somebody
    else."""
    address = said.strip()
    return address.lower() if address.isascii() else ""


def domain_of(email: str) -> str:
    return email.rpartition("@")[2].strip().lower()


def refused(user: User) -> IdentityProvider | None:
    """The provider by which this person has to come in, where a password or a passkey would open nothing for them;
    None: they may use them. Staff of the installation may, for its administration; their memberships stay closed."""
    if user.is_staff or user.is_superuser:
        return None
    rows = Membership.objects.active().filter(user=user).select_related("organisation__identity_provider", "user")
    members = list(rows.order_by("organisation__name"))
    if any(not is_forced(member) for member in members):
        return None
    if members:
        return provider_of(members[0].organisation)
    domains = MailDomain.objects.confirmed().filter(domain__iexact=domain_of(user.email))
    forced = IdentityProvider.objects.exclude(forced_since=None)
    return forced.filter(organisation__in=domains.values("organisation")).first()


def emergency_of(user: User) -> Membership | None:
    """The membership by which this person comes in past a forced sign-in: its use is told to all administrators."""
    rows = Membership.objects.active().filter(user=user, is_break_glass=True)
    forced = rows.exclude(organisation__identity_provider__forced_since=None)
    return forced.exclude(organisation__identity_provider=None).select_related("organisation", "user").first()


def closed_to(session: Through | None, route: str, *, has_others: bool) -> bool:
    """Whether a session through a provider may not open this route. `has_others`: the person is a member elsewhere."""
    if session is None or route == "account_logout":
        return False
    return route.startswith(KEYS_OF_THE_ACCOUNT) or (has_others and route.startswith(OF_ALL_ORGANISATIONS))
