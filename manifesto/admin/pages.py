"""The pages of an edition beside its form: publish, retire, copy, compare, preview, move."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounts.access import user_of
from accounts.models import AuditEntry
from groundwork.languages import LANGUAGE_CODES
from manifesto import bank as banks
from manifesto import editions
from manifesto.admin.editing import release_page
from manifesto.admin.forms import NamingForm
from manifesto.editions import EditionError, NotPublishable, PublishingFault, publishing_faults
from manifesto.models import Question, Release, ReleaseState
from manifesto.naming import names_in
from manifesto.overview import preview_language
from manifesto.reading import shown_differences, shown_entry
from manifesto.usage import uses

View = Callable[..., HttpResponse]


class ReleasePages(admin.ModelAdmin):
    """Views of single editions, mixed into their ModelAdmin."""

    def page(self, view: View) -> View:
        return self.admin_site.admin_view(view)

    def may_edit_bank(self, request: HttpRequest) -> bool:
        """To publish, retire, copy or import takes the right to change editions."""
        return request.user.has_perm("manifesto.change_release")

    def _release(self, request: HttpRequest, pk: int, *, to_change: bool = False) -> Release:
        if not (self.may_edit_bank(request) if to_change else self.has_view_permission(request)):
            raise PermissionDenied
        return get_object_or_404(Release.objects.select_related("based_on"), pk=pk)

    def _show(self, request: HttpRequest, name: str, release: Release | None, **context: Any) -> TemplateResponse:
        common = {**self.admin_site.each_context(request), "opts": self.opts, "release": release, "media": self.media}
        return TemplateResponse(request, f"admin/manifesto/release/{name}.html", {**common, **context})

    def _back(self, request: HttpRequest, release: Release, said: Any, level: int = messages.SUCCESS) -> HttpResponse:
        self.message_user(request, str(said), level)
        return HttpResponseRedirect(release_page(release))

    # Life --------------------------------------------------------------------------------------------------------
    def publish(self, request: HttpRequest, pk: int) -> HttpResponse:
        release = self._release(request, pk, to_change=True)
        if release.state != ReleaseState.DRAFT:
            return self._back(request, release, _("This edition has been published already."), messages.WARNING)
        faults = publishing_faults(release)
        if request.method == "POST" and not faults:
            try:
                editions.publish(release, user_of(request))
            except NotPublishable as error:
                faults = error.faults
            except EditionError as error:
                return self._back(request, release, error, messages.ERROR)
            else:
                said = gettext("“%s” is published: new assessments use it from now on.") % release
                return self._back(request, release, said)
        previous = editions.predecessor(release)
        found = shown_differences(release, previous) if previous else ()
        context = {
            "title": gettext("Publish edition %s") % release,
            "faults": located(release, faults),
            "lacks_note": previous is not None and not any(banks.texts_of(release, "note").values()),
        }
        return self._show(request, "publish", release, previous=previous, differences=found, **context)

    def retire(self, request: HttpRequest, pk: int) -> HttpResponse:
        release = self._release(request, pk, to_change=True)
        if request.method == "POST":
            try:
                editions.retire(release, user_of(request))
            except EditionError as error:
                return self._back(request, release, error, messages.ERROR)
            return self._back(request, release, gettext("“%s” is retired.") % release)
        context = {
            "title": gettext("Retire edition %s") % release,
            "is_current": release == Release.objects.current(),
            "next": Release.objects.published().exclude(pk=release.pk).order_by("-published_at", "-pk").first(),
            "counted_use": uses([release.pk])[release.pk],
        }
        return self._show(request, "retire", release, **context)

    def new_draft(self, request: HttpRequest, pk: int) -> HttpResponse:
        release = self._release(request, pk, to_change=True)
        form = NamingForm(banks.read(release), request.POST or None)
        if request.method == "POST" and form.is_valid():
            called = form.naming()
            try:
                draft = editions.new_draft_from(release, called.edition, user_of(request), called=called)
            except EditionError as error:
                form.add_error("edition", str(error))
            else:
                said = gettext("The draft “%(draft)s” was made from “%(release)s”. Its title: %(title)s.")
                return self._back(request, draft, said % {"draft": draft, "release": release, "title": draft.title})
        title = gettext("New draft from edition %s") % release
        return self._show(request, "new_draft", release, form=form, title=title)

    def move(self, request: HttpRequest, pk: int, question: int) -> HttpResponse:
        if request.method != "POST":
            return require_POST(lambda request: HttpResponse())(request)
        release = self._release(request, pk, to_change=True)
        found: Question = get_object_or_404(Question.objects.select_related("release"), pk=question, release=release)
        try:
            editions.move(found, user_of(request), up=request.POST.get("direction") == "up")
        except EditionError as error:
            return self._back(request, release, error, messages.ERROR)
        return HttpResponseRedirect(release_page(release, f"question-{found.key}"))

    # Looking -----------------------------------------------------------------------------------------------------
    def differences(self, request: HttpRequest, pk: int) -> HttpResponse:
        release = self._release(request, pk)
        asked = request.GET.get("with", "")
        others = Release.objects.exclude(pk=release.pk)
        other = others.filter(pk=asked).first() if asked.isdecimal() else None
        other = other or release.based_on or editions.predecessor(release)
        found = shown_differences(release, other) if other else ()
        context = {"other": other, "others": others, "differences": found}
        return self._show(
            request, "differences", release, title=gettext("Differences of edition %s") % release, **context
        )

    def preview(self, request: HttpRequest, pk: int) -> HttpResponse:
        release = self._release(request, pk)
        language = preview_language(request.GET.get("language", ""))
        with override(language):
            rules = release.rules.order_by("position").prefetch_related("questions__levels")
            context = {"rules": rules, "language": language, "codes": LANGUAGE_CODES}
            return self._show(request, "preview", release, **context).render()

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """The audit trail of the edition, its rules and questions."""
        release = self._release(request, int(object_id) if object_id.isdecimal() else 0)
        entries = AuditEntry.objects.filter(subject_type="manifesto.release", subject_id=str(release.pk))
        page = Paginator(entries.order_by("-at", "-pk"), 50).get_page(request.GET.get("page"))
        names = names_in(banks.read(release))
        context = {"page": page, "entries": [shown_entry(entry, names) for entry in page.object_list]}
        return self._show(request, "history", release, title=gettext("History of edition %s") % release, **context)


def located(release: Release, faults: Iterable[PublishingFault]) -> list[tuple[PublishingFault, str]]:
    """Each fault with the address of the field that mends it."""
    questions = dict(release.questions.values_list("key", "pk")) if faults else {}
    rules = dict(release.rules.values_list("key", "pk")) if faults else {}
    return [(fault, _address(release, fault, questions, rules)) for fault in faults]


def _address(release: Release, fault: PublishingFault, questions: dict[str, int], rules: dict[str, int]) -> str:
    field = f"#id_{fault.field}" if fault.field else ""
    if fault.question in questions:
        return reverse("admin:manifesto_question_change", args=[questions[fault.question]]) + field
    if fault.rule in rules and not fault.field:  # it has no question: one is added beside it
        return release_page(release, f"rule-{fault.rule}")
    if fault.rule in rules:
        return reverse("admin:manifesto_rule_change", args=[rules[fault.rule]]) + field
    return release_page(release, f"id_{fault.field}" if fault.field else "rules")
