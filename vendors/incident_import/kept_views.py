"""What is kept for the next file: how files of one kind are read, and the sources that they come from."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import MemberRequest
from accounts.fetching import fetch
from groundwork.pages import confirm_page, crumbs, edit_page
from groundwork.responses import form_view, or_say_why
from vendors.incident_import import saved_mappings, sources
from vendors.incident_import.forms import MappingNameForm, SourceForm
from vendors.models import ImportMapping, IncidentImport, IncidentSource


# Saved mappings --------------------------------------------------------------------------------------------------
@require_POST
def import_mapping_add(request: MemberRequest, pk: int) -> HttpResponse:
    """Keep how this file was read, for the next one with the same headings."""
    upload = fetch(request, IncidentImport.objects, pk)
    form = MappingNameForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Give the mapping a name."))
        return redirect("incident_import_detail", pk)
    with or_say_why(request):
        kept = saved_mappings.save_mapping(request.member, form.cleaned_data["name"], upload)
        messages.success(request, _("The mapping “%(name)s” is kept for next month.") % {"name": kept.name})
    return redirect("incident_import_detail", pk)


@form_view
def import_mapping_delete(request: MemberRequest, pk: int) -> HttpResponse:
    mapping = fetch(request, ImportMapping.objects, pk)
    if request.method == "POST":
        saved_mappings.delete_mapping(request.member, mapping)
        messages.success(request, _("The mapping “%(name)s” is deleted.") % {"name": mapping.name})
        return redirect("incident_import_list")
    return confirm_page(
        request,
        heading=_("Delete the mapping “%(name)s”?") % {"name": mapping.name},
        title=_("Delete a mapping"),
        crumbs=crumbs("incident_import_list", _("Imports of incidents"), _("Delete a mapping")),
        at_stake=[
            _(
                "The next file of this kind is read without it: you say again what its columns mean. Incidents that "
                "came in with it stay."
            )
        ],
        submit=_("Delete the mapping"),
        back="incident_import_list",
    )


# Sources ---------------------------------------------------------------------------------------------------------
@form_view
def incident_source_edit(request: MemberRequest, pk: int) -> HttpResponse:
    """What it is called, and since when it is used no more."""
    source = fetch(request, IncidentSource.objects, pk)
    name = source.name
    form = SourceForm(request.POST or None, instance=source)
    if request.method == "POST" and form.is_valid():
        sources.change(request.member, source, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("incident_import_list")
    return edit_page(
        request,
        form,
        heading=_("Edit the source “%(name)s”") % {"name": name},
        title=_("Edit a source"),
        lead=_("Its incidents stay as they are: they are known by “%(key)s”.") % {"key": source.key},
        crumbs=crumbs("incident_import_list", _("Imports of incidents"), _("Source")),
        back="incident_import_list",
    )
