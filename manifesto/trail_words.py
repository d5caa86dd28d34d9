"""How the audit trail and the history of an edition tell what happens to the question bank."""

from __future__ import annotations

from operator import attrgetter

from django.utils.translation import gettext_lazy as _

from accounts.vocabulary import Signposts, TrailSubject, Verb, Vocabulary, nobodys
from manifesto.models import Question, Release, Rule
from manifesto.naming import QUESTIONS, RULES

VOCABULARY = Vocabulary(
    verbs={
        "release.created": Verb(title=_("Edition created"), told=_("created an edition")),
        "release.changed": Verb(title=_("Edition changed"), told=_("changed an edition")),
        "release.published": Verb(title=_("Edition published"), told=_("published an edition")),
        "release.retired": Verb(title=_("Edition retired"), told=_("retired an edition")),
        "release.deleted": Verb(title=_("Edition deleted"), told=_("deleted an edition")),
        "release.imported": Verb(title=_("File imported"), told=_("imported a file into an edition")),
        "release.guided": Verb(title=_("Rule pages added"), told=_("added the rule pages to an edition")),
        "rule.changed": Verb(title=_("Rule changed"), told=_("changed a rule")),
        "question.created": Verb(title=_("Question added"), told=_("created a question")),
        "question.changed": Verb(title=_("Question changed"), told=_("changed a question")),
        "question.moved": Verb(title=_("Question moved"), told=_("moved a question")),
        "question.deleted": Verb(title=_("Question deleted"), told=_("deleted a question")),
    },
    kinds={
        Release: TrailSubject(
            part_of=lambda row: row, organisation=nobodys, signposts=lambda row: Signposts(release_ref=row.pk)
        ),
        Rule: TrailSubject(
            part_of=attrgetter("release"),
            organisation=nobodys,
            signposts=lambda row: Signposts(rule_key=row.key, release_ref=row.release_id),
        ),
        Question: TrailSubject(
            part_of=attrgetter("release"),
            organisation=nobodys,
            signposts=lambda row: Signposts(question_key=row.key, release_ref=row.release_id),
        ),
    },
    namings={"question_key": QUESTIONS, "rule_key": RULES},
)
