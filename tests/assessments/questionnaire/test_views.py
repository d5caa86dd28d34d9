"""The questionnaire: whole without JavaScript, answer by answer with it, closed to whoever has no business there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Membership
from assessments.lifecycle import transitions
from assessments.models import Answer, Assessment, AssessmentState, Evidence
from manifesto.models import FactKind
from tests.factories import NOW, Cast, add_rater, make_assessment, make_release

SignIn = Callable[[Membership], Client]
PDF = b"%PDF-1.7\n1 0 obj\n"
JSON = {"Accept": "application/json"}


@pytest.fixture
def assessment(cast: Cast) -> Assessment:
    return make_assessment(cast.assessor)


@pytest.fixture
def assessor(signed_in: SignIn, cast: Cast) -> Client:
    return signed_in(cast.assessor)


def page_of(assessment: Assessment, rule: str = "support") -> str:
    return reverse("questionnaire", args=[assessment.pk, rule])


def answers_of(assessment: Assessment, rule: str = "support") -> list[Answer]:
    rows = Answer.objects.filter(response__assessment=assessment, question__rule__key=rule)
    return list(rows.order_by("question__position"))


def fields(answer: Answer, **values: Any) -> dict[str, Any]:
    """What the form of one answer posts."""
    posted = {
        "version": answer.version,
        "vendor_says": answer.vendor_says,
        "choice": "",
        "reason": "",
        "comment": "",
        "fact_value": "",
        "fact_unit": "year",
    } | values
    return {f"a{answer.pk}-{name}": value for name, value in posted.items()}


def page_fields(assessment: Assessment, first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    one, other = answers_of(assessment)
    return fields(one, **first) | fields(other, **second)


def kept_file(assessment: Assessment, client: Client) -> Evidence:
    answer = answers_of(assessment)[0]
    upload = SimpleUploadedFile("Überblick.pdf", PDF)
    client.post(reverse("evidence_add", args=[answer.pk]), {f"a{answer.pk}-evidence": upload})
    return Evidence.objects.get()


# The page ------------------------------------------------------------------------------------------


def test_the_page_shows_each_question_with_its_five_levels_and_three_blanks(
    assessor: Client, assessment: Assessment
) -> None:
    html = assessor.get(page_of(assessment)).content.decode()

    assert "“you” means the vendor, “we” and “us” mean your organisation" in html
    assert html.count("data-answer=") == 4  # two questions, each with the note of what the vendor said
    assert html.count('type="radio"') == 2 * 8
    assert "support question 1 level 4 (en)" in html
    assert "support question 2 (en)" in html
    assert 'aria-current="step"' in html


def test_the_page_speaks_the_language_of_its_reader(assessor: Client, assessment: Assessment) -> None:
    html = assessor.get(page_of(assessment), headers={"Accept-Language": "nl"}).content.decode()

    assert "support question 1 (nl)" in html
    assert "support question 1 (en)" not in html


def test_the_page_has_no_inline_script_or_style(assessor: Client, assessment: Assessment) -> None:
    html = assessor.get(page_of(assessment)).content.decode()

    assert " style=" not in html
    assert "onclick" not in html
    assert "<script>" not in html


def test_the_page_is_never_brought_back_from_a_cache(assessor: Client, assessment: Assessment) -> None:
    assert "no-store" in assessor.get(page_of(assessment))["Cache-Control"]


def test_an_unknown_rule_is_not_found(assessor: Client, assessment: Assessment) -> None:
    assert assessor.get(page_of(assessment, "unheard-of")).status_code == 404


@pytest.mark.parametrize("state", [AssessmentState.DRAFT, AssessmentState.IN_REVIEW, AssessmentState.APPROVED])
def test_a_closed_questionnaire_leads_back_to_its_assessment(
    state: AssessmentState, assessor: Client, cast: Cast
) -> None:
    assessment = make_assessment(cast.assessor, state=state)

    response = assessor.get(page_of(assessment))

    assert response.status_code == 302
    assert response["Location"] == reverse("assessment_detail", args=[assessment.pk])


def test_the_queries_of_the_page_do_not_grow_with_questions_answers_or_files(signed_in: SignIn, cast: Cast) -> None:
    client = signed_in(cast.assessor)
    small = make_assessment(cast.assessor, release=make_release("small", questions_per_rule=1))
    large = make_assessment(cast.assessor, release=make_release("large", questions_per_rule=6), grade=3)
    without_files = queries_of(client, page_of(small))
    for answer in (*answers_of(small), *answers_of(large)):
        upload = SimpleUploadedFile("proof.pdf", PDF)
        client.post(reverse("evidence_add", args=[answer.pk]), {f"a{answer.pk}-evidence": upload})

    counts = [queries_of(client, page_of(assessment)) for assessment in (small, large)]

    assert counts == [without_files + 1] * 2 == [8, 8]


def queries_of(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


# Without JavaScript --------------------------------------------------------------------------------


def test_a_rule_is_saved_as_one_form_and_leads_to_the_next(assessor: Client, assessment: Assessment) -> None:
    posted = page_fields(assessment, {"choice": "3", "vendor_says": "They stay."}, {"choice": "dont_know"})

    response = assessor.post(page_of(assessment), posted | {"then": "next"})

    one, other = answers_of(assessment)
    assert response["Location"] == page_of(assessment, "consistency")
    assert (one.grade, one.vendor_says, one.version) == (3, "They stay.", 1)
    assert (other.blank, other.version) == ("dont_know", 1)


@pytest.mark.parametrize(
    ("rule", "then", "leads_to"),
    [
        ("consistency", "previous", "support"),
        ("consistency", "stay", "consistency"),
        ("support", "previous", "support"),
        ("prevention", "next", "review"),
    ],
)
def test_each_button_leads_where_it_says(
    rule: str, then: str, leads_to: str, assessor: Client, assessment: Assessment
) -> None:
    one, other = answers_of(assessment, rule)

    response = assessor.post(page_of(assessment, rule), fields(one) | fields(other) | {"then": then})

    review = reverse("assessment_review", args=[assessment.pk])
    assert response["Location"] == (review if leads_to == "review" else page_of(assessment, leads_to))


def test_what_is_valid_is_saved_and_what_is_not_is_shown_again_as_typed(
    assessor: Client, assessment: Assessment
) -> None:
    posted = page_fields(
        assessment, {"choice": "not_applicable", "comment": "Typed & not lost"}, {"choice": "4", "comment": "Fine"}
    )

    response = assessor.post(page_of(assessment), posted)

    one, other = answers_of(assessment)
    html = response.content.decode()
    assert response.status_code == 422
    assert (one.blank, one.comment, other.grade) == ("", "", 4)
    assert "Typed &amp; not lost" in html
    assert f'href="#a{one.pk}-reason"' in html
    assert f'name="a{other.pk}-version" id="a{other.pk}-version" value="1"' in html


def test_a_conflict_shows_both_texts_and_keeps_neither_silently(
    signed_in: SignIn, assessor: Client, assessment: Assessment
) -> None:
    posted = page_fields(assessment, {"comment": "Mine <b>"}, {"comment": "Unharmed"})
    Answer.objects.filter(pk=answers_of(assessment)[0].pk).update(comment="Theirs", version=1, updated_at=NOW)

    response = assessor.post(page_of(assessment), posted)

    one, other = answers_of(assessment)
    html = response.content.decode()
    assert response.status_code == 409
    assert (one.comment, other.comment) == ("Theirs", "Unharmed")
    assert "Mine &lt;b&gt;" in html
    assert "Theirs" in html
    assert f'value="{one.pk}:1"' in html
    assert f'id="a{one.pk}-version" value="0"' in html


def test_keep_mine_replaces_the_version_that_was_seen(assessor: Client, assessment: Assessment) -> None:
    posted = page_fields(assessment, {"comment": "Mine"}, {})
    one = answers_of(assessment)[0]
    Answer.objects.filter(pk=one.pk).update(comment="Theirs", version=1)

    response = assessor.post(page_of(assessment), posted | {"keep": f"{one.pk}:1"})

    one.refresh_from_db()
    assert response.status_code == 302
    assert (one.comment, one.version) == ("Mine", 2)


def test_keep_mine_meets_whoever_was_faster_once_more(assessor: Client, assessment: Assessment) -> None:
    posted = page_fields(assessment, {"comment": "Mine"}, {})
    one = answers_of(assessment)[0]
    Answer.objects.filter(pk=one.pk).update(comment="A third text", version=2)

    response = assessor.post(page_of(assessment), posted | {"keep": f"{one.pk}:1"})

    one.refresh_from_db()
    assert response.status_code == 409
    assert one.comment == "A third text"


def test_take_theirs_leaves_the_stored_text_and_saves_the_rest(assessor: Client, assessment: Assessment) -> None:
    posted = page_fields(assessment, {"comment": "Mine"}, {"choice": "2"})
    one = answers_of(assessment)[0]
    Answer.objects.filter(pk=one.pk).update(comment="Theirs", version=1)

    response = assessor.post(page_of(assessment), posted | {"take": str(one.pk)})

    one, other = answers_of(assessment)
    assert response.status_code == 302
    assert (one.comment, one.version, other.grade) == ("Theirs", 1, 2)


@pytest.mark.parametrize("nonsense", ["", ":", "x:y", "1:", ":1", "99999:1", "1:-1"])
def test_a_decision_that_names_nothing_decides_nothing(nonsense: str, assessor: Client, assessment: Assessment) -> None:
    posted = page_fields(assessment, {"comment": "Mine"}, {})
    Answer.objects.filter(pk=answers_of(assessment)[0].pk).update(comment="Theirs", version=7)

    response = assessor.post(page_of(assessment), posted | {"keep": nonsense, "take": nonsense})

    assert response.status_code == 409
    assert answers_of(assessment)[0].comment == "Theirs"


def test_text_posted_to_a_closed_questionnaire_is_shown_to_be_copied(assessor: Client, assessment: Assessment) -> None:
    posted = page_fields(assessment, {"comment": "A long thought"}, {})
    Assessment.objects.update(state=AssessmentState.IN_REVIEW)

    response = assessor.post(page_of(assessment), posted)

    html = response.content.decode()
    assert response.status_code == 423
    assert "A long thought" in html
    assert "have been submitted" in html
    assert answers_of(assessment)[0].comment == ""


def test_files_come_with_the_form_and_a_refused_one_is_named(assessor: Client, assessment: Assessment) -> None:
    one, other = answers_of(assessment)
    files = {
        f"a{one.pk}-evidence": SimpleUploadedFile("report.pdf", PDF),
        f"a{other.pk}-evidence": SimpleUploadedFile("trojan.pdf", b"#!/bin/sh"),
    }

    response = assessor.post(page_of(assessment), page_fields(assessment, {"choice": "1"}, {"choice": "2"}) | files)

    one, other = answers_of(assessment)
    assert "“trojan.pdf” does not contain what its name says" in response.content.decode()
    assert (one.grade, other.grade) == (1, 2)
    assert list(Evidence.objects.values_list("answer", "name")) == [(one.pk, "report.pdf")]


def test_a_file_is_deleted_by_a_button_of_the_form(assessor: Client, assessment: Assessment) -> None:
    kept = kept_file(assessment, assessor)
    posted = page_fields(assessment, {"comment": "Saved as well"}, {})

    response = assessor.post(page_of(assessment), posted | {"delete_evidence": str(kept.pk)})

    assert response.status_code == 302
    assert not Evidence.objects.exists()
    assert answers_of(assessment)[0].comment == "Saved as well"


def test_a_file_of_another_answer_is_not_deleted_from_here(assessor: Client, assessment: Assessment) -> None:
    kept = kept_file(assessment, assessor)
    one, other = answers_of(assessment, "speed")

    assessor.post(page_of(assessment, "speed"), fields(one) | fields(other) | {"delete_evidence": str(kept.pk)})

    assert Evidence.objects.exists()


# The recorded fact ---------------------------------------------------------------------------------


@pytest.fixture
def with_facts(cast: Cast) -> Assessment:
    release = make_release("facts", state="draft")
    release.questions.filter(key="support-1").update(fact=FactKind.PERCENTAGE)
    release.questions.filter(key="support-2").update(fact=FactKind.FREQUENCY)
    release.state, release.published_at = "published", NOW
    release.save()
    return make_assessment(cast.assessor, release=release)


@pytest.mark.parametrize(
    ("typed", "stored"), [("12,5", "12.50"), ("12.5", "12.50"), (" 40 % ", "40.00"), ("0", "0.00"), (",5", "0.50")]
)
def test_a_decimal_is_read_with_a_comma_or_a_point(
    typed: str, stored: str, assessor: Client, with_facts: Assessment
) -> None:
    assessor.post(page_of(with_facts), page_fields(with_facts, {"fact_value": typed}, {}))

    assert str(answers_of(with_facts)[0].fact_value) == stored


@pytest.mark.parametrize("typed", ["101", "many", "1.2.3", "-5", "1e3", "999999999999"])
def test_a_number_that_cannot_be_is_refused_and_shown_as_typed(
    typed: str, assessor: Client, with_facts: Assessment
) -> None:
    response = assessor.post(page_of(with_facts), page_fields(with_facts, {"fact_value": typed}, {}))

    assert response.status_code == 422
    assert f'value="{typed}"' in response.content.decode()
    assert answers_of(with_facts)[0].fact_value is None


def test_a_frequency_is_kept_with_its_unit_and_shown_in_the_language(assessor: Client, with_facts: Assessment) -> None:
    assessor.post(page_of(with_facts), page_fields(with_facts, {}, {"fact_value": "2,5", "fact_unit": "quarter"}))

    answer = answers_of(with_facts)[1]
    html = assessor.get(page_of(with_facts), headers={"Accept-Language": "fr"}).content.decode()
    assert (str(answer.fact_value), answer.fact_unit) == ("2.50", "quarter")
    assert 'value="2,5"' in html
    assert '<option value="quarter" selected>' in html


# One answer at a time ------------------------------------------------------------------------------


def save(client: Client, answer: Answer, **values: Any) -> Any:
    return client.post(reverse("answer_edit", args=[answer.pk]), fields(answer, **values), headers=JSON)


def test_an_answer_saves_by_itself_and_says_so(assessor: Client, assessment: Assessment) -> None:
    reply = save(assessor, answers_of(assessment)[0], choice="2")

    assert reply.status_code == 200
    assert reply.json()["state"] == "saved"
    assert reply.json()["version"] == 1
    assert reply.json()["scored"] is True
    assert reply.json()["message"].startswith("Saved ")


def test_a_text_alone_leaves_the_score_alone(assessor: Client, assessment: Assessment) -> None:
    assert save(assessor, answers_of(assessment)[0], vendor_says="They stay.").json()["scored"] is False


def test_a_conflict_comes_with_both_texts_and_the_stored_values(assessor: Client, assessment: Assessment) -> None:
    answer = answers_of(assessment)[0]
    Answer.objects.filter(pk=answer.pk).update(comment="Theirs", version=3, updated_at=NOW)

    reply = save(assessor, answer, comment="Mine")

    assert reply.status_code == 409
    assert reply.json()["stored"]["version"] == 3
    assert reply.json()["stored"]["comment"] == "Theirs"
    assert "Mine" in reply.json()["html"]
    assert "Theirs" in reply.json()["html"]


def test_a_missing_reason_is_told_by_field(assessor: Client, assessment: Assessment) -> None:
    reply = save(assessor, answers_of(assessment)[0], choice="not_applicable")

    assert reply.status_code == 422
    assert set(reply.json()["errors"]) == {"reason"}


def test_a_closed_assessment_says_so(assessor: Client, assessment: Assessment) -> None:
    Assessment.objects.update(state=AssessmentState.APPROVED)

    reply = save(assessor, answers_of(assessment)[0], choice="2")

    assert reply.status_code == 423
    assert "approved" in reply.json()["message"]


def test_a_forged_choice_is_refused(assessor: Client, assessment: Assessment) -> None:
    assert save(assessor, answers_of(assessment)[0], choice="7").status_code == 422


def test_an_answer_without_javascript_leads_back_to_its_question(assessor: Client, assessment: Assessment) -> None:
    answer = answers_of(assessment)[0]
    url = reverse("answer_edit", args=[answer.pk])

    assert assessor.get(url)["Location"] == f"{page_of(assessment)}#question-support-1"
    assert assessor.post(url, fields(answer, choice="1")).status_code == 302
    answer.refresh_from_db()
    assert answer.grade == 1


def test_files_can_be_added_and_deleted_one_by_one(assessor: Client, assessment: Assessment) -> None:
    answer = answers_of(assessment)[0]
    upload = {f"a{answer.pk}-evidence": SimpleUploadedFile("report.pdf", PDF)}
    added = assessor.post(reverse("evidence_add", args=[answer.pk]), upload, headers=JSON)
    kept = Evidence.objects.get()
    deleted = assessor.post(reverse("evidence_delete", args=[kept.pk]), headers=JSON)

    assert "report.pdf" in added.json()["html"]
    assert "report.pdf" not in deleted.json()["html"]
    assert not Evidence.objects.exists()


def test_a_refused_file_is_told_in_its_place(assessor: Client, assessment: Assessment) -> None:
    answer = answers_of(assessment)[0]
    upload = {f"a{answer.pk}-evidence": SimpleUploadedFile("page.html", b"<script>")}

    reply = assessor.post(reverse("evidence_add", args=[answer.pk]), upload, headers=JSON)

    assert reply.status_code == 422
    assert "page.html" in reply.json()["html"]


def test_a_file_is_sent_as_an_attachment_that_no_browser_guesses_about(
    assessor: Client, assessment: Assessment
) -> None:
    kept = kept_file(assessment, assessor)

    reply = assessor.get(reverse("evidence_download", args=[kept.pk]))

    assert b"".join(reply.streaming_content) == PDF
    assert reply["Content-Disposition"] == "attachment; filename*=utf-8''%C3%9Cberblick.pdf"
    assert reply["X-Content-Type-Options"] == "nosniff"
    assert reply["Content-Type"] == "application/pdf"


def test_a_file_that_is_gone_from_the_disk_is_not_found(assessor: Client, assessment: Assessment) -> None:
    kept = kept_file(assessment, assessor)
    kept.file.delete(save=False)

    assert assessor.get(reverse("evidence_download", args=[kept.pk])).status_code == 404


# The live score ------------------------------------------------------------------------------------


def test_the_live_score_follows_the_answers(assessor: Client, assessment: Assessment) -> None:
    url = reverse("assessment_score", args=[assessment.pk])
    before = assessor.get(url, {"rule": "support"}).content.decode()
    for answer in answers_of(assessment):
        save(assessor, answer, choice="4")
    after = assessor.get(url, {"rule": "support"}).content.decode()

    assert "Rules rated so far: 0 of 7; met: 0" in before
    assert "Rules rated so far: 1 of 7; met: 1" in after
    assert "100%" in after
    assert after.count("data-live") == 3


# Who may -------------------------------------------------------------------------------------------

ROUTES = ["questionnaire", "answer_edit", "evidence_add", "evidence_delete", "evidence_download", "assessment_score"]
POSTED = {"evidence_add", "evidence_delete"}


def call(client: Client, route: str, assessment: Assessment, evidence: Evidence) -> int:
    targets = {
        "questionnaire": [assessment.pk, "support"],
        "answer_edit": [evidence.answer_id],
        "evidence_add": [evidence.answer_id],
        "assessment_score": [assessment.pk],
    }
    url = reverse(route, args=targets.get(route, [evidence.pk]))
    return (client.post(url) if route in POSTED else client.get(url)).status_code


@pytest.mark.parametrize("route", ROUTES)
def test_a_stranger_finds_nothing(route: str, signed_in: SignIn, cast: Cast, assessment: Assessment) -> None:
    kept = kept_file(assessment, signed_in(cast.assessor))

    assert call(signed_in(cast.stranger), route, assessment, kept) == 404
    assert Evidence.objects.filter(pk=kept.pk).exists()


@pytest.mark.parametrize("role", ["reader", "approver", "admin"])
@pytest.mark.parametrize("route", ROUTES)
def test_nobody_but_its_rater_opens_a_questionnaire(
    route: str, role: str, signed_in: SignIn, cast: Cast, assessment: Assessment
) -> None:
    kept = kept_file(assessment, signed_in(cast.assessor))
    client = signed_in(getattr(cast, role))

    assert call(client, route, assessment, kept) == 403
    Answer.objects.update(grade=3)
    transitions.hand_in(cast.assessor, assessment)
    assert call(client, route, assessment, kept) == (200 if route == "evidence_download" else 403)


def test_a_stranger_saves_nothing(signed_in: SignIn, cast: Cast, assessment: Assessment) -> None:
    answer = answers_of(assessment)[0]
    client = signed_in(cast.stranger)

    assert save(client, answer, choice="4").status_code == 404
    assert client.post(page_of(assessment), page_fields(assessment, {"choice": "4"}, {})).status_code == 404
    answer.refresh_from_db()
    assert answer.grade is None


def test_a_second_assessor_answers_a_questionnaire_of_their_own(
    signed_in: SignIn, cast: Cast, assessment: Assessment
) -> None:
    first, second = answers_of(assessment)[0], add_rater(assessment, cast.colleague).answers.all()[0]
    client = signed_in(cast.colleague)

    assert save(client, first, choice="4").status_code == 403
    assert save(client, second, choice="4").json()["state"] == "saved"
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.grade, second.grade, second.updated_by) == (None, 4, cast.colleague.user)


def test_a_rater_of_some_rules_is_asked_about_these_alone(
    signed_in: SignIn, cast: Cast, assessment: Assessment
) -> None:
    transitions.lay_out(assessment, rules=["guidance", "speed"], rater=cast.reader.user)
    client = signed_in(cast.reader)

    html = client.get(reverse("questionnaire", args=[assessment.pk, "guidance"])).content.decode()

    assert client.get(page_of(assessment)).status_code == 404
    assert html.count('class="stepper-name"') == 2
    assert "Support (en)" not in html
