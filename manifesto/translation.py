"""Which texts of the bank stand in three languages."""

from modeltranslation.translator import TranslationOptions, register

from manifesto.models import Level, Question, Release, Rule, RuleGuide


@register(Release)
class ReleaseTranslation(TranslationOptions):
    fields = ("title", "note")


@register(Rule)
class RuleTranslation(TranslationOptions):
    fields = ("name", "promise", "guidance")


@register(RuleGuide)
class RuleGuideTranslation(TranslationOptions):
    fields = ("good", "asking", "evasions", "proof", "measure", "example")


@register(Question)
class QuestionTranslation(TranslationOptions):
    fields = ("text", "short", "why", "evidence")


@register(Level)
class LevelTranslation(TranslationOptions):
    fields = ("text",)
