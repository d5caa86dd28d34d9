"""Rules and questions in the admin; one finds them on the page of their edition."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Max
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationStackedInline

from accounts.access import user_of
from accounts.trail import audit
from groundwork import whole_numbers
from groundwork.languages import LANGUAGE_CODES
from groundwork.words import quoted
from manifesto import bank as banks
from manifesto.admin.editing import BankAdmin, SideBySide, fieldset, release_page, three
from manifesto.admin.forms import MEANINGS, OTHER
from manifesto.bank import GRADES, Sheet
from manifesto.editions import lock_draft, predecessor, published_revision, set_meaning
from manifesto.models import Level, Question, ReleaseState, Rule, RuleGuide
from manifesto.naming import numbered
from manifesto.sources import KNOCKS_NOTHING_OUT


class LevelInline(SideBySide, TranslationStackedInline):
    """The five anchored levels: a row each, the languages beside each other."""

    model = Level
    template = "admin/manifesto/question/levels.html"
    fields = three("text")
    ordering = ("grade",)
    extra = 0
    max_num = 5
    can_delete = False
    verbose_name_plural = _("levels: what a vendor that deserves the grade visibly does")

    def row_name(self, level: Level) -> str:
        return gettext("Level %(grade)s") % {"grade": level.grade}

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return [(None, {"fields": [three("text")]})]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.release.state == ReleaseState.DRAFT)


class QuestionForm(forms.ModelForm):
    before: dict[str, Any] | None = None  # what stood there, for the audit trail
    meaning = forms.ChoiceField(
        label=_("What kind of change is this?"),
        widget=forms.RadioSelect,
        required=False,
        help_text=_(
            "Asked when something that was written is rewritten; filling what was empty is neither. A correction keeps "
            "answers comparable with earlier editions. A change of meaning raises the revision, once for this draft: "
            "trends then show the question as not comparable."
        ),
        choices=MEANINGS,
    )

    class Meta:
        help_texts = {
            "key": _(
                "A short name of your own, such as “speed-help”, that the question keeps in every edition: trends and "
                "files know it by that. Letters, digits and hyphens. Once published, it stays."
            ),
            "supplementary": _(
                "Asked and shown beside the questions that count, after them; it may be left open, and it never enters "
                "a score, a verdict or a comparison. Its weight has no effect."
            ),
        }
        error_messages = {"key": {"invalid": _("Write letters without accents, digits and hyphens only.")}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "weight" in self.fields:
            self.fields["weight"].error_messages |= {
                "min_value": _("Give it a weight above 0."),
                "required": _("Give it a weight above 0."),
            }
        self.published = published_revision(self.instance) if self.instance.pk else None
        if "meaning" not in self.fields:
            return
        if self.published is None:
            del self.fields["meaning"]
            return
        if self.instance.revision > self.published:
            self.fields["meaning"].initial = OTHER

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        rule, key = cleaned.get("rule"), cleaned.get("key")
        if rule and key:
            others = Question.objects.filter(release=rule.release_id, key=key).exclude(pk=self.instance.pk)
            if others.exists():
                self.add_error("key", gettext("Another question of this edition has this key: write another one."))
        if cleaned.get("knockout") and cleaned.get("supplementary"):
            self.add_error("supplementary", str(KNOCKS_NOTHING_OUT))
        if "meaning" in self.fields and not cleaned.get("meaning") and self._rewrites():
            said = gettext("Say whether this corrects the question or changes its meaning.")
            self.add_error("meaning", said)
        return cleaned

    def _rewrites(self) -> bool:
        """Whether something that was written is written anew, in a level too; what fills an empty cell is no change
        that anybody answered before."""
        own = (name for name in self.changed_data if name != "meaning")
        return any(self.get_initial_for_field(self.fields[name], name) not in ("", None) for name in own) or any(
            before and before != after for before, after in self._levels()
        )

    def _levels(self) -> Iterator[tuple[str, str]]:
        """Each text of a level as it is stored and as it comes."""
        stored = {str(level.pk): level for level in self.instance.levels.all()}
        for number in GRADES:
            level = stored.get(self.data.get(f"levels-{number}-id", ""))
            for language in LANGUAGE_CODES if level else ():
                came = self.data.get(f"levels-{number}-text_{language}")
                before = banks.tidy_text(getattr(level, f"text_{language}"))
                yield before, before if came is None else banks.tidy_text(came)


class QuestionAdmin(BankAdmin):
    form = QuestionForm
    inlines = (LevelInline,)
    change_form_template = "admin/manifesto/question/change_form.html"
    list_display = ("label", "key", "release", "weight", "knockout", "supplementary", "revision")
    list_filter = ("release", "rule__key", "knockout", "supplementary", "fact")
    list_select_related = ("release", "rule")
    search_fields = ("key", *three("text"), *three("short"))
    ordering = ("-release__created_at", "rule__position", "position")

    @admin.display(description=_("question"), ordering="rule__position")
    def label(self, question: Question) -> str:
        return numbered(question)

    # Rights ------------------------------------------------------------------------------------------------------
    def has_add_permission(self, request: HttpRequest) -> bool:
        """A question is added to a rule of a draft, from the page of the edition."""
        if not super().has_add_permission(request):
            return False
        return Rule.objects.filter(pk=_asked_rule(request), release__state=ReleaseState.DRAFT).exists()

    # Form --------------------------------------------------------------------------------------------------------
    def get_fieldsets(self, request: HttpRequest, obj: Question | None = None) -> Any:
        facts = ["key", "rule", "weight", "fact", "knockout", "supplementary", *(["revision"] if obj else [])]
        return [
            (None, {"fields": [tuple(facts)], "classes": ["bank-short"]}),
            fieldset("text"),
            fieldset("short"),
            fieldset("why"),
            fieldset("evidence"),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Question | None = None) -> tuple[str, ...]:
        if obj is None:
            return ()
        stays = published_revision(obj) is not None  # a question keeps its key through all editions
        return ("key", "revision") if stays else ("revision",)

    def get_inlines(self, request: HttpRequest, obj: Question | None = None) -> Any:
        return self.inlines if obj else ()

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "rule":
            kwargs["queryset"] = self._rules(request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "rule" and field is not None:
            for can in ("can_add_related", "can_change_related", "can_delete_related", "can_view_related"):
                setattr(field.widget, can, False)
        return field

    def _rules(self, request: HttpRequest) -> Any:
        """The rules of the edition in question, no other."""
        match = request.resolver_match
        pk = match.kwargs.get("object_id") if match else None
        if pk:
            return Rule.objects.filter(release__questions=pk).distinct()
        return Rule.objects.filter(release__rules=_asked_rule(request)).distinct()

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        question = context.get("original")
        rule = question.rule if question else self._rules(request).filter(pk=_asked_rule(request)).first()
        release = question.release if question else rule.release if rule else None
        context |= {
            "release": release,
            "previous": predecessor(release) if release else None,
            "title": gettext("New question"),
            "here": numbered(question) if question else gettext("New question"),
        }
        return super().render_change_form(request, context, *args, **kwargs)

    # Saving ------------------------------------------------------------------------------------------------------
    def save_model(self, request: HttpRequest, obj: Question, form: QuestionForm, change: bool) -> None:
        obj.release = lock_draft(obj.rule.release)
        if change:
            stored = Question.objects.prefetch_related("levels").select_related("rule").get(pk=obj.pk)
            form.before = _plain(stored)
        if not change or "rule" in form.changed_data:
            last = Question.objects.filter(rule=obj.rule).aggregate(Max("position"))["position__max"]
            obj.position = (last or 0) + 1
        if form.cleaned_data.get("meaning"):
            set_meaning(obj, changed=form.cleaned_data["meaning"] == OTHER)
        super().save_model(request, obj, form, change)
        if not change:
            Level.objects.bulk_create(Level(question=obj, grade=grade) for grade in GRADES)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        question = (
            Question.objects.prefetch_related("levels").select_related("rule", "release").get(pk=form.instance.pk)
        )
        before, after = form.before, _plain(question)
        if before != after:
            verb = "question.changed" if change else "question.created"
            audit.record(user_of(request), verb, question, before=before, after=after)

    def delete_model(self, request: HttpRequest, obj: Question) -> None:
        request.bank_release = lock_draft(obj.release)  # type: ignore[attr-defined]
        audit.record(user_of(request), "question.deleted", obj, before=_plain(obj))
        super().delete_model(request, obj)

    # Where to go next ----------------------------------------------------------------------------------------------
    def response_add(self, request: HttpRequest, obj: Question, post_url_continue: Any = None) -> HttpResponse:
        text = gettext("The question %s was added. Now write its levels.") % self.called(obj)
        self.message_user(request, text, messages.SUCCESS)
        self.say_what_is_missing(request, obj)
        return HttpResponseRedirect(reverse("admin:manifesto_question_change", args=[obj.pk]))

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: int) -> HttpResponse:
        super().response_delete(request, obj_display, obj_id)
        return HttpResponseRedirect(release_page(request.bank_release))  # type: ignore[attr-defined]

    def heading(self, obj: Question) -> str:
        return gettext("Question %s") % numbered(obj)

    def called(self, obj: Question) -> str:
        return quoted(numbered(obj))

    # Deleting ------------------------------------------------------------------------------------------------------
    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """In one line: who deletes a question knows that its levels go with it."""
        _listed, counts, lacking, protected = super().get_deleted_objects(objs, request)
        return [self.heading(question) for question in objs], counts, lacking, protected


def _asked_rule(request: HttpRequest) -> int:
    return whole_numbers.said(request.POST.get("rule") or request.GET.get("rule") or "") or 0


def _plain(question: Question) -> dict[str, Any]:
    """The question and its levels as one flat record, for the audit trail."""
    entry = banks.read_question(question)
    fields = {"_".join(filter(None, name)): value for name, value in banks.question_fields(entry).items()}
    levels = {f"level {grade} {lang}": said for grade, text in enumerate(entry.levels) for lang, said in text.items()}
    return {"key": question.key, "rule": question.rule.key, **fields, **levels}


class GuideInline(SideBySide, TranslationStackedInline):
    """The page beside the rule: six parts, the languages of each beside each other."""

    model = RuleGuide
    template = "admin/manifesto/rule/guide.html"
    extra = max_num = 1
    can_delete = False
    verbose_name_plural = _("the page beside the rule: each line is a paragraph")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return [fieldset(name) for name in banks.TEXT_FIELDS[Sheet.GUIDES]]

    def has_add_permission(self, request: HttpRequest, obj: Rule | None = None) -> bool:
        return super().has_add_permission(request, obj) and _is_in_draft(obj)

    def has_change_permission(self, request: HttpRequest, obj: Rule | None = None) -> bool:
        return super().has_change_permission(request, obj) and _is_in_draft(obj)


def _is_in_draft(rule: Rule | None) -> bool:
    return rule is None or rule.release.state == ReleaseState.DRAFT


class RuleForm(forms.ModelForm):
    before: dict[str, Any] | None = None  # what stood there, for the audit trail


class RuleAdmin(BankAdmin):
    """The seven rules come with the edition: their texts change, they are neither added nor removed."""

    form = RuleForm
    inlines = (GuideInline,)
    change_form_template = "admin/manifesto/rule/change_form.html"
    readonly_fields = ("key", "position")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False  # reached from the page of the edition

    def get_fieldsets(self, request: HttpRequest, obj: Rule | None = None) -> Any:
        return [
            (None, {"fields": [("key", "position")]}),
            fieldset("name"),
            fieldset("promise"),
            fieldset("guidance"),
        ]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        context |= {"release": context["original"].release}
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Rule, form: RuleForm, change: bool) -> None:
        lock_draft(obj.release)
        form.before = _plain_rule(obj.pk)
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        rule = form.instance
        audit.record(user_of(request), "rule.changed", rule, before=form.before, after=_plain_rule(rule.pk))


def _plain_rule(pk: int) -> dict[str, Any]:
    """The rule and the page beside it as one flat record, for the audit trail."""
    rule = Rule.objects.select_related("guide").get(pk=pk)
    columns = [name for field in banks.TEXT_FIELDS[Sheet.RULES] for name in three(field)]
    guide = banks.read_guide(rule)
    said = banks.guide_fields(guide) if guide else {}
    return {**audit.snapshot(rule, columns), **{f"{name}_{language}": text for (name, language), text in said.items()}}
