"""The Django admin for accounts: superusers make organisations and their first member; the trail is read-only."""

from typing import Any

from allauth.account import admin as account_admin
from allauth.account.adapter import get_adapter
from allauth.account.decorators import secure_admin_login
from allauth.mfa import admin as mfa_admin
from allauth.mfa.models import Authenticator
from allauth.socialaccount import admin as socialaccount_admin
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.templatetags import admin_list
from django.contrib.auth.admin import UserAdmin as BaseUserAdmin
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import RedirectView

from accounts import vocabulary
from accounts.access import user_of
from accounts.members import invitations
from accounts.members.organisations import FIELDS
from accounts.models import AuditEntry, Department, MailDomain, Membership, Organisation, Role, User
from accounts.single_sign_on import domains
from accounts.trail import audit
from accounts.trail import reading as trail
from accounts.trail.signposts import told_label
from groundwork.responses import or_say_why

# The admin's own sign-in knows neither a second factor nor a limit on attempts: it hands over to the app's.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
# Nor does its change of a password, which tells nobody that it happened.
_change_password: Any = RedirectView.as_view(pattern_name="account_change_password")
admin.site.password_change = _change_password  # type: ignore[method-assign]
admin.site.password_change_done = _change_password  # type: ignore[method-assign]


def _in_words(value: bool | None) -> str:
    return "–" if value is None else _("yes") if value else _("no")


# Nor do its lime and red pictures for yes and no, which are read out as “True” and “False” in every language.
admin_list._boolean_icon = _in_words  # type: ignore[attr-defined]
# An address has one place, the user; other ways to sign in have no provider.
admin.site.unregister(
    [
        account_admin.EmailAddress,
        socialaccount_admin.SocialApp,
        socialaccount_admin.SocialToken,
        socialaccount_admin.SocialAccount,
        mfa_admin.Authenticator,
    ]
)

USER_FIELDS = ("email", "name", "language", "is_active", "is_staff", "is_superuser")
MEMBER_FIELDS = ("role", "department", "is_active")


