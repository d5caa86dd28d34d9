"""Asking people for a pulse after an incident; and the one page that they answer it on, without an account."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from accounts import language
from accounts.access import MemberRequest
from accounts.fetching import fetch
from accounts.mailed_links.forms import BY_MAIL
from accounts.mailed_links.links import state_of
from accounts.mailed_links.pages import closed_page, guarded
from accounts.models import LinkState
from accounts.sending import once
from groundwork.pages import confirm_page, crumbs
from groundwork.responses import form_view, or_beside, or_say_why, post_data
from vendors.fetching import incident_of
from vendors.models import Incident, Pulse
from vendors.voice import pulses
from vendors.voice.pulse_forms import AskForm, PulseForm
from vendors.voice.pulses import IssuedPulse

PULSES = Pulse.objects.select_related(*pulses.RELATED)


# Whoever was asked ----------------------------------------------------------------------------------------------
@form_view
@guarded
def pulse_answer(request: HttpRequest, token: str) -> HttpResponse:
    """What the mailed link opens. Only POST changes anything: mail scanners open links, and say nothing."""
    now = timezone.now()
    pulse = pulses.find(token)
    state = state_of(pulse, now)
    if pulse is None or state is not LinkState.OPEN:
        # Answered: thanks, not an error.
        context = {**_about(pulse), "is_new": "thanks" in request.GET} if pulse else {}
        status = 200 if state is LinkState.USED else None
        return closed_page(request, "vendors/voice/pulse_closed.html", state, pulse, context, status=status)
    language.follow(request, pulse.language)
    form = PulseForm(post_data(request), pulse=pulse)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        pulses.answer(
            pulse, form.choices, name=given["name"], feeling=given["feeling"], comment=given["comment"], now=now
        )
        # Heard or not, the page of the link says where it stands now.
        return HttpResponseRedirect(f"{reverse('pulse_answer', args=[token])}?thanks=1")
    return render(request, "vendors/voice/pulse_answer.html", {"form": form, **_about(pulse)})


def _about(pulse: Pulse) -> dict[str, object]:
    """All that whoever was asked is shown of the customer."""
    incident = pulse.incident
    return {
        "pulse": pulse,
        "incident": incident,
        "vendor": incident.vendor,
        "organisation": incident.vendor.organisation,
        "asker": pulse.asked_by,
    }


# Whoever asks ---------------------------------------------------------------------------------------------------
@form_view
def pulse_ask(request: MemberRequest, pk: int) -> HttpResponse:
    """From an incident: whom to ask, and the links mailed or shown."""
    incident = incident_of(request, pk)
    form = AskForm(post_data(request), member=request.member)
    if request.method == "POST" and form.is_valid():
        with or_beside(form, "receivers"):
            answer = _ask(request, incident, form)
            once.lead_to(request, incident.get_absolute_url())
            return answer
    context = {"form": form, "incident": incident, "questions": pulses.QUESTIONS.values()}
    return render(request, "vendors/voice/pulse_ask.html", context)


def _ask(request: MemberRequest, incident: Incident, form: AskForm) -> HttpResponse:
    wish, now = form.cleaned_data, timezone.now()
    made = pulses.ask(
        request.member,
        incident,
        wish["receivers"],
        language=wish["language"],
        department=wish["department"],
        days=wish["days"],
        now=now,
    )
    by_mail = wish["by"] == BY_MAIL
    issued = [pulses.issue(request.member, pulse, token, by_mail=by_mail, now=now) for pulse, token in made]
    return _issued(request, incident, issued)


@form_view
def pulse_renew(request: MemberRequest, pk: int) -> HttpResponse:
    """Send it again, or make it anew to copy: either way the earlier link ends, so the page asks first."""
    pulse = fetch(request, PULSES, pk)
    if request.method != "POST":
        return render(request, "vendors/voice/pulse_renew.html", {"pulse": pulse, "incident": pulse.incident})
    now = timezone.now()
    with or_say_why(request):
        renewed, token = pulses.renew(request.member, pulse, now=now)
        issued = pulses.issue(request.member, renewed, token, by_mail=request.POST.get("by") == BY_MAIL, now=now)
        return _issued(request, renewed.incident, [issued])
    return redirect("incident_detail", pulse.incident_id)


@form_view
def pulse_revoke(request: MemberRequest, pk: int) -> HttpResponse:
    pulse = fetch(request, PULSES, pk)
    if request.method != "POST":
        return confirm_page(
            request,
            heading=_("Withdraw the link of %(name)s?") % {"name": pulse.receiver},
            title=_("Withdraw the link"),
            section=pulse.incident.reference,
            crumbs=crumbs("incident_list", _("Incidents"), pulse.incident, _("Withdraw the link")),
            at_stake=[_("It opens nothing any more. You can ask the same person again later.")],
            submit=_("Withdraw the link"),
            back=pulse.incident.get_absolute_url(),
        )
    with or_say_why(request):
        pulses.revoke(request.member, pulse, now=timezone.now())
        messages.success(request, _("The link of %(name)s no longer opens anything.") % {"name": pulse.receiver})
    return redirect("incident_detail", pulse.incident_id)


def _issued(request: MemberRequest, incident: Incident, issued: list[IssuedPulse]) -> HttpResponse:
    """The one page that shows the links: it answers the POST itself, because no token is kept."""
    context = {
        "incident": incident,
        "issued": issued,
        "has_refused": any(one.is_refused for one in issued),
        "all_sent": all(one.is_sent for one in issued),
    }
    response = render(request, "vendors/voice/pulse_issued.html", context)
    add_never_cache_headers(response)
    return response
