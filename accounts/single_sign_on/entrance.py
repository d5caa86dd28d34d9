"""Pages of the way in: from an address to its organisation's provider, there, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.account.utils import perform_login
from allauth.socialaccount.internal import statekit
from allauth.socialaccount.sessions import LoginSession
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from accounts import own_sign_in
from accounts.access import OurRequest, Right, may
from accounts.models import IdentityProvider, MailDomain, MailDomainQuerySet, SignInProtocol
from accounts.single_sign_on import arriving, openid, saml, setting_up
from accounts.single_sign_on.forms import AddressForm
from accounts.single_sign_on.judging import judge
from accounts.single_sign_on.reasons import NotLetInError, Reason, said_to_person
from accounts.single_sign_on.said import Said
from groundwork.languages import DEFAULT
from groundwork.responses import form_view

ENTER, TRY = "enter", "try"
BROUGHT = "saml_brought"  # what a provider posted, until the browser comes back with its own cookies
BROUGHT_SECONDS = 300
Reading = Callable[[Mapping[str, Any]], Said]


# To the provider ---------------------------------------------------------------------------------------------------
@form_view
def sign_in_organisation(request: OurRequest) -> HttpResponse:
    """The address leads to its organisation's provider, by its domain alone: nobody hears whether it has an account."""
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        domain = own_sign_in.domain_of(form.cleaned_data["email"])
        provider = IdentityProvider.objects.in_use().filter(organisation__mail_domains__in=_confirmed(domain)).first()
        if provider is not None:
            return lead(request, provider, purpose=ENTER, then=_then(request))
        form.add_error("email", _("No organisation signs in here with this mail domain. Use your password instead."))
    context = {"form": form, "then": _then(request)}
    return render(request, "accounts/single_sign_on/sign_in_organisation.html", context)


@form_view
def sign_in_at(request: OurRequest, provider: UUID) -> HttpResponse:
    """Where a tile on the provider's start page leads. Only POST begins: another site could send somebody here."""
    row = _provider(provider)
    if not row.is_active:
        return _failed(request, row, NotLetInError(Reason.NOT_IN_USE))
    if request.method == "POST":
        return lead(request, row, purpose=ENTER, then=_then(request))
    return render(request, "accounts/single_sign_on/sign_in_at.html", {"provider": row, "then": _then(request)})


def lead(request: OurRequest, provider: IdentityProvider, *, purpose: str, then: str) -> HttpResponse:
    """Begin a sign-in, and send the browser on. Not by a redirect: what a form is answered with may lead to our own
    pages only, and that rule stays."""
    state = get_random_string(32)
    way = _protocol(provider)
    try:
        begun = way.begin(provider, state)
    except NotLetInError as error:
        if purpose == TRY:
            setting_up.tried(provider, str(error.reason), {"": error.detail}, "", timezone.now())
            return redirect("own_sign_in")
        return _failed(request, provider, error, is_kept=True)
    member = request.member.pk if request.member and purpose == TRY else None
    kept = {**begun.kept, "purpose": purpose, "then": then, "member": member}
    statekit.stash_state(request, provider_id=str(provider.uuid), state=kept, state_id=state)
    return leaving(request, begun.address, provider)


def leaving(request: HttpRequest, address: str, provider: IdentityProvider) -> HttpResponse:
    """A page that goes on by itself, and has the link for whoever's browser does not."""
    context = {"address": address, "provider": provider}
    response = render(request, "accounts/single_sign_on/leaving.html", context)
    response["Refresh"] = f"0;url={address}"
    return response


def _protocol(provider: IdentityProvider) -> Any:
    return openid if provider.protocol == SignInProtocol.OIDC else saml


# And back ----------------------------------------------------------------------------------------------------------
@require_GET
def sign_in_callback(request: OurRequest, provider: UUID) -> HttpResponse:
    """OpenID Connect: the browser comes back with a code."""
    row = _provider(provider)
    query = request.GET.dict()

    def read(kept: Mapping[str, Any]) -> Said:
        return openid.answered(row, query, kept, timezone.now())

    return _arrived(request, row, SignInProtocol.OIDC, query.get("state", ""), read)


@csrf_exempt
@require_POST
def sign_in_saml(request: OurRequest, provider: UUID) -> HttpResponse:
    """SAML: the provider's page posts the answer, without our cookies: another site sends it. It is put aside, and the
    browser asks again, with them."""
    row = _provider(provider)
    posted = request.POST.get("SAMLResponse", "")
    if not posted or len(posted) > saml.LARGEST:
        return _failed(request, row, NotLetInError(Reason.UNREADABLE))
    response = HttpResponseRedirect(reverse("sign_in_saml_finish", args=[row.uuid]))
    brought = LoginSession(request, BROUGHT, BROUGHT)
    brought.store.set_expiry(BROUGHT_SECONDS)
    brought.store.update({"answer": posted, "state": request.POST.get("RelayState", "")[:200]})
    brought.save(response)
    return response


