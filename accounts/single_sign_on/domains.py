"""Mail domains: whose addresses sign in at which organisation.

Two organisations may both say that a domain is theirs; it counts for the one for which it was confirmed. With one
organisation in the installation there is nobody to take it from, and it counts at once.
"""

from __future__ import annotations

import re
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.members.changes import lock_organisation
from accounts.models import IdentityProvider, MailDomain, Membership, Organisation, User
from accounts.trail import audit
from groundwork.refusals import Refusal

NAME = re.compile(r"(?=.{4,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])\Z")
# Where anybody gets an address: whoever has one is nobody's colleague for it.
EVERYBODYS = frozenset(
    (
        "gmail.com",
        "googlemail.com",
        "outlook.com",
        "outlook.be",
        "outlook.fr",
        "hotmail.com",
        "hotmail.be",
        "hotmail.fr",
        "live.com",
        "live.be",
        "live.nl",
        "msn.com",
        "yahoo.com",
        "yahoo.fr",
        "icloud.com",
        "me.com",
        "proton.me",
        "protonmail.com",
        "gmx.com",
        "gmx.net",
        "gmx.de",
        "web.de",
        "aol.com",
        "skynet.be",
        "telenet.be",
        "proximus.be",
        "voo.be",
        "orange.fr",
        "wanadoo.fr",
        "free.fr",
        "laposte.net",
        "sfr.fr",
        "ziggo.nl",
        "kpnmail.nl",
        "xs4all.nl",
        "planet.nl",
        "hetnet.nl",
        "mail.com",
        "zoho.com",
        "fastmail.com",
        "yandex.com",
        "qq.com",
        "163.com",
    )
)


class DomainError(Refusal):
    """A mail domain that cannot be taken up; its text is for the administrator."""


def cleaned(text: str) -> str:
    """The domain as addresses have it, in lower case, IDNA encoded. Raises DomainError."""
    name = text.strip().lower().removeprefix("@").rstrip(".")
    try:
        name = name.encode("idna").decode() if not name.isascii() else name
    except UnicodeError:
        name = ""
    if not NAME.match(name):
        raise DomainError(_("This is no mail domain: write what stands behind the @, such as example.org."))
    if name in EVERYBODYS:
        raise DomainError(_("Anybody can get an address there: it cannot tell who belongs to your organisation."))
    return name


def add(actor: Membership, domain: str, *, now: datetime) -> MailDomain:
    """Raises DomainError where it is none, stands there already, or is confirmed for another organisation."""
    name = cleaned(domain)
    with transaction.atomic():
        lock_organisation(actor.organisation_id)
        confirmed_at = None if Organisation.objects.exclude(pk=actor.organisation_id).exists() else now
        try:
            with transaction.atomic():
                row = MailDomain.objects.create(
                    organisation=actor.organisation, domain=name, added_by=actor.user, confirmed_at=confirmed_at
                )
        except IntegrityError as twice:
            raise DomainError(_("This domain stands there already.")) from twice
        audit.record(actor.user, "domain.added", row, after={"domain": name, "confirmed_at": confirmed_at})
    return row


def remove(actor: Membership, row: MailDomain) -> None:
    """Refused for the last confirmed domain of a sign-in that is in use: nobody could come in any more."""
    with transaction.atomic():
        lock_organisation(actor.organisation_id)
        others = MailDomain.objects.for_member(actor).confirmed().exclude(pk=row.pk)
        in_use = IdentityProvider.objects.for_member(actor).in_use()
        if row.confirmed_at and in_use.exists() and not others.exists():
            raise DomainError(_("The sign-in is in use and needs a confirmed domain: put it out of use first."))
        audit.record(actor.user, "domain.removed", row, before={"domain": row.domain})
        row.delete()


def confirm(row: MailDomain, *, by: User | None, now: datetime | None = None) -> MailDomain:
    """By whoever runs the installation (None: on its command line). Raises DomainError where it is another's."""
    with transaction.atomic():
        found = MailDomain.objects.select_for_update().get(pk=row.pk)
        if found.confirmed_at is not None:
            return found
        found.confirmed_at = now or timezone.now()
        try:
            with transaction.atomic():
                found.save(update_fields=["confirmed_at"])
        except IntegrityError as taken:
            raise DomainError(_("This domain is confirmed for another organisation.")) from taken
        after = {"domain": found.domain, "confirmed_at": found.confirmed_at}
        audit.record(by, "domain.confirmed", found, before={"confirmed_at": None}, after=after)
    return found