class SuperusersOnly:
    """Who may come in and with which rights is decided by superusers; nothing here is deleted, only deactivated."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(User)
class UserAdmin(SuperusersOnly, BaseUserAdmin):
    ordering = ("email",)
    list_display = ("email", "name", "is_active", "is_staff", "last_login")
    search_fields = ("email", "name")
    list_filter = ("is_staff", "is_superuser", "is_active")
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("email", "name", "language", "password")}),
        (gettext_lazy("Rights"), {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")}),
        (gettext_lazy("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"fields": ("email", "name", "language", "usable_password", "password1", "password2", "is_staff")}),
    )

    def save_model(self, request: HttpRequest, obj: User, form: forms.ModelForm, change: bool) -> None:
        obj.email = obj.email.lower()
        before = _before(User, obj, USER_FIELDS)
        super().save_model(request, obj, form, change)
        after = audit.snapshot(obj, USER_FIELDS)
        if before != after:
            audit.record(user_of(request), "user.changed" if change else "user.added", obj, before=before, after=after)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """Its owner is told by mail, as of every other change of a password."""
        stored = User.objects.filter(pk=id) if id.isdecimal() else User.objects.none()
        before = stored.values_list("password", flat=True).first()
        response = super().user_change_password(request, id, form_url)
        user = stored.first()
        if user is not None and user.password != before:
            get_adapter().send_notification_mail("account/email/password_changed", user)
        return response

    def save_related(self, request: HttpRequest, form: forms.ModelForm, formsets: Any, change: bool) -> None:
        before = _granted(form.instance)
        super().save_related(request, form, formsets, change)
        after = _granted(form.instance)
        if before != after:
            audit.record(user_of(request), "user.changed", form.instance, before=before, after=after)


def _granted(user: User) -> dict[str, list[str]]:
    return {
        "groups": sorted(str(group) for group in user.groups.all()),
        "user_permissions": sorted(str(one) for one in user.user_permissions.select_related("content_type")),
    }


@admin.register(Authenticator)
class AuthenticatorAdmin(SuperusersOnly, admin.ModelAdmin[Authenticator]):
    """To take a lost second factor away: its owner is told. The secret stays hidden: who reads it has the factor."""

    TOLD = {
        Authenticator.Type.TOTP: "mfa/email/totp_deactivated",
        Authenticator.Type.WEBAUTHN: "mfa/email/webauthn_removed",
    }
    list_display = ("user", "type", "created_at", "last_used_at")
    list_select_related = ("user",)
    list_filter = ("type",)
    search_fields = ("user__email", "user__name")
    fields = readonly_fields = list_display

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def delete_model(self, request: HttpRequest, obj: Authenticator) -> None:
        super().delete_model(request, obj)
        if mail := self.TOLD.get(Authenticator.Type(obj.type)):
            get_adapter().send_notification_mail(mail, obj.user)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Authenticator]) -> None:
        for one in queryset.select_related("user"):
            self.delete_model(request, one)


class OrganisationAdminForm(forms.ModelForm[Organisation]):
    first_admin = forms.EmailField(
        label=gettext_lazy("First administrator"),
        required=False,
        help_text=gettext_lazy("Gets an invitation by mail, in the language of the organisation."),
    )

    class Meta:
        model = Organisation
        fields = ("name", "slug", "language", "allow_self_approval", "repeat_days", "asks_supplementary")


class MembershipInline(SuperusersOnly, admin.TabularInline[Membership, Organisation]):
    model = Membership
    fields = ("user", *MEMBER_FIELDS)
    autocomplete_fields = ("user",)
    extra = 0

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """The head of the column does not name the control in it to whoever cannot see it."""
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and field.label:
            getattr(field.widget, "widget", field.widget).attrs["aria-label"] = field.label
        return field

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("user", "organisation", "department")

    def get_formset(self, request: HttpRequest, obj: Organisation | None = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        department: Any = formset.form.base_fields["department"]
        department.queryset = Department.objects.filter(organisation=obj)
        return formset


@admin.register(Organisation)
class OrganisationAdmin(SuperusersOnly, admin.ModelAdmin[Organisation]):
    form = OrganisationAdminForm
    list_display = ("name", "slug", "language", "allow_self_approval", "created_at")
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}

    def get_fields(self, request: HttpRequest, obj: Organisation | None = None) -> Any:
        fields = ["name", "slug", "language", "allow_self_approval", "repeat_days", "asks_supplementary"]
        return fields if obj else [*fields, "first_admin"]

    def get_inlines(self, request: HttpRequest, obj: Organisation | None) -> Any:
        return [MembershipInline] if obj else []

    def save_model(self, request: HttpRequest, obj: Organisation, form: forms.ModelForm, change: bool) -> None:
        fields = (*FIELDS, "slug")
        before = _before(Organisation, obj, fields)
        super().save_model(request, obj, form, change)
        after = audit.snapshot(obj, fields)
        if before != after:
            verb = "organisation.changed" if change else "organisation.added"
            audit.record(user_of(request), verb, obj, before=before, after=after)
        email = form.cleaned_data.get("first_admin")
        if email and not change:
            self._invite(request, obj, email)

    def save_formset(self, request: HttpRequest, form: forms.ModelForm, formset: Any, change: bool) -> None:
        """Memberships are rights: each is recorded beside its change."""
        edited = [one.instance for one in formset.forms if one.has_changed() and one.instance.pk]
        befores = {row.pk: _before(Membership, row, MEMBER_FIELDS) for row in edited}
        super().save_formset(request, form, formset, change)
        for row in (*edited, *formset.new_objects):
            before, after = befores.get(row.pk), audit.snapshot(row, MEMBER_FIELDS)
            if before != after:
                verb = "member.changed" if before else "member.added"
                audit.record(user_of(request), verb, row, before=before, after=after)

    def _invite(self, request: HttpRequest, organisation: Organisation, email: str) -> None:
        with or_say_why(request):
            invitation, token = invitations.invite(
                user_of(request),
                organisation,
                email=email,
                role=Role.ADMIN,
                department=None,
                language=organisation.language,
                now=timezone.now(),
            )
            transaction.on_commit(lambda: self._mail(request, invitation, token))

    def _mail(self, request: HttpRequest, invitation: Any, token: str) -> None:
        if invitations.send(invitation, token):
            messages.success(request, _("An invitation is on its way to %(email)s.") % {"email": invitation.email})
        else:
            messages.error(request, _("The mail to %(email)s could not be sent.") % {"email": invitation.email})


@admin.register(MailDomain)
class MailDomainAdmin(SuperusersOnly, admin.ModelAdmin[MailDomain]):
    """Whose a mail domain is, where several organisations could say that it is theirs: confirmed, and nothing else."""

    list_display = ("domain", "organisation", "added_by", "added_at", "confirmed_at")
    list_select_related = ("organisation", "added_by")
    list_filter = (("confirmed_at", admin.EmptyFieldListFilter),)
    search_fields = ("domain", "organisation__name")
    fields = readonly_fields = list_display
    actions = ("confirm",)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.action(description=gettext_lazy("Confirm that the domain is the organisation’s"))
    def confirm(self, request: HttpRequest, rows: QuerySet[MailDomain]) -> None:
        for row in rows:
            with or_say_why(request):
                domains.confirm(row, by=user_of(request))
                messages.success(request, _("%(domain)s is in force from now on.") % {"domain": row.domain})


def _before(model: Any, row: Any, fields: tuple[str, ...]) -> dict[str, Any] | None:
    stored = model.objects.filter(pk=row.pk).first() if row.pk else None
    return audit.snapshot(stored, fields) if stored else None


class VerbFilter(admin.SimpleListFilter):
    """By what happened: each verb once, however it was spelled when an entry was written."""

    title = gettext_lazy("what")
    parameter_name = "verb"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        kept = AuditEntry.objects.order_by().values_list("verb", flat=True).distinct()
        verbs = {vocabulary.todays_spelling(verb) for verb in kept}
        return sorted(((verb, trail.verb_in_words(verb)) for verb in verbs), key=lambda pair: pair[1])

    def value(self) -> str | None:
        chosen = super().value()
        return chosen and vocabulary.todays_spelling(chosen)

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        chosen = self.value()
        return queryset.of_verb(chosen) if chosen else queryset


@admin.register(AuditEntry)
class AuditEntryAdmin(SuperusersOnly, admin.ModelAdmin[AuditEntry]):
    list_display = ("at", "organisation", "actor_label", "through", "verb_words", "vendor_then", "which")
    list_select_related = ("organisation",)
    search_fields = ("actor_label", "object_label", "verb", "vendor_name", "question_key")
    list_filter = (VerbFilter, "organisation")
    date_hierarchy = "at"

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEntry]:
        return trail.readable(AuditEntry.objects.all(), user_of(request))

    def get_object(self, request: HttpRequest, *which: Any, **more: Any) -> AuditEntry | None:
        entry = super().get_object(request, *which, **more)
        if entry is not None:
            trail.note_shown([entry], user_of(request))
        return entry

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[AuditEntry], search_term: str
    ) -> tuple[QuerySet[AuditEntry], bool]:
        """Entries with every word of the term in who, which or the verb, in whichever spelling either is."""
        for word in search_term.split():
            told = Q(actor_label__icontains=word) | Q(object_label__icontains=word) | Q(verb__icontains=word)
            about = Q(vendor_name__icontains=word) | Q(question_key__icontains=word)
            queryset = queryset.filter(told | about | Q(verb__in=vocabulary.spellings_with(word)))
        return queryset, False

    @admin.display(description=gettext_lazy("what"), ordering="verb")
    def verb_words(self, entry: AuditEntry) -> str:
        return trail.verb_in_words(entry.verb)

    @admin.display(description=gettext_lazy("vendor"), ordering="vendor_name")
    def vendor_then(self, entry: AuditEntry) -> str:
        return entry.vendor_name

    @admin.display(description=gettext_lazy("which"), ordering="object_label")
    def which(self, entry: AuditEntry) -> str:
        """A question by its key, which is the same in every language."""
        return told_label(entry) or entry.question_key or entry.rule_key

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
