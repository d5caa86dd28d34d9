"""SAML 2.0: where to send somebody, and what the provider says of them in its answer.

An assertion counts when it is itself signed with one of the certificates that are set, comes from that provider, is
meant for us and for this address, is valid now, answers the very request that was sent, and was not used before. The
library checks signatures and most of this where it is said; that it is said at all is checked here.
"""

from __future__ import annotations

import binascii
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from lxml.etree import LxmlError
from onelogin.saml2.auth import OneLogin_Saml2_Auth
from onelogin.saml2.constants import OneLogin_Saml2_Constants as Names
from onelogin.saml2.errors import OneLogin_Saml2_Error, OneLogin_Saml2_ValidationError
from onelogin.saml2.logout_request import OneLogin_Saml2_Logout_Request
from onelogin.saml2.response import OneLogin_Saml2_Response
from onelogin.saml2.settings import OneLogin_Saml2_Settings
from onelogin.saml2.utils import OneLogin_Saml2_Utils
from onelogin.saml2.xmlparser import DTDForbidden, EntitiesForbidden

from accounts.models import IdentityProvider
from accounts.single_sign_on import certificates, said, spent
from accounts.single_sign_on.openid import Begun
from accounts.single_sign_on.reasons import NotLetInError, Reason

SKEW = timedelta(minutes=2)
LARGEST = 256 * 1024  # characters of an answer; with a hundred groups it has some 20,000
Names.ALLOWED_CLOCK_DRIFT = int(SKEW.total_seconds())  # the library has 300 seconds, for everybody in this process
Wrong = OneLogin_Saml2_ValidationError
# What the library and those below it fall over in an answer that is none: it takes parts for granted, such as a status
# code with a value.
STUMBLES = (
    *(OneLogin_Saml2_Error, LxmlError, DTDForbidden, EntitiesForbidden, binascii.Error),
    *(ArithmeticError, AttributeError, LookupError, OSError, TypeError, ValueError),
)
PROBLEMS: dict[int, Reason] = {
    Wrong.WRONG_INRESPONSETO: Reason.WRONG_REQUEST,
    Wrong.ASSERTION_TOO_EARLY: Reason.WRONG_TIME,
    Wrong.ASSERTION_EXPIRED: Reason.WRONG_TIME,
    Wrong.SESSION_EXPIRED: Reason.WRONG_TIME,
    Wrong.RESPONSE_EXPIRED: Reason.WRONG_TIME,
    Wrong.WRONG_DESTINATION: Reason.WRONG_ADDRESS,
    Wrong.EMPTY_DESTINATION: Reason.WRONG_ADDRESS,
    Wrong.WRONG_SUBJECTCONFIRMATION: Reason.WRONG_TIME,
    Wrong.WRONG_AUDIENCE: Reason.WRONG_AUDIENCE,
    Wrong.WRONG_ISSUER: Reason.WRONG_ISSUER,
    Wrong.ISSUER_MULTIPLE_IN_RESPONSE: Reason.WRONG_ISSUER,
    Wrong.ISSUER_NOT_FOUND_IN_ASSERTION: Reason.WRONG_ISSUER,
    Wrong.NO_SIGNED_ASSERTION: Reason.NOT_SIGNED,
    Wrong.NO_SIGNED_MESSAGE: Reason.NOT_SIGNED,
    Wrong.NO_SIGNATURE_FOUND: Reason.NOT_SIGNED,
    Wrong.INVALID_SIGNATURE: Reason.WRONG_SIGNATURE,
    Wrong.DEPRECATED_SIGNATURE_METHOD: Reason.WRONG_SIGNATURE,
    Wrong.DEPRECATED_DIGEST_METHOD: Reason.WRONG_SIGNATURE,
    Wrong.STATUS_CODE_IS_NOT_SUCCESS: Reason.PROVIDER_REFUSED,
}


def answer_address(provider: IdentityProvider) -> str:
    return settings.BASE_URL + reverse("sign_in_saml", args=[provider.uuid])


def entity_id(provider: IdentityProvider) -> str:
    """Ours, and the address of our metadata."""
    return settings.BASE_URL + reverse("sign_in_metadata", args=[provider.uuid])


def sign_out_return(provider: IdentityProvider) -> str:
    return settings.BASE_URL + reverse("sign_in_sign_out", args=[provider.uuid])


def begin(provider: IdentityProvider, state: str) -> Begun:
    auth = OneLogin_Saml2_Auth(_asked(answer_address(provider)), _settings(provider))
    address: str = auth.login(return_to=state)
    return Begun(address=address, kept={"request": auth.get_last_request_id()})


def answered(provider: IdentityProvider, posted: str, kept: Mapping[str, str], now: datetime) -> said.Said:
    """What the provider says of whoever brought this answer (as it was posted). Raises NotLetInError."""
    if not posted or len(posted) > LARGEST:
        raise NotLetInError(Reason.UNREADABLE, "The answer is empty, or far too large.")
    address = answer_address(provider)
    try:
        response = OneLogin_Saml2_Response(OneLogin_Saml2_Settings(_settings(provider)), posted)
        response.is_valid(_asked(address, posted), kept["request"], raise_exceptions=True)
        until = _says_enough(response, provider, address, kept["request"])
    except OneLogin_Saml2_ValidationError as error:
        raise NotLetInError(PROBLEMS.get(error.code, Reason.UNREADABLE), str(error)) from error
    except STUMBLES as error:
        raise NotLetInError(Reason.UNREADABLE, type(error).__name__) from error
    spent.spend(provider, str(response.get_assertion_id()), until.timestamp(), now)
    return _said(provider, response)


