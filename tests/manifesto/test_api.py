"""An edition whole, for other systems, and the glossary."""

from __future__ import annotations

import pytest

from accounts.models import Role
from config.knowhow.glossary import terms
from manifesto.models import ReleaseState, Rule, RuleGuide
from tests.factories import Cast, make_member, make_release
from tests.reports.api.asking import Asker, cost

pytestmark = pytest.mark.django_db


def test_an_edition_comes_whole_in_three_languages(cast: Cast) -> None:
    release, asker = make_release(edition="2026.1", supplementary=1), Asker(cast.reader)
    texts = {f"{name}_{code}": f"{name} {code}" for name in ("good", "asking") for code in ("en", "fr", "nl")}
    RuleGuide.objects.create(rule=Rule.objects.get(release=release, key="support"), **texts)
    answer = asker.get("/editions/2026.1")
    body = answer.json()
    assert [rule["key"] for rule in body["rules"]][4] == "speed"
    question = body["rules"][4]["questions"][0]
    assert (question["key"], question["number"], question["weight"]) == ("speed-1", "5.1", "1.00")
    assert question["levels"][1] == {
        **{"grade": 1, "text": {code: f"speed question 1 level 1 ({code})" for code in ("en", "fr", "nl")}}
    }
    assert [one["supplementary"] for one in body["rules"][4]["questions"]] == [False, False, True]
    assert body["rules"][0]["guide"]["asking"] == {code: f"asking {code}" for code in ("en", "fr", "nl")}
    assert body["rules"][1]["guide"] is None
    assert asker.get("/editions/2026.1", **{"If-None-Match": answer["ETag"]}).status_code == 304
    assert cost(asker, "/editions/2026.1") == 4
    outside = Asker(make_member(cast.organisation, "outside", Role.RATER)).get("/editions/2026.1").json()
    guide = outside["rules"][0]["guide"]
    assert (guide["asking"], guide["good"]["nl"]) == (None, "good nl")  # how to ask is for who sits at the table


def test_a_draft_is_nobodys_yet(cast: Cast) -> None:
    make_release(edition="2027.1", state=ReleaseState.DRAFT)
    asker = Asker(cast.reader)
    assert asker.get("/editions/2027.1").status_code == 404
    assert asker.get("/editions/none").status_code == 404
    assert asker.get("/editions/%00").status_code == 422


def test_the_glossary_has_each_term_in_three_languages(cast: Cast) -> None:
    asker = Asker(cast.reader)
    answer = asker.get("/glossary")
    told = answer.json()["terms"]
    assert [term["key"] for term in told] == [term.key for term in terms()]
    assert all(term[code]["term"] and term[code]["text"] for term in told for code in ("en", "fr", "nl"))
    assert asker.get("/glossary", **{"If-None-Match": answer["ETag"]}).status_code == 304
