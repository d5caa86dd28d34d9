"""What the policy for contents blocks is heard: a walk in which something is blocked fails, an agreement and feedback
among them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visit, listen
from tests.factories import Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_style_that_is_blocked_is_heard(visit: Visit, cast: Cast) -> None:
    page: Page = visit("/vendors/", cast.assessor)
    heard: list[str] = []
    other = page.context.new_page()  # the window of the walk has ears of its own, and would fail it
    listen(other, heard)
    other.goto("/vendors/")
    other.evaluate("document.body.setAttribute('style', 'color: red')")
    other.wait_for_function("() => true")
    assert len(heard) == 1
    assert "inline style" in heard[0]
