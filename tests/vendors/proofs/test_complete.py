"""What is still missing of a proof."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.factories import TEXTS_OF_A_PROOF
from vendors.proofs.complete import ORDER, Considered, lacks_of

NETWORK = Considered(cause="The network", ruled_out_by="It carried other calls.")


def fields(texts: dict[str, str], *others: Considered, in_file: bool = False) -> list[str]:
    return [lack.field for lack in lacks_of(texts, others, in_file=in_file)]


def test_nothing_is_missing_where_all_is_said_and_another_cause_ruled_out() -> None:
    assert fields(TEXTS_OF_A_PROOF, NETWORK) == []


def test_each_lack_is_said_in_the_order_of_the_form() -> None:
    assert fields({}) == ["cause", "how_known", "assumptions", "other_causes", "prevention", "reach"]
    assert str(lacks_of({}, [])[1].words) == "Say how you know that this is the cause."


def test_a_reason_why_none_was_considered_stands_in_for_other_causes() -> None:
    assert fields(TEXTS_OF_A_PROOF) == ["other_causes"]
    assert fields(TEXTS_OF_A_PROOF | {"why_no_other": "The log names it."}) == []


def test_a_cause_without_the_fact_that_ruled_it_out_is_half_said() -> None:
    half = Considered(cause="The network")
    assert fields(TEXTS_OF_A_PROOF | {"why_no_other": "The log names it."}, NETWORK, half) == ["other_causes"]
    assert fields(TEXTS_OF_A_PROOF, NETWORK, Considered(cause=" ")) == []


def test_of_what_came_as_a_file_only_the_cause_is_wanted_in_words() -> None:
    assert fields({}, in_file=True) == ["cause"]
    assert fields({"cause": "The disk was full."}, in_file=True) == []


@given(st.sets(st.sampled_from([name for name in ORDER if name != "other_causes"])), st.booleans())
def test_exactly_what_is_not_written_is_missing(written: set[str], has_other: bool) -> None:
    texts = dict.fromkeys(written, "said") | {"how_known": " " if "how_known" not in written else "said"}
    wanted = [name for name in ORDER if (not has_other if name == "other_causes" else name not in written)]
    assert fields(texts, *([NETWORK] if has_other else [])) == wanted
