"""Where bank editors work: editions, their rules and questions, in the Django admin."""

from django.contrib import admin

from manifesto.admin.questions import QuestionAdmin, RuleAdmin
from manifesto.admin.releases import ReleaseAdmin
from manifesto.models import Question, Release, Rule

admin.site.register(Release, ReleaseAdmin)
admin.site.register(Rule, RuleAdmin)
admin.site.register(Question, QuestionAdmin)
