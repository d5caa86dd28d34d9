"""Pages of an administrator: the organisation's sign-in, its mail domains, what a trial showed, and the only way in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.access import MemberRequest
from accounts.fetching import fetch
from accounts.models import IdentityProvider, MailDomain, Membership, Role, SignInProtocol
from accounts.own_sign_in import domain_of
from accounts.single_sign_on import certificates, domains, entrance, openid, saml, setting_up
from accounts.single_sign_on.forms import OF_PROTOCOL, DomainForm
from accounts.single_sign_on.reasons import said_to_administrator
from groundwork.pages import confirm_page, crumbs, edit_page
from groundwork.responses import form_view, or_beside, or_say_why

PAGE = "own_sign_in"
HEADING = gettext_lazy("Sign-in of the organisation")
Step = Callable[[Membership], object]
STEPS: dict[str, tuple[Step, Promise]] = {
    "use": (setting_up.put_in_use, gettext_lazy("The sign-in is in use.")),
    "stop": (setting_up.put_out_of_use, gettext_lazy("The sign-in is out of use.")),
    "allow": (setting_up.allow_others, gettext_lazy("Passwords and passkeys are allowed again.")),
    "forget": (setting_up.forget_links, gettext_lazy("Each person is found by their address again.")),
}


@require_GET
def own_sign_in(request: MemberRequest) -> HttpResponse:
    return _page(request, DomainForm())


def _page(request: MemberRequest, domain_form: DomainForm, status: int = 200) -> HttpResponse:
    row = setting_up.of_organisation(request.member)
    rows = list(MailDomain.objects.for_member(request.member))
    administrators = Membership.objects.for_member(request.member).active().filter(role=Role.ADMIN)
    context = {
        "provider": row,
        "protocols": SignInProtocol.choices,
        "domains": rows,
        "has_confirmed": any(one.confirmed_at for one in rows),
        "domain_form": domain_form,
        "administrators": administrators.select_related("user").order_by("user__name", "user__email"),
        "ours": _ours(row) if row else [],
        "certificates": certificates.shown(row.certificates) if row else [],
        "trial": _outcome(row.last_trial) if row else None,
        "failure": _outcome(row.last_failure) if row else None,
        "has_worked": row is not None and setting_up.has_worked(row),
        "roles": [(group, Role(role).label) for group, role in sorted(row.roles.items())] if row else [],
        "now": timezone.now(),
    }
    return render(request, "accounts/single_sign_on/own_sign_in.html", context, status=status)


def _ours(row: IdentityProvider) -> list[tuple[str, Any, str]]:
    """What the provider has to be told of us: a mark for the page, the label, the value."""
    if row.protocol == SignInProtocol.OIDC:
        return [
            ("redirect", _("Redirect URI (callback)"), openid.callback_address(row)),
            ("after", _("Address after the sign-out"), openid.after_sign_out()),
            ("start", _("Address that begins a sign-in"), own_address(row)),
        ]
    return [
        ("acs", _("Address for answers (ACS, reply URL)"), saml.answer_address(row)),
        ("entity", _("Our entity ID (audience), which is the address of our metadata, too"), saml.entity_id(row)),
        ("slo", _("Address for signing out (SLO)"), saml.sign_out_return(row)),
        ("start", _("Address that begins a sign-in"), own_address(row)),
    ]


def own_address(row: IdentityProvider) -> str:
    return settings.BASE_URL + reverse("sign_in_at", args=[row.uuid])


def _outcome(kept: dict[str, Any] | None) -> dict[str, Any] | None:
    if not kept:
        return None
    claims = kept.get("claims") or {}
    rows = [(name, value if isinstance(value, list) else [value]) for name, value in sorted(claims.items()) if name]
    return {
        "at": parse_datetime(kept["at"]),
        "worked": kept["outcome"] == setting_up.WOULD_ENTER,
        "why": said_to_administrator(kept["outcome"]),
        "detail": kept.get("says") or claims.get("", ""),
        "role": dict(Role.choices).get(kept.get("role", ""), ""),
        "claims": rows,
    }


# The provider ------------------------------------------------------------------------------------------------------
@form_view
def own_sign_in_edit(request: MemberRequest) -> HttpResponse:
    row = setting_up.of_organisation(request.member)
    asked = request.GET.get("protocol", "")
    protocol = asked if asked in SignInProtocol.values else row.protocol if row else SignInProtocol.OIDC
    form = OF_PROTOCOL[protocol](
        request.POST or None, request.FILES or None, instance=row or IdentityProvider(roles={}), prefix="provider"
    )
    if request.method == "POST" and form.is_valid():
        secret = form.cleaned_data.get("secret", "")
        with or_beside(form):
            setting_up.save(request.member, form.values(), secret=secret, version=_version(request.POST))
            messages.success(request, _("The provider is saved. Try it before you put it in use."))
            return redirect(PAGE)
    version = request.POST.get("version", "") if request.method == "POST" else str(row.version if row else "")
    label = str(SignInProtocol(protocol).label)
    return edit_page(
        request,
        form,
        heading=label,
        section=str(HEADING),
        crumbs=crumbs(PAGE, str(HEADING), label),
        back=PAGE,
        template="accounts/single_sign_on/provider_edit.html",
        about={"version": version, "protocol": protocol},
    )


def _version(sent: QueryDict) -> int | None:
    said = sent.get("version", "")
    return int(said) if said.isdecimal() and len(said) < 10 else None


@require_POST
def own_sign_in_try(request: MemberRequest) -> HttpResponse:
    row = setting_up.of_organisation(request.member)
    if row is None:
        messages.error(request, _("Set a provider first."))
        return redirect(PAGE)
    return entrance.lead(request, row, purpose=entrance.TRY, then="")


@require_POST
def own_sign_in_change(request: MemberRequest) -> HttpResponse:
    with or_say_why(request):
        step = STEPS.get(request.POST.get("step", ""))
        if step is not None:
            step[0](request.member)
            messages.success(request, str(step[1]))
    return redirect(PAGE)


@form_view
def own_sign_in_force(request: MemberRequest) -> HttpResponse:
    """Asks before it is done: who would be held up is said by name."""
    if request.method == "POST":
        with or_say_why(request):
            setting_up.force(request.member, now=timezone.now())
            messages.success(request, _("The organisation’s sign-in is the only way in now."))
        return redirect(PAGE)
    outside = _held_up(request.member)
    at_stake = [
        _("Passwords and passkeys no longer open anything of this organisation, and no mail sets a new password."),
        _("Sessions that began otherwise end with their next page, your own included unless you keep your password."),
        _("Outside raters with addresses of their own keep their way in: your provider does not know them."),
    ]
    if outside:
        words = ngettext(
            "%(count)s member has an address outside your mail domains and could not come in any more: %(names)s.",
            "%(count)s members have addresses outside your mail domains and could not come in any more: %(names)s.",
            len(outside),
        )
        at_stake.append(words % {"count": len(outside), "names": ", ".join(outside)})
    return confirm_page(
        request,
        heading=_("Make it the only way in"),
        section=str(HEADING),
        crumbs=crumbs(PAGE, str(HEADING), _("The only way in")),
        submit=_("Make it the only way in"),
        back=PAGE,
        at_stake=at_stake,
        danger=False,
    )


def _held_up(actor: Membership) -> list[str]:
    confirmed = {one.domain.lower() for one in MailDomain.objects.for_member(actor).confirmed()}
    rows = Membership.objects.for_member(actor).active().inside().filter(is_break_glass=False).select_related("user")
    emails = [row.user.email for row in rows.order_by("user__email")]
    return [email for email in emails if domain_of(email) not in confirmed]


@require_POST
def own_sign_in_way(request: MemberRequest, pk: int) -> HttpResponse:
    """Whether a member may come in by password in an emergency."""
    person = fetch(request, Membership.objects.select_related("user"), pk)
    may = request.POST.get("may") == "yes"
    with or_say_why(request):
        setting_up.set_way_in(request.member, person, may=may)
        words = _("%(name)s may come in by password.") if may else _("%(name)s may no longer come in by password.")
        messages.success(request, words % {"name": person.user})
    return redirect(PAGE)


# Mail domains ------------------------------------------------------------------------------------------------------
@require_POST
def own_sign_in_domain_add(request: MemberRequest) -> HttpResponse:
    form = DomainForm(request.POST)
    if form.is_valid():
        with or_beside(form, "domain"):
            row = domains.add(request.member, form.cleaned_data["domain"], now=timezone.now())
            said = (
                _("%(domain)s is in force from now on.")
                if row.confirmed_at
                else _("%(domain)s is in force once whoever runs this installation has confirmed that it is yours.")
            )
            messages.success(request, said % {"domain": row.domain})
            return redirect(PAGE)
    return _page(request, form, status=200)


@require_POST
def own_sign_in_domain_remove(request: MemberRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(MailDomain.objects.for_member(request.member), pk=pk)
    with or_say_why(request):
        domains.remove(request.member, row)
        messages.success(request, _("%(domain)s is removed.") % {"domain": row.domain})
    return redirect(PAGE)
