"""A whole bank out of the admin and in again: export, import, and what an import asks before it is applied."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext

from accounts.access import user_of
from groundwork.refusals import Refusal
from manifesto import exchange
from manifesto.admin.forms import BankImportForm, EmptiedForm, NamingForm
from manifesto.admin.pages import ReleasePages
from manifesto.editions import EditionError
from manifesto.exchange import CONTENT_TYPES, DryRun, Format
from manifesto.models import Release, ReleaseState
from manifesto.reading import shown_report

Asked = tuple[NamingForm | None, EmptiedForm | None]
NOTHING: Asked = (None, None)


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
        naming, emptied = asked
        context = {"run": run, "ticket": exchange.ticket(run, draft), "naming": naming, "emptied": emptied}
        return self._show(request, "dry_run", draft, title=title, **context, **shown_report(run))

    def _apply(self, request: HttpRequest, draft: Release | None, title: str) -> HttpResponse:
        try:
            run = exchange.reopened(request.POST["ticket"], draft)
            naming, emptied = _asked(run, draft, request.POST)
            if not all(form is None or form.is_valid() for form in (naming, emptied)):
                return self._dry_run(request, draft, title, run, asked=(naming, emptied))
            empty, called = emptied.really() if emptied else (), naming.naming() if naming else None
            release = exchange.carry_out(run, draft, user_of(request), empty=empty, called=called)
        except EditionError as error:
            self.message_user(request, str(error), messages.ERROR)
            again = reverse("admin:manifesto_release_import", args=[draft.pk]) if draft else None
            return HttpResponseRedirect(again or reverse("admin:manifesto_release_import_new"))
        return self._back(request, release, gettext("The file was imported into draft “%s”.") % release)


def _asked(run: DryRun, draft: Release | None, said: QueryDict | None = None) -> Asked:
    """What a new draft is called, and what becomes of the cells that the file leaves empty; None for what is not
    asked."""
    if run.bank is None:
        return NOTHING
    naming = None if draft else NamingForm(run.bank, said)
    return naming, EmptiedForm(run, said) if run.emptied else None
