"""The assessment's own pages: list, start, hub, dates, history."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, Role, User
from assessments.lifecycle import transitions
from assessments.lifecycle.periods import Period, last_quarter
from assessments.models import Answer, Assessment, AssessmentState, Blank, Response
from assessments.questionnaire.saving import Draft, save_answer
from tests.factories import NOW, Cast, add_rater, make_assessment, make_member, make_release, make_vendor

SignedIn = Callable[[Membership | User], Client]
DRAFT, COLLECTING, IN_REVIEW, APPROVED, CANCELLED = AssessmentState


def approve(cast: Cast, assessment: Assessment) -> Assessment:
    """Through the lifecycle, so that it has its scorecard."""
    transitions.submit(cast.assessor, assessment)
    return transitions.approve(cast.approver, assessment)


def page(client: Client, route: str, *args: Any, query: str = "") -> str:
    response = client.get(reverse(route, args=args) + query)
    assert response.status_code == 200
    return re.sub(r"[ \n]+", " ", response.content.decode())  # but not the spaces that hold words together


def queries_of(client: Client, route: str, *args: Any) -> int:
    with CaptureQueriesContext(connection) as queries:
        page(client, route, *args)
    return len(queries)


class TestList:
    def test_says_what_an_assessment_is_while_there_is_none(self, cast: Cast, signed_in: SignedIn) -> None:
        text = page(signed_in(cast.assessor), "assessment_list")
        assert "No assessments yet" in text
        assert reverse("assessment_add") in text

    def test_offers_no_start_to_readers(self, cast: Cast, signed_in: SignedIn) -> None:
        text = page(signed_in(cast.reader), "assessment_list")
        assert "No assessments yet" in text
        assert reverse("assessment_add") not in text

    def test_shows_the_organisations_own_and_no_other(self, cast: Cast, signed_in: SignedIn) -> None:
        mine = make_assessment(cast.assessor)
        foreign = make_assessment(cast.stranger, vendor=make_vendor(cast.other_organisation, "Foreign Freight"))
        text = page(signed_in(cast.reader), "assessment_list")
        assert mine.vendor.name in text
        assert foreign.vendor.name not in text

    def test_shows_the_stored_numbers_of_what_is_approved(self, cast: Cast, signed_in: SignedIn) -> None:
        approve(cast, make_assessment(cast.assessor, grade=4))
        text = page(signed_in(cast.reader), "assessment_list")
        assert "7 of 7" in text
        assert text.count("Rule 7: Met") == 1

    def test_filters_by_state_and_vendor(self, cast: Cast, signed_in: SignedIn) -> None:
        draft = make_assessment(cast.assessor, state=DRAFT)
        running = make_assessment(cast.assessor, state=COLLECTING)
        client = signed_in(cast.reader)
        by_state = page(client, "assessment_list", query="?state=draft")
        assert references_in(by_state) == {draft.reference}
        by_vendor = page(client, "assessment_list", query=f"?vendor={running.vendor_id}")
        assert references_in(by_vendor) == {running.reference}
        neither = page(client, "assessment_list", query=f"?vendor={running.vendor_id}&state=draft")
        assert "No assessment fits these filters" in neither

    def test_does_not_offer_foreign_vendors_as_a_filter(self, cast: Cast, signed_in: SignedIn) -> None:
        make_assessment(cast.assessor)
        foreign = make_assessment(cast.stranger, vendor=make_vendor(cast.other_organisation, "Foreign Freight"))
        text = page(signed_in(cast.reader), "assessment_list", query=f"?vendor={foreign.vendor_id}")
        assert "Foreign Freight" not in text

    @pytest.mark.parametrize("query", ["?state=nonsense", "?vendor=abc", "?page=999", "?page=abc"])
    def test_bears_a_mistyped_address(self, query: str, cast: Cast, signed_in: SignedIn) -> None:
        make_assessment(cast.assessor)
        assert "Filter" in page(signed_in(cast.reader), "assessment_list", query=query)

    def test_tells_what_is_late(self, cast: Cast, signed_in: SignedIn) -> None:
        yesterday = timezone.localdate() - timedelta(days=1)
        make_assessment(cast.assessor, due_on=yesterday)
        assert "chip-late" in page(signed_in(cast.reader), "assessment_list")
        Assessment.objects.update(state=CANCELLED)
        assert "chip-late" not in page(signed_in(cast.reader), "assessment_list")

    def test_comes_in_pages_that_keep_the_filter(self, cast: Cast, signed_in: SignedIn) -> None:
        release, vendor = make_release(questions_per_rule=1), make_vendor(cast.organisation)
        for _ in range(26):
            make_assessment(cast.assessor, release=release, vendor=vendor)
        text = page(signed_in(cast.reader), "assessment_list", query="?state=collecting")
        assert len(references_in(text)) == 25
        assert "state=collecting&amp;page=2" in text

    def test_takes_as_many_queries_for_thirty_as_for_one(self, cast: Cast, signed_in: SignedIn) -> None:
        release = make_release(questions_per_rule=1)
        approve(cast, make_assessment(cast.assessor, release=release, grade=3))
        client = signed_in(cast.reader)
        few = queries_of(client, "assessment_list")
        for _ in range(29):
            approve(cast, make_assessment(cast.assessor, release=release, grade=3))
        assert queries_of(client, "assessment_list") == few


class TestAdding:
    def test_creates_opens_and_leads_to_the_first_question(self, cast: Cast, signed_in: SignedIn) -> None:
        make_release()
        vendor = make_vendor(cast.organisation)
        response = add(signed_in(cast.assessor), vendor=vendor.pk, preset="last_quarter", due_on=a_month_ahead())
        assessment = Assessment.objects.get()
        assert response.status_code == 302
        assert response.url == reverse("questionnaire", args=[assessment.pk, "support"])
        assert (assessment.state, assessment.vendor, assessment.due_on) == (COLLECTING, vendor, a_month_ahead())
        expected = last_quarter(timezone.localdate())
        assert (assessment.period_start, assessment.period_end) == (expected.start, expected.end)
        assert Response.objects.get().rater == cast.assessor.user

    def test_keeps_a_draft_where_that_is_wished(self, cast: Cast, signed_in: SignedIn) -> None:
        make_release()
        vendor = make_vendor(cast.organisation)
        response = add(signed_in(cast.assessor), vendor=vendor.pk, preset="last_year", then="draft")
        assessment = Assessment.objects.get()
        assert response.url == reverse("assessment_detail", args=[assessment.pk])
        assert assessment.state == DRAFT
        assert not Response.objects.exists()

    def test_preselects_the_vendor_of_the_address(self, cast: Cast, signed_in: SignedIn) -> None:
        make_release()
        vendor = make_vendor(cast.organisation)
        text = page(signed_in(cast.assessor), "assessment_add", query=f"?vendor={vendor.pk}")
        assert f'<option value="{vendor.pk}" selected>' in text

    def test_sets_the_usual_periods_as_the_language_does(self, cast: Cast, signed_in: SignedIn) -> None:
        make_release()
        make_vendor(cast.organisation)
        client = signed_in(cast.assessor)
        assert "Last year: 1\u00a0January" in page(client, "assessment_add")
        client.cookies["django_language"] = "fr"
        assert "Dernière année\u00a0: 1" in page(client, "assessment_add")

    def test_takes_other_dates(self, cast: Cast, signed_in: SignedIn) -> None:
        make_release()
        vendor = make_vendor(cast.organisation)
        add(
            signed_in(cast.assessor),
            vendor=vendor.pk,
            preset="other",
            period_start="2026-02-03",
            period_end="2026-02-03",
        )
        assessment = Assessment.objects.get()
        assert (assessment.period_start, assessment.period_end) == (date(2026, 2, 3), date(2026, 2, 3))

    @pytest.mark.parametrize(
        ("fields", "message"),
        [
            ({"preset": "other", "period_start": "2026-03-02", "period_end": "2026-03-01"}, "lies before the first"),
            ({"preset": "other", "period_start": "2026-03-02"}, "Fill in the first and the last day"),
            ({"period_start": "soon", "period_end": "2026-03-02"}, "Enter a valid date"),
            ({"preset": "last_quarter", "period_start": "2020-03-02"}, "You also typed dates"),
            ({"preset": "last_century"}, "Select a valid choice"),
            ({"preset": "last_quarter", "due_on": "2020-01-01"}, "lies in the past"),
            ({"preset": "last_quarter", "vendor": ""}, "This field is required"),
            ({"preset": "last_quarter", "vendor": "999999"}, "Choose one of your active vendors"),
        ],
    )
    def test_says_what_is_wrong_and_keeps_what_was_typed(
        self, fields: dict[str, str], message: str, cast: Cast, signed_in: SignedIn
    ) -> None:
        make_release()
        vendor = make_vendor(cast.organisation)
        response = add(signed_in(cast.assessor), **{"vendor": str(vendor.pk), **fields})
        assert response.status_code == 200
        text = response.content.decode()
        assert message in text
        assert not Assessment.objects.exists()
        for name in ("period_start", "period_end"):
            if name in fields:
                assert f'value="{fields[name]}"' in text

    @pytest.mark.parametrize("state", [DRAFT, COLLECTING, IN_REVIEW, APPROVED])
    def test_asks_before_a_vendor_is_assessed_twice_for_the_same_months(
        self, state: AssessmentState, cast: Cast, signed_in: SignedIn
    ) -> None:
        there = make_assessment(cast.assessor, state=state)  # 1 January to 31 March
        client = signed_in(cast.assessor)
        typed: dict[str, Any] = {
            "vendor": there.vendor_id,
            "preset": "other",
            "period_start": "2026-03-31",
            "period_end": "2026-04-30",
            "due_on": a_month_ahead(),
        }
        text = add(client, **typed).content.decode()
        assert "already has an assessment of these months" in text
        assert f'href="{reverse("assessment_detail", args=[there.pk])}">{there.reference}</a>' in text
        assert "1\u00a0January – 31\u00a0March 2026" in text
        assert "Tick this to start another one" in text
        assert f'<option value="{there.vendor_id}" selected>' in text
        for name in ("period_start", "period_end", "due_on"):
            assert f'value="{typed[name]}"' in text
        assert Assessment.objects.count() == 1
        assert add(client, **typed, another="on").status_code == 302
        assert Assessment.objects.count() == 2

    @pytest.mark.parametrize("case", ["cancelled", "the day after", "the day before", "another vendor"])
    def test_does_not_ask_where_nothing_overlaps(self, case: str, cast: Cast, signed_in: SignedIn) -> None:
        there = make_assessment(cast.assessor, state=CANCELLED if case == "cancelled" else COLLECTING)
        vendor = make_vendor(cast.organisation, "Other Example") if case == "another vendor" else there.vendor
        period = {
            "the day after": ("2026-04-01", "2026-06-30"),
            "the day before": ("2025-10-01", "2025-12-31"),
        }.get(case, ("2026-01-01", "2026-03-31"))
        response = add(
            signed_in(cast.assessor), vendor=vendor.pk, preset="other", period_start=period[0], period_end=period[1]
        )
        assert response.status_code == 302
        assert Assessment.objects.count() == 2

    def test_shows_no_tick_before_there_is_something_to_ask(self, cast: Cast, signed_in: SignedIn) -> None:
        make_assessment(cast.assessor)
        assert "Start another one all the same" not in page(signed_in(cast.assessor), "assessment_add")

    @pytest.mark.parametrize("which", ["archived", "foreign"])
    def test_refuses_vendors_that_are_not_active_ones_of_the_organisation(
        self, which: str, cast: Cast, signed_in: SignedIn
    ) -> None:
        make_release()
        make_vendor(cast.organisation, "Active Example")
        vendor = (
            make_vendor(cast.organisation, "Archived Example", archived_at=NOW)
            if which == "archived"
            else make_vendor(cast.other_organisation, "Foreign Freight")
        )
        response = add(signed_in(cast.assessor), vendor=vendor.pk, preset="last_quarter")
        assert "Choose one of your active vendors" in response.content.decode()
        assert vendor.name not in response.content.decode()
        assert not Assessment.objects.exists()

    def test_says_so_while_no_release_is_published(self, cast: Cast, signed_in: SignedIn) -> None:
        vendor = make_vendor(cast.organisation)
        client = signed_in(cast.assessor)
        assert "no published edition" in page(client, "assessment_add")
        response = add(client, vendor=vendor.pk, preset="last_quarter")
        assert "no published edition" in response.content.decode()
        assert not Assessment.objects.exists()

    def test_leads_to_the_vendors_while_there_is_none(self, cast: Cast, signed_in: SignedIn) -> None:
        make_release()
        assert "No vendor to assess yet" in page(signed_in(cast.assessor), "assessment_add")

    @pytest.mark.parametrize("who", ["approver", "reader", "admin"])
    def test_is_for_assessors_alone(self, who: str, cast: Cast, signed_in: SignedIn) -> None:
        make_release()
        client = signed_in(getattr(cast, who))
        assert client.get(reverse("assessment_add")).status_code == 403
        assert add(client, vendor=make_vendor(cast.organisation).pk).status_code == 403
        assert not Assessment.objects.exists()

    def test_gets_by_with_as_many_queries_for_many_vendors(self, cast: Cast, signed_in: SignedIn) -> None:
        make_release()
        make_vendor(cast.organisation)
        client = signed_in(cast.assessor)
        few = queries_of(client, "assessment_add")
        for number in range(30):
            make_vendor(cast.organisation, f"Example Number {number}")
        assert queries_of(client, "assessment_add") == few


class TestAskingFirst:
    def test_leads_from_the_form_to_the_raters(self, cast: Cast, signed_in: SignedIn) -> None:
        make_release()
        vendor = make_vendor(cast.organisation)
        response = add(signed_in(cast.assessor), vendor=vendor.pk, preset="last_quarter", then="raters")
        made = Assessment.objects.get()
        assert (response.url, made.state) == (reverse("assessment_raters", args=[made.pk]), COLLECTING)

    def test_leads_from_a_draft_to_the_raters(self, cast: Cast, signed_in: SignedIn) -> None:
        draft = make_assessment(cast.assessor, state=DRAFT)
        draft.responses.all().delete()
        response = signed_in(cast.assessor).post(reverse("assessment_open", args=[draft.pk]), {"then": "raters"})
        assert response.url == reverse("assessment_raters", args=[draft.pk])
        assert Assessment.objects.get().state == COLLECTING


class TestReturning:
    def test_the_list_says_how_far_one_is_and_leads_on(self, cast: Cast, signed_in: SignedIn) -> None:
        assessment = make_assessment(cast.assessor)
        Answer.objects.filter(question__rule__key="support").update(grade=3)
        client = signed_in(cast.assessor)
        url = reverse("questionnaire", args=[assessment.pk, "consistency"])
        text = page(client, "assessment_list")
        assert f'href="{url}"> Continue: 2 of 14 ' in text
        assert "Continue:" not in page(signed_in(cast.reader), "assessment_list")
        Answer.objects.update(grade=3)
        client = signed_in(cast.assessor)
        assert "Hand in your answers" in page(client, "assessment_list")
        transitions.hand_in(cast.assessor, assessment)
        assert "Hand in your answers" not in page(client, "assessment_list")

    def test_the_list_asks_no_more_of_the_database_for_it(self, cast: Cast, signed_in: SignedIn) -> None:
        make_assessment(cast.assessor)
        client = signed_in(cast.assessor)
        few = queries_of(client, "assessment_list")
        for _ in range(3):
            make_assessment(cast.assessor)
        assert queries_of(client, "assessment_list") == few


class TestHub:
    @pytest.mark.parametrize(
        ("state", "who", "sentence", "action"),
        [
            (DRAFT, "assessor", "Open the questionnaire to start", "assessment_open"),
            (DRAFT, "reader", "A draft: it starts when an assessor", None),
            (COLLECTING, "assessor", "Ask others who work with this vendor", "assessment_raters"),
            (COLLECTING, "approver", "Handed in: 0 of 1", None),
            (IN_REVIEW, "approver", "It waits for your decision", "assessment_review"),
            (IN_REVIEW, "assessor", "It waits for an approver", None),
            (CANCELLED, "reader", "nothing more happens here", None),
            (CANCELLED, "assessor", "nothing more happens here", "assessment_add"),
        ],
    )
    def test_tells_each_role_the_next_step_and_its_one_action(
        self,
        *,
        state: AssessmentState,
        who: str,
        sentence: str,
        action: str | None,
        cast: Cast,
        signed_in: SignedIn,
    ) -> None:
        assessment = make_assessment(cast.assessor, state=state)
        Assessment.objects.update(closed_at=NOW)
        text = page(signed_in(getattr(cast, who)), "assessment_detail", assessment.pk)
        assert sentence in text
        assert text.count("btn-primary") == (1 if action else 0)
        if action:
            args = {"assessment_add": [], "questionnaire": [assessment.pk, "support"]}.get(action, [assessment.pk])
            assert f'"{reverse(action, args=args)}' in text

    def test_leads_to_the_review_when_all_is_answered(self, cast: Cast, signed_in: SignedIn) -> None:
        assessment = make_assessment(cast.assessor, grade=2)
        text = page(signed_in(cast.assessor), "assessment_detail", assessment.pk)
        assert "Every question is answered" in text
        assert f'btn-primary" href="{reverse("assessment_submit", args=[assessment.pk])}">Submit for approval' in text

    def test_leads_to_the_first_rule_that_is_not_finished(self, cast: Cast, signed_in: SignedIn) -> None:
        assessment = make_assessment(cast.assessor)
        Answer.objects.filter(question__rule__key__in=("support", "consistency")).update(grade=3)
        text = page(signed_in(cast.assessor), "assessment_detail", assessment.pk)
        assert "Continue: 4 of 14" in text
        assert f'btn-primary" href="{reverse("questionnaire", args=[assessment.pk, "guidance"])}"' in text

    def test_of_what_is_approved_leads_to_the_scorecard(self, cast: Cast, signed_in: SignedIn) -> None:
        assessment = approve(cast, make_assessment(cast.assessor, grade=4))
        text = page(signed_in(cast.reader), "assessment_detail", assessment.pk)
        assert "See the scorecard" in text
        assert "7 of 7" in text
        assert str(cast.approver.user) in text

    def test_tells_who_submitted_themselves_that_another_decides(self, cast: Cast, signed_in: SignedIn) -> None:
        make_member(cast.organisation, "second", Role.APPROVER)
        assessment = make_assessment(cast.assessor, state=IN_REVIEW, submitted_by=cast.approver.user, submitted_at=NOW)
        text = page(signed_in(cast.approver), "assessment_detail", assessment.pk)
        assert "another approver decides" in text
        assert "btn-primary" not in text

    def test_shows_why_it_was_sent_back_until_it_is_submitted_again(self, cast: Cast, signed_in: SignedIn) -> None:
        assessment = make_assessment(cast.assessor, grade=2)
        transitions.submit(cast.assessor, assessment)
        transitions.send_back(cast.approver, assessment, reason="Rule 6 lacks <evidence>.")
        client = signed_in(cast.assessor)
        assert "Rule 6 lacks &lt;evidence&gt;." in page(client, "assessment_detail", assessment.pk)
        transitions.submit(cast.assessor, assessment)
        assert "Rule 6 lacks" not in page(client, "assessment_detail", assessment.pk)

    def test_shows_why_it_was_cancelled(self, cast: Cast, signed_in: SignedIn) -> None:
        assessment = make_assessment(cast.assessor)
        transitions.cancel(cast.assessor, assessment, reason="The contract ended.")
        assert "The contract ended." in page(signed_in(cast.reader), "assessment_detail", assessment.pk)

    def test_marks_the_present_state_on_the_way(self, cast: Cast, signed_in: SignedIn) -> None:
        assessment = make_assessment(cast.assessor, state=IN_REVIEW, submitted_by=cast.assessor.user)
        text = page(signed_in(cast.reader), "assessment_detail", assessment.pk)
        assert '<li aria-current="step"> <span> Approve <span class="steps-note">now' in text
        path = text.partition('<ol class="steps"')[2].partition("</ol>")[0]
        assert path.count('aria-current="step"') == 1

    def test_escapes_the_names_that_others_typed(self, cast: Cast, signed_in: SignedIn) -> None:
        vendor = make_vendor(cast.organisation, "<script>alert(1)</script>")
        assessment = make_assessment(cast.assessor, vendor=vendor)
        text = page(signed_in(cast.assessor), "assessment_detail", assessment.pk)
        assert "<script>alert" not in text

    def test_takes_as_many_queries_for_a_long_bank_as_for_a_short_one(self, cast: Cast, signed_in: SignedIn) -> None:
        short = make_assessment(cast.assessor, release=make_release("1", questions_per_rule=1))
        long = make_assessment(cast.assessor, release=make_release("2", questions_per_rule=5))
        client = signed_in(cast.assessor)
        assert queries_of(client, "assessment_detail", short.pk) == queries_of(client, "assessment_detail", long.pk)


class TestDates:
    def test_change_and_are_recorded(self, cast: Cast, signed_in: SignedIn) -> None:
        assessment = make_assessment(cast.assessor)
        response = signed_in(cast.assessor).post(
            reverse("assessment_edit", args=[assessment.pk]),
            {"period_start": "2026-04-01", "period_end": "2026-06-30", "due_on": ""},
        )
        assert response.url == reverse("assessment_detail", args=[assessment.pk])
        assessment.refresh_from_db()
        assert (assessment.period_start, assessment.period_end) == (date(2026, 4, 1), date(2026, 6, 30))

    def test_out_of_order_come_back_as_typed(self, cast: Cast, signed_in: SignedIn) -> None:
        assessment = make_assessment(cast.assessor)
        response = signed_in(cast.assessor).post(
            reverse("assessment_edit", args=[assessment.pk]),
            {"period_start": "2026-06-30", "period_end": "2026-04-01", "due_on": "2026-08-01"},
        )
        text = response.content.decode()
        assert "lies before the first" in text
        assert 'value="2026-04-01"' in text
        assert 'value="2026-08-01"' in text

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_of_a_closed_assessment_stay(self, method: str, cast: Cast, signed_in: SignedIn) -> None:
        assessment = make_assessment(cast.assessor, state=CANCELLED)
        response = getattr(signed_in(cast.assessor), method)(
            reverse("assessment_edit", args=[assessment.pk]),
            {"period_start": "2020-04-01", "period_end": "2020-06-30"},
            follow=True,
        )
        assert str(transitions.NOT_NOW[CANCELLED]) in response.content.decode()
        assessment.refresh_from_db()
        assert assessment.period_start == date(2026, 1, 1)

    def test_closed_between_page_and_press_are_refused_with_the_reason(
        self, cast: Cast, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assessment = make_assessment(cast.assessor)
        client = signed_in(cast.assessor)
        change = transitions.reschedule

        def too_late(*args: Any, **kwargs: Any) -> Assessment:
            Assessment.objects.update(state=APPROVED)
            return change(*args, **kwargs)

        monkeypatch.setattr(transitions, "reschedule", too_late)
        response = client.post(
            reverse("assessment_edit", args=[assessment.pk]),
            {"period_start": "2026-04-01", "period_end": "2026-06-30"},
            follow=True,
        )
        assert str(transitions.NOT_NOW[APPROVED]) in response.content.decode()


class TestHistory:
    def test_says_in_words_who_did_what(self, cast: Cast, signed_in: SignedIn) -> None:
        make_release()
        client = signed_in(cast.assessor)
        add(client, vendor=make_vendor(cast.organisation).pk, preset="last_quarter", due_on=a_month_ahead())
        assessment = Assessment.objects.get()
        period = Period(start=date(2026, 4, 1), end=date(2026, 6, 30))
        transitions.reschedule(cast.colleague, assessment, period=period, due_on=None)
        transitions.cancel(cast.assessor, assessment, reason="The contract ended.")
        text = page(signed_in(cast.reader), "assessment_history", assessment.pk)
        assert f"<strong>{cast.assessor.user}</strong> created the assessment" in text
        assert f"<strong>{cast.colleague.user}</strong> changed the period or the due date" in text
        assert '<ins dir="auto">30\u00a0June 2026</ins>' in text
        assert '<span class="muted">Due date:</span> <span class="changed-text"><del dir="auto">' in text
        assert text.index("Period from:") < text.index("Period to:") < text.index("Due date:")
        assert "The contract ended." in text
        assert text.index("cancelled the assessment") < text.index("created the assessment")

    def test_tells_of_answers_by_the_name_of_their_question(self, cast: Cast, signed_in: SignedIn) -> None:
        assessment = make_assessment(cast.assessor, grade=3)
        answer = Answer.objects.select_related("question").get(question__key="proof-1")
        draft = Draft(blank=Blank.DONT_KNOW, comment="They said <nothing>.")
        save_answer(answer, draft, version=0, author=cast.assessor.user, now=NOW)
        transitions.hand_in(cast.assessor, assessment)
        text = page(signed_in(cast.reader), "assessment_history", assessment.pk)
        number = f"{answer.question.rule.position}.{answer.question.position}"
        assert f'changed an answer: <span dir="auto">{number} proof question 1 (en)</span>' in text
        assert '<del dir="auto">3</del>' in text
        told = '<span class="changed-text"><ins dir="auto">Don’t know</ins>'
        assert f'<span class="muted">Instead of a grade:</span> {told}' in text
        assert "They said &lt;nothing&gt;." in text

    def test_leaves_out_what_belongs_to_other_assessments(self, cast: Cast, signed_in: SignedIn) -> None:
        mine, other = make_assessment(cast.assessor), make_assessment(cast.assessor)
        transitions.cancel(cast.assessor, other, reason="Another story.")
        text = page(signed_in(cast.reader), "assessment_history", mine.pk)
        assert "Another story." not in text
        assert "Nothing recorded yet" in text

    def test_takes_as_many_queries_for_many_entries_as_for_few(self, cast: Cast, signed_in: SignedIn) -> None:
        assessment = make_assessment(cast.assessor)
        client = signed_in(cast.reader)
        move(cast, assessment, 1)
        few = queries_of(client, "assessment_history", assessment.pk)
        move(cast, assessment, 20)
        assert queries_of(client, "assessment_history", assessment.pk) == few


@pytest.mark.parametrize("route", ["assessment_detail", "assessment_edit", "assessment_history"])
class TestAccess:
    def test_stranger_finds_nothing(self, route: str, cast: Cast, signed_in: SignedIn) -> None:
        assessment = make_assessment(cast.assessor)
        assert signed_in(cast.stranger).get(reverse(route, args=[assessment.pk])).status_code == 404

    def test_visitor_is_asked_to_sign_in(self, route: str, cast: Cast, client: Client) -> None:
        assessment = make_assessment(cast.assessor)
        response = client.get(reverse(route, args=[assessment.pk]))
        assert response.status_code == 302
        assert response.url.startswith(reverse("account_login"))

    def test_reader_may_read_but_not_change(self, route: str, cast: Cast, signed_in: SignedIn) -> None:
        assessment = make_assessment(cast.assessor)
        expected = 403 if route == "assessment_edit" else 200
        assert signed_in(cast.reader).get(reverse(route, args=[assessment.pk])).status_code == expected


def add(client: Client, **fields: Any) -> Any:
    return client.post(reverse("assessment_add"), fields)


def move(cast: Cast, assessment: Assessment, times: int) -> None:
    for _ in range(times):
        count = assessment.due_on or date(2026, 5, 1)
        assessment.due_on = count + timedelta(days=1)
        transitions.reschedule(
            cast.assessor,
            assessment,
            period=Period(start=assessment.period_start, end=assessment.period_end),
            due_on=assessment.due_on,
        )


def a_month_ahead() -> date:
    return timezone.localdate() + timedelta(days=30)


def references_in(text: str) -> set[str]:
    return set(re.findall(r"<td[^>]*>(A-\d{4}-\d+)</td>", text))


@pytest.mark.parametrize("route", ["assessment_detail", "assessment_consensus"])
def test_the_page_takes_the_same_queries_with_thirty_raters_as_with_three(
    cast: Cast, signed_in: Any, route: str
) -> None:
    def asked(raters: int) -> int:
        assessment = make_assessment(cast.assessor, grade=3)
        for number in range(raters - 1):
            person = make_member(cast.organisation, f"rater-{raters}-{number}", Role.READER)
            add_rater(assessment, person, grade=number % 5)
        assessment.responses.update(submitted_at=timezone.now())
        client = signed_in(cast.approver)
        client.get(reverse(route, args=[assessment.pk]))  # the first time notes who reads
        with CaptureQueriesContext(connection) as caught:
            assert client.get(reverse(route, args=[assessment.pk])).status_code == 200
        return len(caught)

    assert asked(3) == asked(30)