@require_GET
def sign_in_saml_finish(request: OurRequest, provider: UUID) -> HttpResponse:
    row = _provider(provider)
    brought = LoginSession(request, BROUGHT, BROUGHT)
    posted, state = brought.store.get("answer", ""), brought.store.get("state", "")
    brought.delete()

    def read(kept: Mapping[str, Any]) -> Said:
        return saml.answered(row, posted, kept, timezone.now())

    return _arrived(request, row, SignInProtocol.SAML, state, read)


def _arrived(
    request: OurRequest, provider: IdentityProvider, protocol: SignInProtocol, state: str, read: Reading
) -> HttpResponse:
    """Whoever comes back without having begun in this browser is no news for the administrators: anybody can."""
    kept = statekit.unstash_state(request, provider_id=str(provider.uuid), state_id=state) if state else None
    if kept is None or provider.protocol != protocol:
        return _failed(request, provider, NotLetInError(Reason.NOT_BEGUN_HERE))
    if kept["purpose"] == TRY:
        return _tried(request, provider, kept, read)
    try:
        if not provider.is_active:
            raise NotLetInError(Reason.NOT_IN_USE)
        return _let_in(request, provider, read(kept), kept["then"])
    except NotLetInError as error:
        return _failed(request, provider, error, is_kept=True)


def _let_in(request: OurRequest, provider: IdentityProvider, said: Said, then: str) -> HttpResponse:
    member = arriving.arrive(provider, said, language=get_language() or DEFAULT, now=timezone.now())
    if request.user.is_authenticated:
        logout(request)
    own_sign_in.note(request, provider, member.user, dict(said.end))
    response: HttpResponse = perform_login(request, member.user, email_verification="none", redirect_url=then or None)
    return response


def _tried(request: OurRequest, provider: IdentityProvider, kept: Mapping[str, Any], read: Reading) -> HttpResponse:
    """Nobody is signed in or changed by it: the administrator who began it sees what was sent and what would follow."""
    member = request.member
    is_theirs = member is not None and member.pk == kept["member"] and may(member, Right.ADMINISTER)
    if not is_theirs or member is None or member.organisation_id != provider.organisation_id:
        return _failed(request, provider, NotLetInError(Reason.NOT_BEGUN_HERE))
    now = timezone.now()
    try:
        said = read(kept)
        verdict = judge(provider, said, now)
        outcome = str(verdict.reason) if verdict.reason else setting_up.WOULD_ENTER
        setting_up.tried(provider, outcome, said.claims, verdict.role, now)
    except NotLetInError as error:
        claims = error.claims or ({"": error.detail} if error.detail else {})
        setting_up.tried(provider, str(error.reason), claims, "", now)
    return redirect(reverse("own_sign_in") + "#trial")


def _failed(
    request: HttpRequest, provider: IdentityProvider, error: NotLetInError, *, is_kept: bool = False
) -> HttpResponse:
    if is_kept:
        setting_up.failed(provider, error, timezone.now())
    context = {"provider": provider, "says": said_to_person(error.reason)}
    return render(request, "accounts/single_sign_on/not_let_in.html", context, status=400)


# Out again ---------------------------------------------------------------------------------------------------------
@require_GET
def signed_out(request: OurRequest) -> HttpResponse:
    """After the sign-out here, on to the provider, whose session would let the next one in without asking."""
    left = request.session.pop(own_sign_in.LEFT, None)
    row = IdentityProvider.objects.in_use().filter(uuid=left["provider"]).first() if left else None
    address = _protocol(row).sign_out_address(row, left["end"]) if row and left else ""
    return leaving(request, address, row) if address and row else redirect("home")


@require_GET
def sign_in_sign_out(request: OurRequest, provider: UUID) -> HttpResponse:
    """SAML: the provider asks that its session ends here, too, or says that it ended there."""
    row = _provider(provider)
    if "SAMLRequest" not in request.GET:
        return redirect("home")
    try:
        name, address = saml.asked_to_sign_out(row, request.GET.dict(), request.META.get("QUERY_STRING", ""))
    except NotLetInError as error:
        return _failed(request, row, error)
    session = own_sign_in.through(request)
    if session is not None and session.provider == str(row.uuid) and session.end.get("name") == name:
        logout(request)
    return HttpResponseRedirect(address)


@require_GET
def sign_in_metadata(request: HttpRequest, provider: UUID) -> HttpResponse:
    row = _provider(provider)
    if row.protocol != SignInProtocol.SAML:
        return redirect("sign_in_at", row.uuid)
    return HttpResponse(saml.metadata(row), content_type="application/samlmetadata+xml")


# ----------------------------------------------------------------------------------------------------------------------
def _provider(name: UUID) -> IdentityProvider:
    return get_object_or_404(IdentityProvider.objects.select_related("organisation"), uuid=name)


def _confirmed(domain: str) -> MailDomainQuerySet:
    return MailDomain.objects.confirmed().filter(domain__iexact=domain)


def _then(request: HttpRequest) -> str:
    """Where to go afterwards: a page of ours, or nothing."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    if len(asked) > 1000 or not asked.startswith("/") or not get_adapter(request).is_safe_url(asked):
        return ""
    return asked
