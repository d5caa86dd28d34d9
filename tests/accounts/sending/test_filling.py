"""What was typed, put back into the HTML of a page."""

from __future__ import annotations

from html import escape, unescape

from hypothesis import given
from hypothesis import strategies as st

from accounts.sending.filling import Fields, Page, fill

PAGE = """<!doctype html><html><body><main id="main">
<form method="get" action="/things/"><input name="title" value="a search"></form>
<form class="form" method="post">
  <input type="hidden" name="csrfmiddlewaretoken" value="fresh">
  <input type="hidden" name="kind" value="of the page">
  <input type="hidden" name="version" value="4">
  <label>Title <input type="text" name="title" value="" required></label>
  <textarea name="note" rows="3">
stored</textarea>
  <select name="who"><option value="">-</option><option value="1" selected>One</option>
    <option value="2">Two</option></select>
  <select name="days" multiple><option selected>Monday</option><option>Tuesday</option><option>Sunday</option></select>
  <input type="radio" name="way" value="mail" checked><input type="radio" name="way" value="copy">
  <input type="checkbox" name="sure"><input type="checkbox" name="told" checked>
  <input type="password" name="password">
  <button name="then" value="stay">Save</button>
</form></main></body></html>"""


def said(left: Fields, *, found: bool) -> str:
    return f'<p id="said">{found} {escape(str(dict(left)))}</p>'


def filled(fields: Fields, *, page: str = PAGE, action: str = "/things/7/") -> str:
    return fill(page, fields, action=action, page="/things/7/", notice=said)


def values(html: str) -> dict[str, list[str]]:
    """What the form of a page would send."""
    [form] = Page(html).forms
    sent: dict[str, list[str]] = {}
    for control in form.controls:
        if control.kind in ("checkbox", "radio") and "checked" not in control.attributes:
            continue
        if control.tag == "textarea":
            sent[control.name] = [unescape(html[control.end : control.content_end]).removeprefix("\n")]
        elif control.tag == "select":
            sent[control.name] = [one.value for one in control.options if "selected" in one.attributes]
        else:
            sent.setdefault(control.name, []).append(control.value)
    return sent


def test_each_kind_of_field_takes_what_was_typed() -> None:
    typed = {
        "title": ['Ärger & "Stau" <b>'],
        "note": ["\n two\nlines"],
        "who": ["2"],
        "days": ["Tuesday", "Sunday"],
        "way": ["copy"],
        "sure": ["on"],
        "version": ["3"],
        "then": ["stay"],
    }
    sent = values(filled(typed))
    assert sent["title"] == ['Ärger & "Stau" <b>']
    assert sent["note"] == ["\n two\nlines"]
    assert (sent["who"], sent["days"], sent["way"]) == (["2"], ["Tuesday", "Sunday"], ["copy"])
    assert sent["sure"] == ["on"]
    assert "told" not in sent  # the tick had been taken away


def test_the_version_is_the_one_that_was_written_on_and_the_rest_of_what_is_hidden_the_page_s_own() -> None:
    sent = values(filled({"version": ["3"], "kind": ["forged"], "csrfmiddlewaretoken": ["old"], "title": ["x"]}))
    assert (sent["version"], sent["kind"], sent["csrfmiddlewaretoken"]) == (["3"], ["of the page"], ["fresh"])


def test_a_password_is_never_filled_in() -> None:
    assert values(filled({"password": ["hidden"], "title": ["x"]}))["password"] == [""]


def test_what_has_no_field_any_more_is_said_before_the_form() -> None:
    html = filled({"title": ["x"], "gone": ["a long text"], "days": ["Monday", "Friday"], "empty": [""]})
    assert escape(str({"gone": ["a long text"], "days": ["Friday"]})) in html
    assert html.index('id="said"') < html.index("csrfmiddlewaretoken")


def test_where_the_form_is_gone_all_of_it_is_said_at_the_top_of_the_content() -> None:
    html = filled({"note": ["typed"]}, action="/elsewhere/")
    assert '<main id="main"><p id="said">False' in html
    assert html.replace(said({"note": ["typed"]}, found=False), "") == PAGE


def test_of_two_forms_to_one_address_the_one_with_its_fields_is_filled() -> None:
    twins = PAGE.replace("</main>", '<form method="post"><input name="other"></form></main>')
    html = filled({"other": ["mine"]}, page=twins)
    assert '<input name="other" value="mine">' in html
    assert "stored</textarea>" in html


def test_a_button_that_leads_elsewhere_belongs_to_its_form() -> None:
    page = PAGE.replace('<button name="then"', '<button formaction="/things/7/undo/" name="then"')
    assert values(filled({"title": ["typed"]}, page=page, action="/things/7/undo/"))["title"] == ["typed"]


WORDS = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\r\0"), max_size=40)


@given(title=WORDS, note=WORDS)
def test_whatever_was_typed_comes_back_to_the_letter_and_nothing_else_moves(title: str, note: str) -> None:
    html = filled({"title": [title], "note": [note], "way": ["mail"], "told": ["on"]})
    sent, before = values(html), values(PAGE)
    [form] = Page(html).forms
    [area] = [control for control in form.controls if control.tag == "textarea"]
    assert html[area.end : area.content_end] == "\n" + escape(note)
    assert sent["title"] == [title] or (not title and sent["title"] == [""])
    assert {name: sent[name] for name in before if name not in ("title", "note")} == {
        name: said for name, said in before.items() if name not in ("title", "note")
    }
