"""Pages of the addresses that are told, for administrators: what they are, and what became of each event."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.access import MemberRequest
from accounts.fetching import fetch
from accounts.models import DeliveryState, WebhookDelivery, WebhookEndpoint
from accounts.sending import once
from accounts.webhooks import changes, reading
from accounts.webhooks.forms import WebhookForm
from groundwork.pages import confirm_page, crumbs, edit_page
from groundwork.pagination import BoundedPaginator
from groundwork.responses import form_view, or_beside, or_say_why, post_data

PER_PAGE = 50
FOLDER = "accounts/webhooks/"


@require_safe
def webhook_list(request: MemberRequest) -> HttpResponse:
    rows = reading.rows_of(WebhookEndpoint.objects.for_member(request.member), timezone.now())
    return render(request, FOLDER + "webhook_list.html", {"rows": rows})


@form_view
def webhook_add(request: MemberRequest) -> HttpResponse:
    form = WebhookForm(post_data(request))
    if request.method == "POST" and form.is_valid():
        with or_beside(form):
            made = changes.add(request.member, **form.said)
            once.lead_to(request, _address(made.endpoint))
            return _shown_once(request, made.endpoint, made.secret)
    return edit_page(
        request,
        form,
        heading=_("Add a webhook"),
        section=_("Webhooks"),
        lead=_("A system of yours is told as soon as something happens. It asks the API for what it wants to know."),
        crumbs=crumbs("webhook_list", _("Webhooks"), _("Add a webhook")),
        submit=_("Add the webhook"),
        back="webhook_list",
    )


@require_safe
@never_cache
def webhook_detail(request: MemberRequest, pk: int) -> HttpResponse:
    """Its deliveries, the latest first; `?state=dead`: those that were given up."""
    endpoint = fetch(request, WebhookEndpoint.objects, pk)
    chosen = request.GET.get("state", "")
    rows = WebhookDelivery.objects.filter(endpoint=endpoint).select_related("event", "endpoint").order_by("-pk")
    if chosen in DeliveryState.values:
        rows = rows.filter(state=chosen)
    page = BoundedPaginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    (row,) = reading.rows_of(WebhookEndpoint.objects.filter(pk=endpoint.pk), timezone.now())
    context = {
        "row": row,
        "endpoint": endpoint,
        "now": timezone.now(),
        "page": page,
        "deliveries": [reading.delivery_row(one) for one in page],
        "states": DeliveryState.choices,
        "chosen": chosen,
    }
    return render(request, FOLDER + "webhook_detail.html", context)


@form_view
def webhook_edit(request: MemberRequest, pk: int) -> HttpResponse:
    endpoint = fetch(request, WebhookEndpoint.objects, pk)
    known = {"name": endpoint.name, "address": endpoint.address, "kinds": endpoint.kinds, "version": endpoint.version}
    form = WebhookForm(post_data(request), initial=known)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"] or 0
        with or_beside(form):
            changes.change(request.member, endpoint, **form.said, version=version)
            messages.success(request, _("The webhook is saved."))
            return redirect(_address(endpoint))
    return edit_page(
        request,
        form,
        heading=_("Change the webhook"),
        section=endpoint.name,
        crumbs=crumbs("webhook_list", _("Webhooks"), _address(endpoint), endpoint.name, _("Change the webhook")),
        back=_address(endpoint),
    )


@require_POST
def webhook_pause(request: MemberRequest, pk: int) -> HttpResponse:
    changes.pause(request.member, fetch(request, WebhookEndpoint.objects, pk))
    return redirect("webhook_detail", pk)


@require_POST
def webhook_resume(request: MemberRequest, pk: int) -> HttpResponse:
    changes.resume(request.member, fetch(request, WebhookEndpoint.objects, pk), now=timezone.now())
    return redirect("webhook_detail", pk)


@require_POST
def webhook_test(request: MemberRequest, pk: int) -> HttpResponse:
    """At once, while the person waits: the page of its delivery shows what came back."""
    endpoint = fetch(request, WebhookEndpoint.objects, pk)
    with or_say_why(request):
        delivery, outcome = changes.test(request.member, endpoint, now=timezone.now())
        if outcome.has_arrived:
            messages.success(request, _("The test arrived."))
        else:
            messages.error(request, _("The test did not arrive: below stands why."))
        return redirect("webhook_delivery", delivery.pk)
    return redirect("webhook_detail", pk)


@form_view
def webhook_secret(request: MemberRequest, pk: int) -> HttpResponse:
    """A new one, once it is sure: the former one goes on signing for a day."""
    endpoint = fetch(request, WebhookEndpoint.objects, pk)
    if request.method == "POST":
        secret = changes.rotate(request.member, endpoint, now=timezone.now())
        once.lead_to(request, _address(endpoint))
        return _shown_once(request, endpoint, secret)
    return confirm_page(
        request,
        heading=_("Make a new secret"),
        section=endpoint.name,
        crumbs=crumbs("webhook_list", _("Webhooks"), _address(endpoint), endpoint.name, _("Make a new secret")),
        at_stake=[
            _("For 24 hours each event is signed with both, so that you have time to change it at the receiver."),
            _("A secret that was replaced before that signs no more."),
        ],
        submit=_("Make a new secret"),
        back=_address(endpoint),
        danger=False,
    )


@form_view
def webhook_delete(request: MemberRequest, pk: int) -> HttpResponse:
    endpoint = fetch(request, WebhookEndpoint.objects, pk)
    if request.method == "POST":
        changes.delete(request.member, endpoint)
        messages.success(request, _("%(name)s is deleted.") % {"name": endpoint.name})
        return redirect("webhook_list")
    return confirm_page(
        request,
        heading=_("Delete %(name)s") % {"name": endpoint.name},
        title=_("Delete the webhook"),
        section=endpoint.name,
        crumbs=crumbs("webhook_list", _("Webhooks"), _address(endpoint), endpoint.name, _("Delete the webhook")),
        at_stake=[
            _("What waits for it is not sent any more, and what was given up cannot be sent again."),
            _("To stop for a while, pause it instead: what happens meanwhile then waits."),
        ],
        submit=_("Delete the webhook"),
        back=_address(endpoint),
    )


@require_POST
def webhook_again(request: MemberRequest, pk: int) -> HttpResponse:
    """All that were given up."""
    endpoint = fetch(request, WebhookEndpoint.objects, pk)
    count = changes.send_all_again(request.member, endpoint, now=timezone.now())
    said = ngettext("%(n)s event is sent again.", "%(n)s events are sent again.", count)
    messages.success(request, said % {"n": count})
    return redirect("webhook_detail", pk)


# One delivery ----------------------------------------------------------------------------------------------------
@require_safe
@never_cache
def webhook_delivery(request: MemberRequest, pk: int) -> HttpResponse:
    delivery = _delivery(request, pk)
    context = {
        "row": reading.delivery_row(delivery),
        "delivery": delivery,
        "endpoint": delivery.endpoint,
        "waits_for": reading.first_of_its_thing(delivery),
        "body": reading.body_of(delivery),
        "now": timezone.now(),
    }
    return render(request, FOLDER + "webhook_delivery.html", context)


@require_POST
def webhook_delivery_again(request: MemberRequest, pk: int) -> HttpResponse:
    with or_say_why(request):
        changes.send_again(request.member, _delivery(request, pk), now=timezone.now())
        messages.success(request, _("The event is sent again."))
    return redirect("webhook_delivery", pk)


def _delivery(request: MemberRequest, pk: int) -> WebhookDelivery:
    rows = WebhookDelivery.objects.select_related("event", "endpoint__organisation")
    return fetch(request, rows, pk)


def _address(endpoint: WebhookEndpoint) -> str:
    return reverse("webhook_detail", args=[endpoint.pk])


def _shown_once(request: MemberRequest, endpoint: WebhookEndpoint, secret: str) -> HttpResponse:
    response = render(request, FOLDER + "webhook_secret.html", {"endpoint": endpoint, "secret": secret})
    add_never_cache_headers(response)
    return response
