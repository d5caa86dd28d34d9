"""Pages of the profile, the organisation, its members and departments, invitations, and the audit trail."""

from django.contrib import messages
from django.contrib.auth import login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts import language, own_sign_in
from accounts.absences import absences_of
from accounts.access import RIGHTS, MemberRequest, OurRequest
from accounts.fetching import fetch
from accounts.mailed_links.links import state_of
from accounts.mailed_links.pages import closed_page, guarded
from accounts.members import changes as members
from accounts.members import invitations, listing, organisations, purposes
from accounts.members.changes import MembershipError
from accounts.members.department_notes import notes_of
from accounts.members.forms import (
    DepartmentForm,
    InvitationForm,
    MemberForm,
    MemberSearchForm,
    NewAccountForm,
    OrganisationForm,
    ProfileForm,
)
from accounts.members.roles import duties, said_of
from accounts.middleware import SESSION_KEY
from accounts.models import (
    Department,
    Invitation,
    LinkState,
    Membership,
    Organisation,
    ProvisionedPerson,
    Role,
    User,
)
from groundwork.pages import confirm_page, crumbs, edit_page
from groundwork.pagination import BoundedPaginator
from groundwork.responses import form_view, or_beside, or_say_why

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


# The person -----------------------------------------------------------------------------------------------------
@form_view
def profile(request: HttpRequest) -> HttpResponse:
    user = get_object_or_404(User, pk=request.user.pk)
    form = ProfileForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        members.change_profile(form.instance)
        with translation.override(user.language):
            messages.success(request, _("Your profile is saved."))
        response = redirect("profile")
        language.keep(response, user.language, secure=request.is_secure())
        return response
    return render(request, "accounts/members/profile.html", {"form": form})


@require_POST
def organisation_switch(request: OurRequest) -> HttpResponse:
    """Work in another of one's own organisations."""
    for membership in request.memberships:
        if str(membership.organisation_id) == request.POST.get("organisation"):
            request.session[SESSION_KEY] = membership.organisation_id
            return redirect("work")
    raise Http404


@require_POST
def role_put_away(request: MemberRequest) -> HttpResponse:
    members.put_role_away(request.member)
    return redirect("work")


# The organisation -----------------------------------------------------------------------------------------------
@form_view
def organisation_edit(request: MemberRequest) -> HttpResponse:
    organisation = get_object_or_404(Organisation, pk=request.member.organisation_id)
    form = OrganisationForm(request.POST or None, instance=organisation)
    if request.method == "POST" and form.is_valid():
        organisations.change(request.member, **form.cleaned_data, now=timezone.now())
        messages.success(request, _("The settings are saved."))
        return redirect("organisation_edit")
    return render(request, "accounts/members/organisation_edit.html", {"form": form})


@form_view
def department_add(request: MemberRequest) -> HttpResponse:
    form = DepartmentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with or_beside(form, "name"):
            organisations.add_department(request.member, **form.cleaned_data)
            return redirect("member_list")
    return edit_page(
        request,
        form,
        heading=_("Add a department"),
        section=_("Departments"),
        crumbs=crumbs("member_list", _("Members"), _("Add a department")),
        submit=_("Add the department"),
        back="member_list",
    )


@form_view
def department_edit(request: MemberRequest, pk: int) -> HttpResponse:
    department = _department(request, pk)
    name = department.name  # as it is kept: a change that is refused has altered the object
    form = DepartmentForm(request.POST or None, initial={"name": name, "is_it": department.is_it})
    if request.method == "POST" and form.is_valid():
        with or_beside(form, "name"):
            organisations.change_department(request.member, department, **form.cleaned_data)
            return redirect("member_list")
    return edit_page(
        request,
        form,
        heading=name,
        section=_("Departments"),
        crumbs=crumbs("member_list", _("Members"), name),
        back="member_list",
        template="accounts/members/department_edit.html",
        about={"department": department, "stands_still_with": notes_of([department])[department.pk]},
    )


@form_view
def department_delete(request: MemberRequest, pk: int) -> HttpResponse:
    department = _department(request, pk)
    if request.method == "POST":
        with or_say_why(request):
            organisations.delete_department(request.member, department)
            messages.success(request, _("%(name)s is deleted.") % {"name": department.name})
        return redirect("member_list")
    return confirm_page(
        request,
        heading=_("Delete %(department)s") % {"department": department.name},
        title=_("Delete the department"),
        section=department.name,
        crumbs=crumbs("member_list", _("Members"), department.name),
        submit=_("Delete the department"),
        back="member_list",
        template="accounts/members/department_delete.html",
        about={"people": department.memberships.count(), "used": organisations.uses(department)},
    )


def _department(request: MemberRequest, pk: int) -> Department:
    return get_object_or_404(Department, pk=pk, organisation=request.member.organisation_id)


# Members --------------------------------------------------------------------------------------------------------
@require_GET
def member_list(request: MemberRequest) -> HttpResponse:
    search = MemberSearchForm(request.GET)
    text = search.text
    page = BoundedPaginator(listing.people(request.member, text), listing.PER_PAGE).get_page(request.GET.get("page"))
    people = page.object_list = list(page.object_list)
    invited, departments = listing.invited_and_departments(request.member, text)
    shown = invited[: listing.INVITED]
    notes = notes_of(departments)
    context = {
        "search": search,
        "page": page,
        "invitations": shown,
        "invitations_go_on": len(invited) > len(shown),
        "departments": [(department, len(notes[department.pk])) for department in departments],
        "asked_to_rate": listing.asked_to_rate(request.member, people, shown),
        "roles": [(role.label, said_of(RIGHTS[role])) for role in Role],
        "now": timezone.now(),
    }
    return render(request, "accounts/members/member_list.html", context)


