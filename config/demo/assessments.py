"""The assessments of the demo data, each brought to its state as people would bring it there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import Department, Membership, Role, User
from assessments.approval import chain
from assessments.consensus import attendance
from assessments.consensus import meeting as consensus
from assessments.lifecycle import transitions
from assessments.lifecycle.periods import Period, last_quarter
from assessments.models import Answer, Assessment, AssessmentState, Response, Stance, VendorLink, VendorNote
from assessments.questionnaire import delegation
from assessments.questionnaire.evidence import add_evidence
from assessments.raters import asking
from assessments.schedule import repeating
from assessments.vendor_side import answers as vendor_answers
from assessments.vendor_side import links, reply
from config.demo.workbooks import DemoWorkbook
from manifesto.models import Question, Release
from vendors.models import Vendor

BEST = 4
ANSWERED = (
    "grade",
    "blank",
    "reason",
    "comment",
    "fact_value",
    "fact_unit",
    "version",
    "updated_at",
    "updated_by",
)
FIRST_EDITION, SECOND_EDITION = "2026.1", "2026.2"
SECOND_EDITION_SINCE = 2  # quarters ago: what is in hand, and the latest of all, is assessed by the newest edition


@dataclass(frozen=True)
class DemoAssessment:
    """One entry of `assessments` in demo.yaml. Each step has its real moment: a made-up one would contradict the
    history, and the day the bank was published."""

    members: dict[str, Membership]
    vendor: Vendor
    data: dict[str, Any]
    demo: dict[str, Any]
    today: date

    def load(self) -> None:
        assessor = self._with_role(Role.ASSESSOR)
        due_on = self._in_days(self.data["due_in"]) if "due_in" in self.data else None
        assessment = transitions.create_assessment(
            assessor, vendor=self.vendor, release=self._release(), period=self._period(), due_on=due_on
        )
        steps = ("draft", "collecting", "in_review", "approved")
        reached = steps.index(self.data["until"])
        if reached >= 1:
            transitions.open_assessment(assessor, assessment)
            repeating.set_repeat(assessor, assessment, self.data.get("repeat"))
            self._collect(assessor, assessment)
        if reached >= 2:
            self._meet(assessor, assessment)
            transitions.submit(assessor, assessment)
        if reached >= 2 and "ask_reply_until" in self.data:
            reply.open_request(
                assessor, assessment, contact=self._contact(), due_on=self._in_days(self.data["ask_reply_until"])
            )
        if reached >= 3 and "reply" in self.data:
            self._reply(assessor, assessment)
        for _level in range(self.data.get("levels_approved", len(chain.steps_for(assessment)) if reached >= 3 else 0)):
            self._approve(assessment)

    # People answer -----------------------------------------------------------------------------------------------
    def _collect(self, assessor: Membership, assessment: Assessment) -> None:
        own = Response.objects.get(assessment=assessment, rater=assessor.user)
        brings = DemoWorkbook.of(own, self.data["workbook"]) if "workbook" in self.data else None
        self._fill_in(own, self.data, author=assessor.user, only=self.data.get("only", ()), with_words=True)
        for rater in self.data.get("raters", ()):
            due_on = self._in_days(rater["due_in"]) if "due_in" in rater else None
            rules, note = rater.get("rules", ()), rater.get("note", "")
            person = self.members[rater["email"]]
            (asked,) = asking.invite(assessor, assessment, [person], rules=rules, due_on=due_on, note=note)
            if "due_in" not in rater:
                self._fill_in(asked.response, rater, author=person.user)
        self._invite_address(assessor, assessment)
        self._delegate(assessor, assessment)
        if brings:
            brings.load()
        if view := self.data.get("vendor_view"):
            self._answer_as_vendor(assessor, assessment, view)
        finished = [rater["email"] for rater in self.data.get("raters", ())]
        for email in self.data.get("handed_in", finished if self.data["until"] != "collecting" else ()):
            transitions.hand_in(self.members[email], assessment)

    def _fill_in(
        self,
        response: Response,
        data: dict[str, Any],
        *,
        author: User,
        only: Iterable[str] = (),
        with_words: bool = False,
    ) -> None:
        """`data`: {grades, comments, files} by question, on top of the texts that the assessment is based on."""
        texts = self.demo["answers"][self.data["answers"]]
        files = self.demo["evidence"].get(self.data["answers"], {}) if with_words else self._letters(data)
        now = timezone.now()
        answers = _answers(response, texts, only)
        comments = {key: text["comment"] for key, text in texts.items()} if with_words else data.get("comments", {})
        for answer in answers:
            key = answer.question.key
            _grade(answer, texts[key], data.get("grades", {}).get(key, texts[key].get("grade")), with_fact=with_words)
            answer.comment = comments.get(key, "")
            answer.version, answer.updated_at, answer.updated_by = 1, now, author
        # As rows that are there already: one statement, where `bulk_update` makes a case of each field of each row.
        Answer.objects.bulk_create(answers, update_conflicts=True, unique_fields=["id"], update_fields=ANSWERED)
        if with_words:
            self._note(answers, author, now)
        for answer in answers:
            for name, content in files.get(answer.question.key, {}).items():
                add_evidence(answer, SimpleUploadedFile(name, content.encode()), author=author, now=now)

    def _note(self, answers: Iterable[Answer], author: User, now: datetime) -> None:
        """What the vendor said, as those who rate noted it together."""
        texts = self.demo["answers"][self.data["answers"]]
        said = [(answer, texts[answer.question.key]["says"]) for answer in answers]
        VendorNote.objects.bulk_create(
            VendorNote(
                assessment_id=answer.response.assessment_id,
                question=answer.question,
                text=text,
                version=1,
                updated_at=now,
                updated_by=author,
            )
            for answer, text in said
            if text
        )

    def _letters(self, data: dict[str, Any]) -> dict[str, dict[str, str]]:
        note = "Note from the incident file (fictional)\nSeen and filed by the department.\n"
        return {key: {f"{key}-note.txt": f"{note}Question: {key}\n"} for key in data.get("files", ())}

    def _invite_address(self, assessor: Membership, assessment: Assessment) -> None:
        if address := self.data.get("address"):
            department = Department.objects.get(organisation=assessor.organisation, name=address["department"])
            asking.invite_address(
                assessor,
                assessment,
                address["email"],
                department=department,
                language=assessor.organisation.language,
                rules=address.get("rules", ()),
            )

    def _delegate(self, assessor: Membership, assessment: Assessment) -> None:
        if lent := self.data.get("delegated"):
            answer = Answer.objects.get(
                response__assessment=assessment, response__rater=assessor.user, question__key=lent["question"]
            )
            delegation.delegate(assessor, answer, self.members[lent["to"]], note=lent["note"])

    def _answer_as_vendor(self, assessor: Membership, assessment: Assessment, view: dict[str, Any]) -> None:
        """By a link of its own; a view of some rules only is not handed in yet."""
        link, _token = links.create(assessor, assessment, self._contact())
        now = timezone.now()
        VendorLink.objects.filter(pk=link.pk).update(sent_at=now)
        links.note_opened(link, now=now)
        texts = self.demo["answers"][view["answers"]]
        for answer in Answer.objects.filter(response=link.response).select_related("question__rule"):
            if answer.question.rule.key not in view.get("only", [answer.question.rule.key]):
                continue
            text = texts.get(answer.question.key)
            if text is None:
                continue
            seen = min(BEST, text.get("grade", BEST) + view["better"])
            answer.grade = view.get("grades", {}).get(answer.question.key, seen)
            answer.fact_value, answer.fact_unit = text.get("fact"), text.get("unit", "")
            answer.vendor_says = text["says"] or "It is part of our standard service."
            answer.version, answer.updated_at, answer.updated_through = 1, now, link
            answer.save()
        if "only" not in view:
            vendor_answers.hand_in(link)

    # They talk, reply, decide --------------------------------------------------------------------------------------
    def _meet(self, assessor: Membership, assessment: Assessment) -> None:
        held = self.data.get("meeting")
        if held is None:
            return
        transitions.hand_in(assessor, assessment)
        present = [self.members[email].user for email in held["present"]]
        meeting = attendance.hold(
            assessor, assessment, held_on=self.today, attendees=present, others=held.get("others", "")
        )
        for key, agreed in held["agreed"].items():
            question = Question.objects.get(release=assessment.release_id, key=key)
            consensus.agree(assessor, assessment, question, meeting=meeting, version=0, **agreed)

    def _reply(self, assessor: Membership, assessment: Assessment) -> None:
        content = self.data["reply"]
        request = reply.open_request(assessor, assessment, contact=self._contact(), due_on=self._in_days(10))
        link = request.links.get()
        links.note_opened(link, now=timezone.now())
        for rule in content["agrees"]:
            reply.save_reply(link, rule, Stance.AGREES, "", 0)
        for rule, text in content["contests"].items():
            reply.save_reply(link, rule, Stance.CONTESTS, text, 0)
        reply.submit_replies(link)

    def _approve(self, assessment: Assessment) -> None:
        """By whoever may, at the level that it waits for."""
        fresh = Assessment.objects.get(pk=assessment.pk)
        if fresh.state != AssessmentState.IN_REVIEW:
            return
        decider = next(member for member in self.members.values() if chain.may_decide_on(fresh, member))
        transitions.approve(decider, fresh)

    # What they need ------------------------------------------------------------------------------------------------
    def _release(self) -> Release | None:
        """The edition that was in force then (`edition`), where it is there and published; else the newest."""
        then = Release.objects.published().filter(edition=self.data.get("edition", "")).first()
        return then or Release.objects.current()

    def _with_role(self, role: Role) -> Membership:
        return next(member for member in self.members.values() if member.role == role)

    def _contact(self) -> Any:
        return self.vendor.contacts.get()

    def _in_days(self, days: int) -> date:
        return self.today + timedelta(days=days)

    def _period(self) -> Period:
        return quarter_ago(self.today, self.data["quarters_ago"])


def _answers(response: Response, texts: Mapping[str, Any], only: Iterable[str]) -> list[Answer]:
    """Those for which there is something to say (not each supplementary question has it), of `only` these rules."""
    rows = Answer.objects.filter(response=response).select_related("question__rule", "response")
    said = (answer for answer in rows if answer.question.key in texts)
    return [answer for answer in said if not only or answer.question.rule.key in only]


def _grade(answer: Answer, text: dict[str, Any], grade: int | None, *, with_fact: bool) -> None:
    """The grade; without one, why there is none."""
    answer.grade = grade
    answer.blank = "" if grade is not None else text.get("blank", "")
    answer.reason = text.get("reason", "") if answer.blank else ""
    if with_fact:
        answer.fact_value, answer.fact_unit = text.get("fact"), text.get("unit", "")


def quarter_ago(today: date, count: int) -> Period:
    """The quarter that ended last is one ago."""
    period = last_quarter(today)
    for _ in range(count - 1):
        period = last_quarter(period.start)
    return period


def told_by(histories: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The entries of `assessments` that `histories` stand for: each quarter keeps the grades of the one before it,
    where it does not say another."""
    for history in histories:
        grades: dict[str, int] = dict(history.get("grades", {}))
        for quarters_ago, moved in sorted(history["quarters"].items(), reverse=True):
            grades |= moved
            yield {
                "vendor": history["vendor"],
                "quarters_ago": quarters_ago,
                "until": "approved",
                "answers": history["answers"],
                "edition": FIRST_EDITION if quarters_ago >= SECOND_EDITION_SINCE else SECOND_EDITION,
                "grades": dict(grades),
                "raters": [
                    {**rater, "grades": grades | rater.get("grades", {})} for rater in history.get("raters", ())
                ],
            }
