"""How the audit trail and the history of an edition tell what happens to the question bank."""

from __future__ import annotations

from operator import attrgetter

from django.utils.translation import gettext_lazy as _

from accounts.vocabulary import Signposts, TrailSubject, Verb, Vocabulary, nobodys
from manifesto.models import Question, Release, Rule
from manifesto.naming import QUESTIONS, RULES

VOCABULARY = Vocabulary(
    verbs={
        "release.created": Verb(title=_("Edition created")),
        "release.changed": Verb(title=_("Edition changed")),
        "release.published": Verb(title=_("Edition published")),
        "release.retired": Verb(title=_("Edition retired")),
        "release.deleted": Verb(title=_("Edition deleted")),
        "release.imported": Verb(title=_("File imported")),
        "rule.changed": Verb(title=_("Rule changed")),
        "question.created": Verb(title=_("Question added")),
        "question.changed": Verb(title=_("Question changed")),
        "question.moved": Verb(title=_("Question moved")),
        "question.deleted": Verb(title=_("Question deleted")),
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
