"""Every page that there is, from the routes themselves: its address, and a person who may open it.

A new route joins the walk by itself; one that shows no page has to say so in `NO_PAGE`, and a test holds it to that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

from accounts.access import RIGHTS, Gate, Right, required
from accounts.models import AuditEntry, Membership, User
from assessments import lifecycle
from assessments.models import Assessment, AssessmentState
from manifesto import editions
from manifesto.models import Question, Release
from reports.models import Rendering, RenderingState
from reports.rendering import Failure
from tests.config.routes import Route, World, arguments, routes
from tests.factories import PASSWORD, Cast, make_assessment, make_user, make_vendor

ANYBODY = "anybody"
MEMBERS = ("assessor", "approver", "admin", "reader")

# What a GET of the route gives instead of a page.
FILE, PART, ACTION = "a file or data", "a part of a page", "a change, by POST alone"
ELSEWHERE, NOBODY = "another page", "what nobody may do"
NO_PAGE: dict[str, str] = {
    "healthz": FILE,
    "readyz": FILE,
    "favicon": FILE,
    "vendor_import_errors": FILE,
    "vendor_import_template": FILE,
    "evidence_download": FILE,
    "rendering_download": FILE,
    "mfa_download_recovery_codes": FILE,
    "mfa_login_webauthn": FILE,
    "admin:autocomplete": FILE,
    "admin:jsi18n": FILE,
    "admin:manifesto_release_export": FILE,
    "vendor_evidence_download": FILE,
    "vendor_evidence_add": ACTION,
    "vendor_evidence_delete": ACTION,
    "vendor_answer_edit": ELSEWHERE,
    "assessment_score": PART,
    "set_language": ACTION,
    "theme_set": ACTION,
    "organisation_switch": ACTION,
    "invitation_revoke": ACTION,
    "invitation_resend": ACTION,
    "vendor_import_apply": ACTION,
    "assessment_open": ACTION,
    "assessment_hand_in": ACTION,
    "assessment_take_up": ACTION,
    "assessment_submit": ACTION,
    "assessment_approve": ACTION,
    "evidence_add": ACTION,
    "evidence_delete": ACTION,
    "rendering_request": ACTION,
    "admin:logout": ACTION,
    "admin:manifesto_release_move": ACTION,
    "answer_edit": ELSEWHERE,
    "assessment_send_back": ELSEWHERE,
    "answer_grid": ELSEWHERE,
    "answer_grid_question": ELSEWHERE,  # by its key alone; with two questionnaires see `_other_views`
    "account_confirm_login_code": ELSEWHERE,
    "admin:login": ELSEWHERE,
    "admin:view_on_site": ELSEWHERE,
    "admin:accounts_user_delete": NOBODY,
    "admin:accounts_organisation_delete": NOBODY,
    "admin:accounts_auditentry_add": NOBODY,
    "admin:accounts_auditentry_delete": NOBODY,
    "admin:manifesto_rule_add": NOBODY,
    "admin:manifesto_rule_delete": NOBODY,
}
# Who opens a page, where that is not plain from its gate.
WHO: dict[str, str] = {
    "work": "assessor",
    "profile": "assessor",
    "account_logout": "assessor",
    "account_set_password": "assessor",  # of the cast, none has a password
    "mfa_authenticate": "halfway",
    "mfa_activate_totp": "careful",
}


@dataclass(frozen=True, kw_only=True)
class Stop:
    """A page of the walk."""

    name: str
    path: str
    who: str

    @property
    def is_stock(self) -> bool:
        """A page of the admin in which nothing but the colours is ours."""
        return self.name.startswith("admin:") and not self.name.startswith(("admin:index", "admin:manifesto_"))


class Premises(World):
    """The world with the shipped bank and a thing for every state beside each other, all there at once."""

    def __init__(self, cast: Cast) -> None:
        super().__init__(cast)
        call_command("load_bank", "--publish", verbosity=0)
        self.release = Release.objects.get()
        self.new_edition = editions.new_draft_from(self.release, "2099.1", cast.editor)
        self._clients: dict[str, Client] = {}

    def _assessment(self, **fields: Any) -> Assessment:
        number = Assessment.objects.count() + 1
        vendor = make_vendor(self.cast.organisation, f"Harbour Uninterruptible Infrastructure Services {number}")
        return make_assessment(self.cast.assessor, vendor=vendor, **fields)

    @cached_property
    def draft(self) -> Assessment:
        return self._assessment(state=AssessmentState.DRAFT)

    @cached_property
    def unopened(self) -> Assessment:
        return self.draft

    @cached_property
    def collecting(self) -> Assessment:
        return self._assessment(grade=3)

    @cached_property
    def second_collecting(self) -> Assessment:
        return self._assessment()

    @cached_property
    def in_review(self) -> Assessment:
        return lifecycle.submit(self.cast.assessor, self._assessment(grade=2))

    @cached_property
    def _to_be_shown(self) -> Assessment:
        return lifecycle.submit(self.cast.assessor, self._assessment(grade=2))

    @cached_property
    def approved(self) -> Assessment:
        return lifecycle.approve(self.cast.approver, lifecycle.submit(self.cast.assessor, self._assessment(grade=3)))

    @cached_property
    def cancelled(self) -> Assessment:
        return lifecycle.cancel(self.cast.assessor, self._assessment(), reason="The contract ended.")

    @cached_property
    def failed_rendering(self) -> Rendering:
        return Rendering.objects.create(
            scorecard=self.scorecard,
            language="nl",
            state=RenderingState.FAILED,
            failure=Failure.TOO_SLOW,
            attempts=5,
            requested_at=timezone.now() - timedelta(minutes=5),
            finished_at=timezone.now(),
        )

    @cached_property
    def careful(self) -> User:
        """Has a password and no second factor yet."""
        return make_user_with_password("careful")

    @cached_property
    def secured(self) -> User:
        """Has a password and every second factor there is."""
        user = make_user_with_password("secured")
        Membership.objects.create(user=user, organisation=self.cast.organisation, role="reader")
        return user

    @cached_property
    def forgetful(self) -> User:
        """Has asked for a link to a new password."""
        return make_user_with_password("forgetful")

    @cached_property
    def halfway(self) -> User:
        """Has given the password, and is asked for the second factor."""
        user = make_user_with_password("halfway")
        TOTP.activate(user, generate_totp_secret())
        return user

    @cached_property
    def passkey(self) -> Authenticator:
        self.client("secured")  # signs in while a password is enough
        return WebAuthn.add(self.secured, "Demo key", make_credential()).instance

    def client(self, who: str) -> Client:
        """The test client as this person; signed in once."""
        if who not in self._clients:
            self._clients[who] = self._signed_in(who)
        return self._clients[who]

    def _signed_in(self, who: str) -> Client:
        client = Client()
        if who == ANYBODY:
            return client
        if who == "vendor":  # a contact that came in by both kinds of links
            for token in (self.vendor_link_token, self.reply_link_token):
                client.post(reverse("vendor_link", args=[token]), {"language": "en"})
            return client
        person = getattr(self.cast, who, None) or getattr(self, who)
        user = person.user if isinstance(person, Membership) else person
        if not user.has_usable_password():
            client.force_login(user)
            return client
        client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        if who == "secured":  # now that it has been proven who it is
            TOTP.activate(user, generate_totp_secret())
            RecoveryCodes.activate(user)
        return client

    def cookies(self, who: str) -> dict[str, str]:
        """By what this person is known: a session, or the cookies of links."""
        jar = self.client(who).cookies
        return {
            name: cookie.value
            for name, cookie in jar.items()
            if name == settings.SESSION_COOKIE_NAME or name.startswith("vendor_desk_")
        }


def make_user_with_password(name: str) -> User:
    user = make_user(name)
    user.set_password(PASSWORD)
    user.save()
    return user


def make_credential() -> dict[str, Any]:
    """What a browser sends when a passkey is added."""
    key = ES256({1: 2, 3: -7, -1: 1, -2: bytes(32), -3: bytes(32)})
    attested = AttestedCredentialData.create(Aaguid.NONE, b"demo-key", key)
    flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV | AuthenticatorData.FLAG.AT
    proof = AttestationObject.create("none", AuthenticatorData.create(bytes(32), flags, 0, attested), {})
    client = CollectedClientData.create(CollectedClientData.TYPE.CREATE, b"demo", "http://localhost")
    return {
        "id": websafe_encode(b"demo-key"),
        "rawId": websafe_encode(b"demo-key"),
        "type": "public-key",
        "response": {"clientDataJSON": websafe_encode(client), "attestationObject": websafe_encode(proof)},
        "clientExtensionResults": {"credProps": {"rk": True}},
    }


def all_routes() -> tuple[Route, ...]:
    """Every route that somebody may open, once."""
    return tuple({route.name: route for route in routes() if route.name and required(route.name)}.values())


BY_GATE: dict[Gate, str] = {Gate.PUBLIC: ANYBODY, Gate.STAFF: "editor", Gate.LINK: "vendor", Gate.ASKED: "assessor"}


def person_for(route: str) -> str:
    gate = required(route)
    if route in WHO:
        return WHO[route]
    if isinstance(gate, Right):
        return next(name for name in MEMBERS if gate in RIGHTS[name])
    return BY_GATE.get(gate, "secured") if gate else "secured"


def address(route: Route, premises: Premises) -> str:
    if route.name.startswith("admin:"):
        values = _admin_values(route, premises)
    elif route.name.endswith("_webauthn") and route.arguments:
        values = {"pk": premises.passkey.pk}
    elif route.name == "account_reset_password_from_key":
        user = premises.forgetful
        values = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    else:
        values = arguments(route, premises)
    return reverse(route.name, kwargs=values) + QUERIES.get(route.name, lambda premises: "")(premises)


def _add_question(premises: Premises) -> str:
    return f"?rule={premises.new_edition.rules.first().pk}"


QUERIES = {"admin:manifesto_question_add": _add_question}


def _admin_values(route: Route, premises: Premises) -> dict[str, Any]:
    things = {
        "auth_group": lambda: Group.objects.get_or_create(name="Bank editors")[0],
        "auth_user": lambda: premises.cast.reader.user,
        "accounts_user": lambda: premises.cast.reader.user,
        "accounts_organisation": lambda: premises.cast.organisation,
        "accounts_auditentry": lambda: AuditEntry.objects.latest("pk"),
        "mfa_authenticator": lambda: premises.passkey,
        "manifesto_release": lambda: premises.new_edition,
        "manifesto_rule": premises.new_edition.rules.first,
        "manifesto_question": premises.new_edition.questions.first,
    }
    model = "_".join(route.name.removeprefix("admin:").split("_")[:2])
    others = {"app_label": "accounts", "form": "yaml", "content_type_id": 1}
    values = {}
    for name in route.arguments:
        if name == "question":
            values[name] = things["manifesto_question"]().pk
        elif name in others:
            values[name] = others[name]
        elif route.name == "admin:view_on_site":
            values[name] = 1
        elif route.name.endswith("_retire"):
            values[name] = premises.release.pk
        else:
            values[name] = things[model]().pk
    return values


def walk(premises: Premises) -> Iterator[Stop]:
    """Every route that shows a page, then pages again in other states, or as others see them."""
    for route in all_routes():
        if route.name not in NO_PAGE:
            yield Stop(name=route.name, path=address(route, premises), who=person_for(route.name))
    yield from _other_views(premises)


def _other_views(premises: Premises) -> Iterator[Stop]:
    question = Question.objects.filter(
        answers__response__assessment__in=[premises.collecting, premises.second_collecting]
    )[0]
    grid = reverse("answer_grid_question", args=[question.key])
    yield Stop(name="answer_grid_question", path=grid, who="assessor")
    for state in ("draft", "in_review", "approved", "cancelled"):
        path = reverse("assessment_detail", args=[getattr(premises, state).pk])
        yield Stop(name=f"assessment_detail, {state}", path=path, who="assessor")
    review = "assessment_review"
    yield Stop(name=f"{review}, to submit", path=reverse(review, args=[premises.collecting.pk]), who="assessor")
    yield Stop(name=f"{review}, to decide", path=reverse(review, args=[premises.in_review.pk]), who="approver")
    failed = reverse("rendering_status", args=[premises.failed_rendering.pk])
    yield Stop(name="rendering_status, failed", path=failed, who="reader")
    for route in ("work", "vendor_list", "assessment_list", "assessment_add"):
        yield Stop(name=f"{route}, empty", path=reverse(route), who="stranger")
    final = reverse("admin:manifesto_release_change", args=[premises.release.pk])
    yield Stop(name="release_change, published", path=final, who="editor")
    question = Question.objects.filter(release=premises.release)[0]
    final = reverse("admin:manifesto_question_change", args=[question.pk])
    yield Stop(name="question_change, published", path=final, who="editor")
