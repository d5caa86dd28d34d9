"""Editions in the admin: the page of an edition shows its seven rules and offers what can be done with it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, Prefetch, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.access import user_of
from accounts.trail import audit
from groundwork.words import short_moment
from manifesto.admin.editing import BankAdmin, fieldset, release_page, three
from manifesto.admin.files import FilePages
from manifesto.bank import TEXT_FIELDS, Sheet
from manifesto.editions import RELEASE_FIELDS, add_rules, lock_draft, predecessor, publishing_faults, says_the_same
from manifesto.models import Question, Release, ReleaseState
from manifesto.naming import numbered
from manifesto.overview import overview
from manifesto.usage import uses

EDITED = (*RELEASE_FIELDS, *(column for name in TEXT_FIELDS[Sheet.RELEASE] for column in three(name)))


def _with_it(release: Release) -> list[Any]:
    """What is deleted with an edition: its rules, each with its questions."""
    rules = release.rules.order_by("position").prefetch_related(
        Prefetch("questions", Question.objects.select_related("rule").order_by("position"))
    )
    lines: list[Any] = []
    for rule in rules:
        lines += [str(rule), [numbered(question) for question in rule.questions.all()]]
    return lines


class ReleaseForm(forms.ModelForm):
    class Meta:
        error_messages = {"edition": {"unique": _("An edition of this name exists already: choose another name.")}}

    def clean(self) -> dict[str, Any]:
        """Thresholds in order, said beside the field that is out of it rather than by the database."""
        cleaned = super().clean() or {}
        met, broken = cleaned.get("met_threshold"), cleaned.get("broken_threshold")
        if met is not None and broken is not None and broken >= met:
            self.add_error("broken_threshold", gettext("“Broken below” must be lower than “met from”."))
        return cleaned


class ReleaseAdmin(FilePages, BankAdmin):  # type: ignore[misc]
    form = ReleaseForm
    change_form_template = "admin/manifesto/release/change_form.html"
    change_list_template = "admin/manifesto/release/change_list.html"
    list_display = ("edition", "state_chip", "use", "in_use", "question_count", "published", "published_by")
    list_display_links = ("edition",)
    list_select_related = ("published_by",)
    ordering = ("-created_at",)

    # List --------------------------------------------------------------------------------------------------------
    def get_queryset(self, request: HttpRequest) -> QuerySet[Release]:
        current = Release.objects.published().order_by("-published_at", "-pk").values("pk")[:1]
        rows = super().get_queryset(request)
        counting, beside = (Count("questions", filter=Q(questions__supplementary=kind)) for kind in (False, True))
        return rows.annotate(question_total=counting, beside_total=beside, current_pk=Subquery(current))

    @admin.display(description=_("state"), ordering="state")
    def state_chip(self, release: Release) -> str:
        return format_html('<span class="bank-chip bank-chip-{}">{}</span>', release.state, release.get_state_display())

    @admin.display(description=_("new assessments"))
    def use(self, release: Any) -> str:
        return gettext("use it") if release.pk == release.current_pk else ""

    @admin.display(description=_("used by"))
    def in_use(self, release: Any) -> str:
        return str(release.counted_use)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """With the use of all that are listed, counted at once."""
        listed = super().get_changelist_instance(request)
        found = uses([release.pk for release in listed.result_list])
        for release in listed.result_list:
            release.counted_use = found[release.pk]
        return listed

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        own = {
            "source": Release.objects.current() or Release.objects.first(),
            "may_edit_bank": self.may_edit_bank(request),
        }
        return super().changelist_view(request, {**own, **(extra_context or {})})

    @admin.display(description=_("questions"), ordering="question_total")
    def question_count(self, release: Any) -> str:
        """“22 + 8”: those that count, and the supplementary ones."""
        return " + ".join(str(count) for count in (release.question_total, release.beside_total) if count) or "0"

    @admin.display(description=_("published"), ordering="published_at")
    def published(self, release: Release) -> str:
        return short_moment(release.published_at) if release.published_at else ""

    # Form --------------------------------------------------------------------------------------------------------
    def get_fieldsets(self, request: HttpRequest, obj: Release | None = None) -> Any:
        if obj is None:
            return [(None, {"fields": ["edition"]})]
        thresholds = ("met_threshold", "broken_threshold", "minimum_coverage", "knockout_below")
        return [
            (_("Edition and thresholds"), {"fields": [("edition", *thresholds)], "classes": ["bank-short"]}),
            fieldset("title"),
            fieldset("note"),
        ]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        release = context.get("original")
        if release:
            is_draft = release.state == ReleaseState.DRAFT
            previous = release.based_on or predecessor(release)
            context |= {
                "rules": overview(release),
                "is_draft": is_draft,
                "can_edit": self.has_change_permission(request, release),
                "may_edit_bank": self.may_edit_bank(request),
                "previous": previous,
                "is_copy": bool(is_draft and previous and says_the_same(release, previous)),
                "counted_use": uses([release.pk])[release.pk],
                "fault_count": len(publishing_faults(release)) if is_draft else 0,
                "current": Release.objects.current(),
            }
        else:
            own = {"title": gettext("Begin an empty edition"), "source": Release.objects.current()}
            context |= {**own, "show_save_and_continue": False}
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Release, form: Any, change: bool) -> None:
        before = {}
        if change:
            before = audit.snapshot(lock_draft(obj), EDITED)
        super().save_model(request, obj, form, change)
        if not change:
            add_rules(obj)
        after = audit.snapshot(obj, EDITED)
        audit.record(
            user_of(request), "release.changed" if change else "release.created", obj, before=before, after=after
        )

    def heading(self, obj: Release) -> str:
        return gettext("Edition %s") % obj

    def called(self, obj: Release) -> str:
        return gettext("edition %s") % obj

    def response_add(self, request: HttpRequest, obj: Release, post_url_continue: Any = None) -> HttpResponse:
        self.message_user(request, gettext("The draft “%s” was made.") % obj, messages.SUCCESS)
        return HttpResponseRedirect(release_page(obj))

    # Deleting a draft --------------------------------------------------------------------------------------------
    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Rules and questions go with their draft, though one cannot delete a rule by itself."""
        _listed, counts, _refused, protected = super().get_deleted_objects(objs, request)
        return [line for release in objs for line in _with_it(release)], counts, set(), protected

    def delete_model(self, request: HttpRequest, obj: Release) -> None:
        lock_draft(obj)
        audit.record(user_of(request), "release.deleted", obj, before=audit.snapshot(obj, EDITED))
        super().delete_model(request, obj)

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("import/", self.page(self.import_new), name="manifesto_release_import_new"),
            path("<int:pk>/publish/", self.page(self.publish), name="manifesto_release_publish"),
            path("<int:pk>/retire/", self.page(self.retire), name="manifesto_release_retire"),
            path("<int:pk>/new-draft/", self.page(self.new_draft), name="manifesto_release_new_draft"),
            path("<int:pk>/differences/", self.page(self.differences), name="manifesto_release_differences"),
            path("<int:pk>/preview/", self.page(self.preview), name="manifesto_release_preview"),
            path("<int:pk>/move/<int:question>/", self.page(self.move), name="manifesto_release_move"),
            path("<int:pk>/export/<str:form>/", self.page(self.export), name="manifesto_release_export"),
            path("<int:pk>/import/", self.page(self.import_into), name="manifesto_release_import"),
        ]
        return own + super().get_urls()
