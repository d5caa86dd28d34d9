"""A whole assessment, whether it is played in a browser or without one: what there is before anybody begins, and what
its scorecard says in the end."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext

from accounts.models import Department, Membership, Role
from assessments.consensus.meeting import contested
from assessments.models import Answer, ApprovalLevel, Assessment
from assessments.score.agreement import rater_agreement
from groundwork.words import points
from tests.browser.job import Words
from tests.factories import Cast, make_vendor
from vendors.models import Contact, Service, Vendor

VENDOR, CONTACT = "Example Hosting", "Robin Example"
LEVELS = ("Purchasing lead", "Board")
OPERATIONS, IT = "Operations", "IT"
CLICKED = "support"  # the rule that people grade by clicks
SPREAD, GAP = "guidance-explain", "support-rehearsal"  # the questions that need talk, and nothing else
SECRET = "We waited three weeks for a plain answer."
REASON = "It explains well when asked twice."
OUTSIDER = "Kim of the clinic"
CONTESTED = "guidance"
OBJECTION = "Our manual has been rewritten since."
WORDS, FILE = "We stay until you say that you are safe.", "handover.txt"


@dataclass(frozen=True, kw_only=True)
class Things:
    vendor: Vendor
    contact: Contact

    @property
    def assessment(self) -> Assessment:
        return Assessment.objects.get()


def make_things(cast: Cast, language: str) -> Things:
    """Three departments, two levels of approval, and a contact who chooses `language` on the way in."""
    operations = Department.objects.create(organisation=cast.organisation, name=OPERATIONS)
    _move(cast.colleague, operations)
    _move(cast.reader, Department.objects.create(organisation=cast.organisation, name=IT, is_it=True))
    vendor = make_vendor(cast.organisation, VENDOR, department=cast.department)
    Service.objects.create(vendor=vendor, name="Example records", department=operations)
    for position, (name, role) in enumerate(zip(LEVELS, (Role.APPROVER, Role.ADMIN), strict=True), start=1):
        ApprovalLevel.objects.create(organisation=cast.organisation, position=position, name=name, role=role)
    other = "nl" if language == "fr" else "fr"
    contact = Contact.objects.create(vendor=vendor, name=CONTACT, email="robin@vendor.example", language=other)
    return Things(vendor=vendor, contact=contact)


def _move(member: Membership, department: Department) -> None:
    member.department = department
    member.save()


def fill(member: Membership, grades: dict[str, int], rule: str = "") -> None:
    """What the member grades beside what the browser does: 3, unless `grades` says otherwise."""
    answers = Answer.objects.filter(response__rater=member.user)
    for answer in answers.filter(question__rule__key=rule) if rule else answers:
        answer.grade = grades.get(answer.question.key, 3)
        answer.updated_by = member.user
        answer.save()


def what_it_says(words: Words, assessment: Assessment) -> list[str]:
    raters = words.count("%(raters)s rater", "%(raters)s raters", 3, raters=3)
    from_departments = words.count(
        "%(by)s from %(departments)s department", "%(by)s from %(departments)s departments", 3, by=raters, departments=3
    )
    with translation.override(words.language):
        found = rater_agreement(assessment)
        settled = [one.agreed_on for one in contested(assessment, assessment.owner)]
        told = {"label": found.label, "figure": found.figure, "meaning": found.meaning_after(settled)}
        agreed = gettext("%(label)s (alpha %(figure)s). %(meaning)s") % told
    reply = words.say("The vendor contests this")
    return [
        words.headline(5),
        f"{from_departments}.",
        agreed,
        points(30, words.language),  # between our view and the vendor’s, on the page and on paper
        *(OPERATIONS, IT, *LEVELS),
        REASON,
        OUTSIDER,
        f"{reply}.",
        OBJECTION,
        WORDS,
        FILE,
        SECRET,
    ]