@form_view
def member_edit(request: MemberRequest, pk: int) -> HttpResponse:
    rows = Membership.everybody.select_related("user", "organisation", "department")
    person = fetch(request, rows, pk)
    if person.is_service:  # the trail names it as a member; what can be changed of it stands there
        return redirect("api_access")
    form = MemberForm(request.POST or None, member=person, is_self=person.pk == request.member.pk)
    if request.method == "POST" and form.is_valid():
        with or_beside(form):
            changed = members.change(request.member, person, **form.cleaned_data)
            messages.success(request, _("%(name)s is saved.") % {"name": person.user})
            waits = not changed.is_active and absences_of(changed)
            return redirect("member_edit", pk=changed.pk) if waits else redirect("member_list")
    return edit_page(
        request,
        form,
        heading=str(person.user),
        section=_("Members"),
        crumbs=crumbs("member_list", _("Members"), str(person.user)),
        lead=person.user.email,
        back="member_list",
        template="accounts/members/member_edit.html",
        about={
            "absences": [] if person.is_active else absences_of(person),
            "kept_by_directory": ProvisionedPerson.objects.filter(membership=person).exists(),
        },
    )


@form_view
def member_invite(request: MemberRequest) -> HttpResponse:
    organisation = request.member.organisation
    form = InvitationForm(request.POST or None, organisation=organisation, role=request.GET.get("role", ""))
    if request.method == "POST" and form.is_valid():
        with or_beside(form, "email"):
            invitation, token = invitations.invite(request.user, organisation, now=timezone.now(), **form.cleaned_data)
            _mail(request, invitation, token)
            return redirect("member_list")
    return edit_page(
        request,
        form,
        heading=_("Invite a member"),
        crumbs=crumbs("member_list", _("Members"), _("Invite a member")),
        lead=_("They get a mail with a link that works once; until they accept, you can withdraw it."),
        submit=_("Send the invitation"),
        back="member_list",
    )


@require_POST
def invitation_resend(request: MemberRequest, pk: int) -> HttpResponse:
    with or_say_why(request):
        invitation = fetch(request, Invitation.objects, pk)
        invitation, token = invitations.renew(request.member, invitation, now=timezone.now())
        _mail(request, invitation, token)
    return redirect("member_list")


@require_POST
def invitation_revoke(request: MemberRequest, pk: int) -> HttpResponse:
    with or_say_why(request):
        invitation = invitations.revoke(request.member, fetch(request, Invitation.objects, pk), now=timezone.now())
        messages.success(request, _("The invitation to %(email)s is withdrawn.") % {"email": invitation.email})
    return redirect("member_list")


def _mail(request: MemberRequest, invitation: Invitation, token: str) -> None:
    if invitations.send(invitation, token):
        messages.success(request, _("An invitation is on its way to %(email)s.") % {"email": invitation.email})
        return
    messages.error(
        request,
        _("The invitation is kept, but the mail to %(email)s could not be sent: send it again later.")
        % {"email": invitation.email},
    )


# Accepting an invitation ----------------------------------------------------------------------------------------
@form_view
@guarded
def invitation_accept(request: HttpRequest, token: str) -> HttpResponse:
    """What the mailed link opens. Only POST joins: mail scanners follow links."""
    now = timezone.now()
    invitation = invitations.find(token)
    state = state_of(invitation, now)
    if invitation is None or state is not LinkState.OPEN:
        context = {"organisation": invitation and invitation.organisation, "asker": invitations.asker_of(invitation)}
        return closed_page(request, "accounts/members/invitation_closed.html", state, invitation, context)
    if request.user.is_authenticated:
        return _join_as(request, invitation, request.user)
    language.follow(request, invitation.language)
    if led := own_sign_in.leads(invitation.organisation, invitation.email, invitation.role):
        return _accept_page(request, invitation, own_sign_in=led)
    if User.objects.filter(email__iexact=invitation.email).exists():
        if request.method == "POST":  # the account was made since the form was drawn
            return redirect(request.path)
        return _accept_page(request, invitation, sign_in=urlencode({"next": request.path}))
    return _join_as_new(request, invitation)


def _accept_page(request: HttpRequest, invitation: Invitation, **about: object) -> HttpResponse:
    context = {
        "invitation": invitation,
        "duties": duties(invitation.role, invitation.organisation),
        "asker": invitations.asker_of(invitation),
        "asked": purposes.asked_by(invitation),
        **about,
    }
    return render(request, "accounts/members/invitation_accept.html", context)


def _join_as(request: HttpRequest, invitation: Invitation, user: User) -> HttpResponse:
    is_theirs = user.email.lower() == invitation.email.lower()
    if request.method != "POST":
        return _accept_page(request, invitation, is_theirs=is_theirs)
    try:
        member = invitations.join(invitation, user, now=timezone.now())
    except MembershipError as refused:
        raise PermissionDenied(str(refused)) from refused
    return _welcome(request, member)


def _join_as_new(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    form = NewAccountForm(request.POST or None, email=invitation.email)
    if request.method == "POST" and form.is_valid():
        try:
            member = invitations.create_account(
                invitation,
                name=form.cleaned_data["name"],
                password=form.cleaned_data["password"],
                language=language.chosen(request) or invitation.language,
                now=timezone.now(),
            )
        except MembershipError:
            return redirect(request.path)  # it was used meanwhile, which its page says, with the way to sign in
        login(request, member.user, backend=BACKEND)
        return _welcome(request, member)
    return _accept_page(request, invitation, form=form)


def _welcome(request: HttpRequest, member: Membership) -> HttpResponse:
    request.session[SESSION_KEY] = member.organisation_id
    with translation.override(member.user.language):
        messages.success(request, _("Welcome to %(organisation)s.") % {"organisation": member.organisation})
    return redirect("work")
