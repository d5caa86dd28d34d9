"""A draft of the expectations: begun, changed, published, given up. For whoever edits vendors."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.access import MemberRequest
from accounts.fetching import fetch
from groundwork.pages import Crumb, confirm_page, crumbs, edit_page
from groundwork.responses import form_view, or_beside, or_say_why, post_data
from groundwork.words import day
from vendors.expectations import editions
from vendors.expectations.differences import differences, edition_before
from vendors.expectations.forms import ExpectationForm, PublishForm, Unlike, rule_chosen
from vendors.expectations.gate import faults_of
from vendors.models import Expectation, ExpectationEdition

EDITIONS = ExpectationEdition.objects.select_related("organisation")
EXPECTATIONS = Expectation.objects.select_related("edition__organisation")


@require_POST
def expectation_draft_add(request: MemberRequest) -> HttpResponse:
    """From the proposal, from the newest edition, or empty."""
    asked = request.POST.get("source", "")
    source = editions.Source(asked) if asked in set(editions.Source) else editions.Source.EDITION
    with or_say_why(request):
        editions.start_draft(request.member, source)
        messages.success(request, _("The draft is there. Nobody is asked to accept it before you publish it."))
    draft = ExpectationEdition.objects.for_member(request.member).drafts().first()
    return redirect(draft or "expectations")


@form_view
def expectation_draft_delete(request: MemberRequest, pk: int) -> HttpResponse:
    draft = fetch(request, EDITIONS.drafts(), pk)
    if request.method == "POST":
        with or_say_why(request):
            editions.discard(request.member, draft)
            messages.success(request, _("The draft is given up."))
        return redirect("expectations")
    return confirm_page(
        request,
        heading=_("Give up this draft?"),
        crumbs=_crumbs(draft, _("Give up")),
        at_stake=[
            _("Every word of it is deleted for good. What is in force stays in force."),
            _("The audit trail keeps that it was there."),
        ],
        submit=_("Give it up"),
        back=draft.get_absolute_url(),
    )


# What it expects -------------------------------------------------------------------------------------------------
@form_view
def expectation_add(request: MemberRequest, pk: int) -> HttpResponse:
    draft = fetch(request, EDITIONS.drafts(), pk)
    rule = rule_chosen(request.GET.get("rule", ""))
    form = ExpectationForm(post_data(request), instance=Expectation(edition=draft, rule=rule))
    if request.method == "POST" and form.is_valid():
        with or_beside(form):
            added = editions.add(request.member, draft, form.instance)
            messages.success(request, _("The expectation is added."))
            return redirect(_place_of(added))
    return edit_page(
        request,
        form,
        heading=_("Add an expectation"),
        crumbs=_crumbs(draft, _("Add an expectation")),
        lead=_("One thing in one sentence, so that both sides can tell whether it is kept."),
        submit=_("Add the expectation"),
        back=draft.get_absolute_url(),
    )


@never_cache  # a page brought back by the browser would hold words that are long gone
@form_view
def expectation_edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Where somebody else changed it meanwhile, both texts are shown; what was typed stays in the fields."""
    stored = fetch(request, EXPECTATIONS, pk)
    if not stored.edition.is_draft:
        messages.info(request, _("What was published never changes. Make a new draft to say it otherwise."))
        return redirect(stored.edition)
    form = ExpectationForm(post_data(request), instance=fetch(request, EXPECTATIONS, pk))
    unlike: list[Unlike] = []
    if request.method == "POST" and form.is_valid():
        with or_beside(form):
            editions.change(request.member, form.instance, read=form.cleaned_data["read"])
            messages.success(request, _("Saved."))
            return redirect(_place_of(form.instance))
        unlike = form.take(fetch(request, EXPECTATIONS, pk)) if form.non_field_errors() else []
    return edit_page(
        request,
        form,
        heading=_("Edit an expectation"),
        crumbs=_crumbs(stored.edition, _("Edit")),
        back=_place_of(stored),
        template="vendors/expectations/expectation_edit.html",
        about={"unlike": unlike, "expectation": stored},
    )


@require_POST
def expectation_move(request: MemberRequest, pk: int) -> HttpResponse:
    """`to`: “up” or “down”, within its rule."""
    expectation = fetch(request, EXPECTATIONS, pk)
    with or_say_why(request):
        editions.move(request.member, expectation, by=-1 if request.POST.get("to") == "up" else 1)
    return redirect(_place_of(expectation))


@form_view
def expectation_remove(request: MemberRequest, pk: int) -> HttpResponse:
    expectation = fetch(request, EXPECTATIONS, pk)
    draft = expectation.edition
    if request.method == "POST":
        with or_say_why(request):
            editions.remove(request.member, expectation)
            messages.success(request, _("The expectation is removed from the draft."))
        return redirect(f"{draft.get_absolute_url()}#{expectation.rule}")
    return confirm_page(
        request,
        heading=_("Remove this expectation?"),
        crumbs=_crumbs(draft, _("Remove")),
        lead=expectation.text,
        at_stake=[_("From the day on which this draft is in force, nobody is held to it any more.")],
        submit=_("Remove it"),
        back=_place_of(expectation),
    )


# Publishing ------------------------------------------------------------------------------------------------------
@never_cache
@form_view
def expectation_edition_publish(request: MemberRequest, pk: int) -> HttpResponse:
    draft, today = fetch(request, EDITIONS.drafts(), pk), timezone.localdate()
    if faults_of(draft):
        messages.error(request, _("Something is still missing before it can be published: see the list."))
        return redirect(draft)
    before = edition_before(draft)
    form = PublishForm(
        post_data(request),
        today=today,
        is_first=draft.number == 1,
        initial={"in_force_from": today, "version": draft.version},
    )
    if request.method == "POST" and form.is_valid():
        with or_beside(form):
            said = form.cleaned_data
            publication = editions.Publication(
                in_force_from=said["in_force_from"], note=said["note"], read=said["version"]
            )
            published = editions.publish(request.member, draft, publication, today=today)
            messages.success(request, _published_words(published))
            return redirect(published)
        form.take_version(fetch(request, EDITIONS, pk).version)
    return edit_page(
        request,
        form,
        heading=_("Publish edition %(number)s of your expectations") % {"number": draft.number},
        title=_("Publish"),
        crumbs=_crumbs(draft, _("Publish")),
        submit=_("Publish it for good"),
        back=draft.get_absolute_url(),
        template="vendors/expectations/expectation_edition_publish.html",
        about={
            "edition": draft,
            "before": before,
            "differences": differences(before.expectations.all(), draft.expectations.all()) if before else [],
        },
    )


def _published_words(edition: ExpectationEdition) -> str:
    if edition.in_force_from is None:
        return ""
    said = {"number": edition.number, "day": day(edition.in_force_from)}
    return _("Edition %(number)s is in force from %(day)s. Now send it to your vendors.") % said


# -----------------------------------------------------------------------------------------------------------------
def _crumbs(edition: ExpectationEdition, here: str) -> list[Crumb]:
    named = _("Edition %(number)s") % {"number": edition.number}
    return crumbs(
        "rules", _("The seven rules"), "expectations", _("What we expect"), edition.get_absolute_url(), named, here
    )


def _place_of(expectation: Expectation) -> str:
    return f"{expectation.edition.get_absolute_url()}#expectation-{expectation.pk}"
