"""The page on which an administrator sees what the directory keeps, and says which role its groups give."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.access import MemberRequest
from accounts.models import INSIDE_ROLES, MailDomain, ProvisionedGroup, ProvisionedPerson, Role
from accounts.provisioning import members
from groundwork.responses import or_say_why

SHOWN = 200  # people of the directory on the page


class GroupRoleForm(forms.Form):
    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        required=False,
        choices=lambda: [("", _("No role: lets nobody in")), *((role, Role(role).label) for role in INSIDE_ROLES)],
        widget=forms.Select(attrs={"class": "form-select"}),
    )


@require_GET
def directory(request: MemberRequest) -> HttpResponse:
    ours = request.member.organisation_id
    people = ProvisionedPerson.objects.filter(organisation=ours).select_related("membership")
    groups = ProvisionedGroup.objects.filter(organisation=ours).annotate(size=Count("people")).order_by("name")
    context = {
        "address": settings.BASE_URL + reverse("scim:nothing"),
        "groups": [(group, GroupRoleForm(initial={"role": group.role}, prefix=f"g{group.pk}")) for group in groups],
        "people": people.order_by("user_name")[:SHOWN],
        "total": people.count(),
        "shown": SHOWN,
        "has_domain": MailDomain.objects.confirmed().filter(organisation=ours).exists(),
    }
    return render(request, "accounts/provisioning/directory.html", context)


@require_POST
def directory_group(request: MemberRequest, pk: int) -> HttpResponse:
    group = get_object_or_404(ProvisionedGroup, pk=pk, organisation=request.member.organisation_id)
    form = GroupRoleForm(request.POST, prefix=f"g{group.pk}")
    if form.is_valid():
        with or_say_why(request):
            members.give_role(request.member, group, form.cleaned_data["role"])
            messages.success(request, _("%(name)s is saved.") % {"name": group.name})
    else:
        messages.error(request, _("Choose one of the roles."))
    return redirect("directory")
