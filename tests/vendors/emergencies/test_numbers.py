"""Numbers as people write them, and as a telephone dials them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vendors.emergencies.numbers import dialled


@pytest.mark.parametrize(
    ("written", "dials"),
    [
        ("+32 2 555 12 34", "tel:+3225551234"),
        ("+32 (0)2 555 12 34", "tel:+3225551234"),
        ("0032 2 555 12 34", "tel:+3225551234"),
        ("02/555.12.34", "tel:025551234"),
        ("(0)2 555 12 34", "tel:025551234"),
        ("112", "tel:112"),
        ("+31 20 555 0100 ext. 12", "tel:+31205550100;ext=12"),
        ("+32 2 555 12 34 toestel 7", "tel:+3225551234;ext=7"),
        ("+33 1 55 55 01 01 poste 204", "tel:+33155550101;ext=204"),
        ("*7000", "tel:*7000"),
        ("on the wall", ""),
        ("", ""),
    ],
)
def test_a_number_is_dialled_as_it_is_meant(written: str, dials: str) -> None:
    assert dialled(written) == dials


@given(st.text(max_size=40))
def test_a_link_never_holds_what_no_telephone_has(written: str) -> None:
    keys = dialled(written).removeprefix("tel:")
    assert all(key in "+*0123456789;ext=" or key.isdecimal() for key in keys)