def _says_enough(response: Any, provider: IdentityProvider, address: str, request: str) -> datetime:
    """The library lets pass what is not said: here it has to be, in the assertion, which is what is signed. Until when
    it counts."""
    if entity_id(provider) not in response.get_audiences():
        raise NotLetInError(Reason.WRONG_AUDIENCE, "The assertion names no audience.")
    destination = response.document.get("Destination")
    if destination is not None and destination != address:
        raise NotLetInError(Reason.WRONG_ADDRESS, destination[:200])
    confirmations = response._query_assertion(
        f"/saml:Subject/saml:SubjectConfirmation[@Method='{Names.CM_BEARER}']/saml:SubjectConfirmationData"
    )
    reason = Reason.UNREADABLE
    for one in confirmations:
        if one.get("InResponseTo") != request:
            reason = Reason.WRONG_REQUEST
        elif one.get("Recipient") != address:
            reason = Reason.WRONG_ADDRESS
        elif not one.get("NotOnOrAfter"):
            reason = Reason.WRONG_TIME
        else:
            return datetime.fromtimestamp(OneLogin_Saml2_Utils.parse_SAML_to_time(one.get("NotOnOrAfter")), tz=UTC)
    raise NotLetInError(reason, "The assertion does not say which request it answers, where and until when.")


def _said(provider: IdentityProvider, response: Any) -> said.Said:
    name = response.get_nameid() or ""
    kind = response.get_nameid_format() or ""
    by_friendly_name = response.get_friendlyname_attributes()
    claims = {**by_friendly_name, **response.get_attributes()}
    is_for_a_day = kind == Names.NAMEID_TRANSIENT or not name
    end = {"name": name[:500], "kind": kind, "session": (response.get_session_index() or "")[:200]}
    return said.read(
        provider,
        {"NameID": [name], **claims},
        subject="" if is_for_a_day else name,
        fallback=name if "@" in name else "",
        end=end,
    )


def sign_out_address(provider: IdentityProvider, end: Mapping[str, str]) -> str:
    """Where the provider ends its own session; empty where it has no such place."""
    if not provider.slo_url or not end.get("name"):
        return ""
    auth = OneLogin_Saml2_Auth(_asked(sign_out_return(provider)), _settings(provider))
    address: str = auth.logout(
        return_to="out", name_id=end["name"], session_index=end.get("session") or None, name_id_format=end.get("kind")
    )
    return address


def asked_to_sign_out(provider: IdentityProvider, query: Mapping[str, str], raw: str) -> tuple[str, str]:
    """Whom the provider asks us to sign out (their name identifier), and the address that it is answered at. The
    request has to be signed: otherwise any page could end somebody's session. Raises NotLetInError."""
    if len(query.get("SAMLRequest", "")) > LARGEST:
        raise NotLetInError(Reason.UNREADABLE)
    asked = _asked(sign_out_return(provider)) | {"get_data": dict(query), "query_string": raw}
    auth = OneLogin_Saml2_Auth(asked, _settings(provider, messages_signed=True))
    try:
        address = auth.process_slo(keep_local_session=True)
        name = OneLogin_Saml2_Logout_Request.get_nameid(auth.get_last_request_xml()) if address else ""
    except STUMBLES as error:
        raise NotLetInError(Reason.UNREADABLE, type(error).__name__) from error
    if auth.get_errors() or not address:
        raise NotLetInError(Reason.WRONG_SIGNATURE, str(auth.get_last_error_reason())[:200])
    return name, address


def metadata(provider: IdentityProvider) -> bytes:
    """Ours, for the provider to read: nothing secret stands in it."""
    only_ours = {name: part for name, part in _settings(provider).items() if name != "idp"}
    found = OneLogin_Saml2_Settings(only_ours, sp_validation_only=True).get_sp_metadata()
    return found if isinstance(found, bytes) else found.encode()


def _asked(address: str, posted: str = "") -> dict[str, Any]:
    """A request as the library wants it: at our own address, whatever host it named."""
    parts = urlsplit(address)
    return {
        "https": "on" if parts.scheme == "https" else "off",
        "http_host": parts.netloc,
        "script_name": parts.path,
        "path_info": "",
        "get_data": {},
        "post_data": {"SAMLResponse": posted} if posted else {},
    }


def _settings(provider: IdentityProvider, *, messages_signed: bool = False) -> dict[str, Any]:
    idp: dict[str, Any] = {
        "entityId": provider.entity_id,
        "singleSignOnService": {"url": provider.sso_url, "binding": Names.BINDING_HTTP_REDIRECT},
        "x509certMulti": {"signing": certificates.bodies(provider.certificates)},
    }
    if provider.slo_url:
        idp["singleLogoutService"] = {"url": provider.slo_url, "binding": Names.BINDING_HTTP_REDIRECT}
    return {
        "strict": True,
        "debug": False,
        "sp": {
            "entityId": entity_id(provider),
            "assertionConsumerService": {"url": answer_address(provider), "binding": Names.BINDING_HTTP_POST},
            "singleLogoutService": {"url": sign_out_return(provider), "binding": Names.BINDING_HTTP_REDIRECT},
            "NameIDFormat": Names.NAMEID_UNSPECIFIED,
        },
        "idp": idp,
        "security": {
            "wantAssertionsSigned": True,
            "wantMessagesSigned": messages_signed,
            "wantNameId": False,
            "wantAttributeStatement": False,
            "requestedAuthnContext": False,
            "rejectDeprecatedAlgorithm": True,
            "allowRepeatAttributeName": True,
            "allowSingleLabelDomains": True,
            "authnRequestsSigned": False,
            "signatureAlgorithm": Names.RSA_SHA256,
            "digestAlgorithm": Names.SHA256,
        },
    }
