"""A whole bank out of the admin and in again: export, import, and what an import asks before it is applied."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext

from accounts.access import user_of
from accounts.models import User
from groundwork.refusals import Refusal
from manifesto import exchange
from manifesto.admin.forms import BankImportForm, EmptiedForm, MeaningForm, NamingForm
from manifesto.admin.pages import ReleasePages
from manifesto.editions import EditionError
from manifesto.exchange import CONTENT_TYPES, DryRun, Format
from manifesto.models import Release, ReleaseState
from manifesto.reading import of_another_edition, shown_report
from manifesto.rewritten import rewritten, with_new_meaning


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a dry run asks before it is applied; None for what it does not."""

    naming: NamingForm | None = None  # what a new draft is called
    emptied: EmptiedForm | None = None  # what becomes of the cells that the file leaves empty
    meaning: MeaningForm | None = None  # whether rewritten questions still ask the same

    @property
    def forms(self) -> list[Form]:
        return [form for form in (self.naming, self.emptied, self.meaning) if form]


class FilePages(ReleasePages):
    """Views of files, mixed into the ModelAdmin of editions."""

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
            return self._apply(request, draft, title)
        form = BankImportForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            file = form.cleaned_data["file"]
            run = exchange.dry_run(file.read(), file.name, draft)
            return self._dry_run(request, draft, title, run, asked=_asked(run, draft))
        return self._show(request, "import", draft, form=form, title=title)

    def _dry_run(
        self, request: HttpRequest, draft: Release | None, title: str, run: DryRun, *, asked: Asked
    ) -> HttpResponse:
        """What would change, and on the same page all that applying it asks for."""
        context = {
            "run": run,
            "ticket": exchange.ticket(run, draft),
            "naming": asked.naming,
            "emptied": asked.emptied,
            "meaning": asked.meaning,
            "of_another": of_another_edition(run, draft),
        }
        return self._show(request, "dry_run", draft, title=title, **context, **shown_report(run))

    def _apply(self, request: HttpRequest, draft: Release | None, title: str) -> HttpResponse:
        try:
            run = exchange.reopened(request.POST["ticket"], draft)
            asked = _asked(run, draft, request.POST)
            if not all(form.is_valid() for form in asked.forms):
                return self._dry_run(request, draft, title, run, asked=asked)
            release = _carry_out(run, draft, user_of(request), asked)
        except EditionError as error:
            self.message_user(request, str(error), messages.ERROR)
            again = reverse("admin:manifesto_release_import", args=[draft.pk]) if draft else None
            return HttpResponseRedirect(again or reverse("admin:manifesto_release_import_new"))
        return self._back(request, release, gettext("The file was imported into draft “%s”.") % release)


def _asked(run: DryRun, draft: Release | None, said: QueryDict | None = None) -> Asked:
    if run.bank is None:
        return Asked()
    keys = rewritten(run, draft)
    return Asked(
        naming=None if draft else NamingForm(run.bank, said),
        emptied=EmptiedForm(run, said) if run.emptied else None,
        meaning=MeaningForm(run, keys, said) if keys else None,
    )


def _carry_out(run: DryRun, draft: Release | None, by: User, asked: Asked) -> Release:
    """As the valid forms say."""
    run = with_new_meaning(run, draft, asked.meaning.changed() if asked.meaning else ())
    empty = asked.emptied.really() if asked.emptied else ()
    return exchange.carry_out(run, draft, by, empty=empty, called=asked.naming.naming() if asked.naming else None)
