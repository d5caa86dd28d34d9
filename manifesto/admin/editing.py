"""What every page of the bank in the admin holds: final editions are read-only, texts stand side by side, all is
audited."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.validators import MaxLengthValidator
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext
from modeltranslation.admin import TranslationAdmin, TranslationBaseModelAdmin

from groundwork.languages import LANGUAGE_CODES
from groundwork.words import quoted
from manifesto.bank import LIMITS, MAX_TEXT, tidy_text
from manifesto.editions import HEADINGS, EditionError, field_label, language_name, publishing_faults
from manifesto.missing import missing_in_words
from manifesto.models import Release, ReleaseState


def three(name: str) -> tuple[str, ...]:
    """The field in its three languages, for one line of a fieldset."""
    return tuple(f"{name}_{language}" for language in LANGUAGE_CODES)


def fieldset(name: str) -> tuple[Any, dict[str, Any]]:
    """A heading with the three languages of a field beside each other."""
    return (HEADINGS[name], {"fields": [three(name)], "classes": ["bank-languages"]})


def release_of(row: Any) -> Release:
    return row if isinstance(row, Release) else row.question.release if hasattr(row, "question") else row.release


def release_page(release: Release, anchor: str = "") -> str:
    return reverse("admin:manifesto_release_change", args=[release.pk]) + (f"#{anchor}" if anchor else "")


class SideBySide(TranslationBaseModelAdmin):
    """Form fields of translated texts: labelled with their language, marked with it, cleaned, limited."""

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        return super().get_form(request, obj, **{"labels": self._labels(), **kwargs})  # type: ignore[misc]

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        return super().get_formset(request, obj, **{"labels": self._labels(), **kwargs})  # type: ignore[misc]

    def _labels(self) -> dict[str, str]:
        """Also for the fields of a final edition, which are shown without a form field."""
        names = self.trans_opts.all_fields
        return {column: language_name(column.rsplit("_", 1)[1]) for name in names for column in three(name)}

    def formfield_for_dbfield(self, db_field: models.Field, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        language = getattr(db_field, "language", None)
        if field is None or language is None:
            return field
        name = db_field.name.rsplit("_", 1)[0]
        field.label = language_name(language)
        limit = LIMITS.get(name, MAX_TEXT)
        field.widget = forms.Textarea(
            attrs={
                "rows": {"short": 2, "name": 2, "title": 2, "promise": 4, "text": 6, "guidance": 10}.get(name, 6),
                "lang": language,
                "maxlength": limit,
                "aria-label": f"{field_label(name).capitalize()}, {language_name(language)}",
            }
        )
        field.validators.append(MaxLengthValidator(limit))
        field.clean = _cleaned(field.clean)  # type: ignore[method-assign]
        return field


def _cleaned(field_clean: Any) -> Any:
    """The field's own cleaning, on the text as every route stores it."""

    def cleaning(value: Any) -> Any:
        return field_clean(tidy_text(value) if isinstance(value, str) else value)

    return cleaning


class BankAdmin(SideBySide, TranslationAdmin):  # type: ignore[misc]
    """Only what belongs to a draft changes; after saving one is back on the page of the edition."""

    actions = None
    save_on_top = False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and _is_open(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and _is_open(obj)

    def get_model_perms(self, request: HttpRequest) -> dict[str, bool]:
        """Without “Add” beside the name: an edition begins as a draft from another one, a question at its rule."""
        return {**super().get_model_perms(request), "add": False}

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Named after what it lists: Django's own heading is long enough to run under the buttons."""
        title = capfirst(str(self.opts.verbose_name_plural))
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except EditionError as error:  # somebody published it between the reading and the saving
            self.message_user(request, str(error), messages.ERROR)
            return HttpResponseRedirect(reverse("admin:manifesto_release_changelist"))

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        original = context.get("original")
        if original:
            context |= {"title": self.heading(original), "subtitle": None}
        context["show_save_and_add_another"] = False
        return super().render_change_form(request, context, *args, **kwargs)

    def heading(self, obj: Any) -> str:
        return str(obj)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """To the top of the page, where it says that it is saved and what is still missing."""
        self.message_user(request, gettext("Saved: %s.") % self.called(obj), messages.SUCCESS)
        self.say_what_is_missing(request, obj)
        here = "_continue" in request.POST
        return HttpResponseRedirect(request.path if here else release_page(release_of(obj)))

    def say_what_is_missing(self, request: HttpRequest, obj: Any) -> None:
        missing = missing_in_words(publishing_faults(release_of(obj)), obj)
        if missing:
            self.message_user(request, gettext("Still to do there: %s.") % missing, messages.WARNING)

    def called(self, obj: Any) -> str:
        """Within a sentence."""
        return quoted(str(obj))

    def render_delete_form(self, request: HttpRequest, context: Any) -> HttpResponse:
        row = context["object"]
        return super().render_delete_form(request, {**context, "release": release_of(row), "called": self.heading(row)})


def _is_open(obj: Any) -> bool:
    return obj is None or release_of(obj).state == ReleaseState.DRAFT
