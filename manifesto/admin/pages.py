"""The pages of an edition beside its form: publish, retire, copy, compare, preview, move, export, import."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounts.access import user_of
from accounts.models import AuditEntry
from groundwork.languages import LANGUAGE_CODES
from groundwork.refusals import Refusal
from groundwork.tables.limits import too_large
from groundwork.words import size
from manifesto import editions, exchange
from manifesto.admin.editing import release_page
from manifesto.editions import EditionError, NotPublishable, publishing_faults
from manifesto.exchange import CONTENT_TYPES, Format
from manifesto.models import Question, Release, ReleaseState
from manifesto.overview import preview_language
from manifesto.reading import shown_differences, shown_entry, shown_report

View = Callable[..., HttpResponse]


class EditionForm(forms.Form):
    edition = forms.CharField(
        label=_("Name of the new edition"), max_length=20, help_text=_("For example “2026.2”. It must be new.")
    )


def _what_is_taken() -> str:
    most = size(exchange.MAX_BYTES)
    return gettext("A whole bank as .xlsx or .yaml, in the shape of an export; at most %(size)s.") % {"size": most}


class BankImportForm(forms.Form):
    file = forms.FileField(label=_("File"), help_text=lazy(_what_is_taken, str)())

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > exchange.MAX_BYTES:
            raise forms.ValidationError(str(too_large(exchange.MAX_BYTES)))
        return file


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
        found = shown_differences(editions.differences(release, previous)) if previous else ()
        links = {question.key: question.pk for question in release.questions.all()}
        rules = {rule.key: rule.pk for rule in release.rules.all()}
        located = [(fault, links.get(fault.question), rules.get(fault.rule)) for fault in faults]
        context = {"title": gettext("Publish edition %s") % release, "faults": located}
        return self._show(request, "publish", release, previous=previous, differences=found, **context)

    def retire(self, request: HttpRequest, pk: int) -> HttpResponse:
        release = self._release(request, pk, to_change=True)
        if request.method == "POST":
            try:
                editions.retire(release, user_of(request))
            except EditionError as error:
                return self._back(request, release, error, messages.ERROR)
            return self._back(request, release, gettext("“%s” is retired.") % release)
        others = Release.objects.published().exclude(pk=release.pk).order_by("-published_at", "-pk").first()
        return self._show(request, "retire", release, next=others, title=gettext("Retire edition %s") % release)

    def new_draft(self, request: HttpRequest, pk: int) -> HttpResponse:
        release = self._release(request, pk, to_change=True)
        form = EditionForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                draft = editions.new_draft_from(release, form.cleaned_data["edition"], user_of(request))
            except EditionError as error:
                form.add_error("edition", str(error))
            else:
                said = gettext("The draft “%(draft)s” was made from “%(release)s”.")
                return self._back(request, draft, said % {"draft": draft, "release": release})
        return self._show(
            request, "new_draft", release, form=form, title=gettext("New draft from edition %s") % release
        )

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
        other = others.filter(pk=asked).first() if asked.isdecimal() else editions.predecessor(release)
        found = shown_differences(editions.differences(release, other)) if other else ()
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
        context = {"page": page, "entries": [shown_entry(entry) for entry in page.object_list]}
        return self._show(request, "history", release, title=gettext("History of edition %s") % release, **context)

    # Files -------------------------------------------------------------------------------------------------------
    def export(self, request: HttpRequest, pk: int, form: str) -> HttpResponse:
        release = self._release(request, pk)
        if form not in list(Format):
            raise Http404
        chosen = Format(form)
        try:
            content = exchange.export(release, chosen)
        except Refusal as refused:
            self.message_user(request, str(refused), messages.ERROR)
            return HttpResponseRedirect(reverse("admin:manifesto_release_change", args=[release.pk]))
        response = HttpResponse(content, content_type=CONTENT_TYPES[chosen])
        response["Content-Disposition"] = f'attachment; filename="{exchange.file_name(release, chosen)}"'
        return response

    def import_new(self, request: HttpRequest) -> HttpResponse:
        if not request.user.has_perm("manifesto.add_release"):
            raise PermissionDenied
        return self._import(request, None, gettext("Import as a new draft"))

    def import_into(self, request: HttpRequest, pk: int) -> HttpResponse:
        release = self._release(request, pk, to_change=True)
        if release.state != ReleaseState.DRAFT:
            raise PermissionDenied
        return self._import(request, release, gettext("Import into draft %s") % release)

    def _import(self, request: HttpRequest, draft: Release | None, title: str) -> HttpResponse:
        """Upload → dry run → apply; the checked bank travels between the two in the form, signed."""
        if request.method == "POST" and "ticket" in request.POST:
            return self._apply(request, draft)
        form = BankImportForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            file = form.cleaned_data["file"]
            run = exchange.dry_run(file.read(), file.name, draft)
            ticket = exchange.ticket(run.bank, draft) if run.bank and not run.is_empty else ""
            context = {"run": run, "ticket": ticket, "file_name": file.name, **shown_report(run)}
            return self._show(request, "dry_run", draft, title=title, **context)
        return self._show(request, "import", draft, form=form, title=title)

    def _apply(self, request: HttpRequest, draft: Release | None) -> HttpResponse:
        try:
            release = exchange.redeem(request.POST["ticket"], draft, user_of(request))
        except EditionError as error:
            self.message_user(request, str(error), messages.ERROR)
            again = reverse("admin:manifesto_release_import", args=[draft.pk]) if draft else None
            return HttpResponseRedirect(again or reverse("admin:manifesto_release_import_new"))
        return self._back(request, release, gettext("The file was imported into draft “%s”.") % release)
