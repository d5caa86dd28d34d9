"""The provider's certificates, and the file by which a SAML provider describes itself."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from django.utils.translation import gettext as _
from lxml.etree import LxmlError
from onelogin.saml2.idp_metadata_parser import OneLogin_Saml2_IdPMetadataParser
from onelogin.saml2.xmlparser import DTDForbidden, EntitiesForbidden

from groundwork.refusals import Refusal

PEM = re.compile(r"-----BEGIN CERTIFICATE-----(.+?)-----END CERTIFICATE-----", re.DOTALL)
MOST = 4
LARGEST = 512 * 1024  # characters of a description


class UnreadableError(Refusal):
    """A description or a certificate that cannot be read; its text is for whoever pasted it."""


@dataclass(frozen=True, kw_only=True)
class Described:
    """What a SAML provider's metadata say; `certificates`: PEM, one after the other."""

    entity_id: str
    sso_url: str
    slo_url: str
    certificates: str


@dataclass(frozen=True, kw_only=True)
class Shown:
    name: str
    until: datetime


def bodies(pem: str) -> list[str]:
    """The certificates without head and foot, as the library wants them."""
    return ["".join(body.split()) for body in PEM.findall(pem)]


def cleaned(text: str) -> str:
    """Certificates as they were pasted, with or without head and foot, as PEM. Raises UnreadableError."""
    found = bodies(text) or (["".join(text.split())] if text.strip() else [])
    if len(found) > MOST:
        raise UnreadableError(_("At most %(most)s certificates: the one in use, and the next.") % {"most": MOST})
    made = "\n".join(_pem(body) for body in dict.fromkeys(found))
    for one in PEM.finditer(made):
        _read(one.group(0))
    return made


def shown(pem: str) -> list[Shown]:
    """Whose they are and until when, as they stand on the page."""
    read = [_read(one.group(0)) for one in PEM.finditer(pem)]
    return [Shown(name=one.subject.rfc4514_string()[:120], until=one.not_valid_after_utc) for one in read]


def described(xml: str) -> Described:
    """Read a provider's metadata: no DTD, no entities, nothing fetched. Raises UnreadableError."""
    if len(xml) > LARGEST:
        raise UnreadableError(_("This file is too large to be the metadata of one provider."))
    try:
        found = OneLogin_Saml2_IdPMetadataParser.parse(xml.strip().encode()).get("idp", {})
    except (LxmlError, DTDForbidden, EntitiesForbidden, ValueError) as error:
        raise UnreadableError(_("This is no readable XML. Paste the metadata as the provider shows them.")) from error
    several = found.get("x509certMulti", {}).get("signing", [])
    certificates = several or [found.get("x509cert", "")]
    sso = found.get("singleSignOnService", {}).get("url", "")
    if not (found.get("entityId") and sso and certificates[0]):
        raise UnreadableError(
            _(
                "These metadata lack the entity ID, a certificate to check signatures with, or an address of the "
                "sign-in for HTTP-Redirect. Are they the provider’s own, and not those of an application?"
            )
        )
    return Described(
        entity_id=found["entityId"],
        sso_url=sso,
        slo_url=found.get("singleLogoutService", {}).get("url", ""),
        certificates=cleaned("\n".join(_pem(one) for one in certificates[:MOST])),
    )


def _pem(body: str) -> str:
    lines = "\n".join(textwrap.wrap(body, 64))
    return f"-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----"


def _read(pem: str) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(pem.encode())
    except ValueError as error:
        raise UnreadableError(
            _("One of the certificates cannot be read. Paste it from BEGIN CERTIFICATE to END CERTIFICATE.")
        ) from error
