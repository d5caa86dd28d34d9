"""What was typed, put back into the form of a page: into its HTML as it was drawn, so that each form has it, however it
was made. Everything else of the page stays as it is, to the letter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from typing import Protocol
from urllib.parse import urljoin, urlsplit

Fields = Mapping[str, Sequence[str]]
Attributes = dict[str, str | None]
NEVER_FILLED = {"hidden", "password", "file", "submit", "button", "image", "reset"}


@dataclass(frozen=True, kw_only=True)
class Edit:
    """What stands from `start` to `end` is replaced."""

    start: int
    end: int
    text: str


@dataclass(kw_only=True)
class Control:
    tag: str
    attributes: Attributes
    start: int  # of its tag
    end: int
    content_end: int = 0  # of a textarea
    options: list[Control] = field(default_factory=list)
    text: str = ""  # of an option

    @property
    def name(self) -> str:
        return self.attributes.get("name") or ""

    @property
    def kind(self) -> str:
        return (self.attributes.get("type") or "text").lower() if self.tag == "input" else self.tag

    @property
    def value(self) -> str:
        if self.tag == "option" and "value" not in self.attributes:
            return " ".join(self.text.split())
        return self.attributes.get("value") or ("on" if self.kind in ("checkbox", "radio") else "")

    @property
    def is_stamp(self) -> bool:
        """The version on which was written: with a newer one, what was typed would silently replace it."""
        return self.kind == "hidden" and (self.name in ("version", "seen") or self.name.endswith(("-version", "-seen")))

    @property
    def is_filled(self) -> bool:
        return self.is_stamp or self.kind not in NEVER_FILLED


@dataclass(kw_only=True)
class Form:
    attributes: Attributes
    start: int
    end: int
    controls: list[Control] = field(default_factory=list)

    def goes_to(self, action: str, page: str) -> bool:
        """Itself, or by one of its buttons."""
        targets = [self.attributes.get("action")]
        targets += [control.attributes["formaction"] for control in self.controls if "formaction" in control.attributes]
        return any(urlsplit(urljoin(page, target or "")).path == action for target in targets)

    def likeness(self, fields: Fields) -> tuple[int, int]:
        """How many of the fields it has, and how many of its hidden ones say the same."""
        names = {control.name for control in self.controls}
        hidden = [control for control in self.controls if control.kind == "hidden" and not control.is_stamp]
        return (
            sum(name in names for name in fields),
            sum(control.value in fields.get(control.name, ()) for control in hidden),
        )


class Notice(Protocol):
    """What is said before the form, as HTML: `left` has no place on the page any more; `found`: the form is there."""

    def __call__(self, left: Fields, *, found: bool) -> str: ...


class Page(HTMLParser):
    """The forms of a page with their controls, and where in the text each stands."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self._lines = [0]
        for line in html.split("\n"):
            self._lines.append(self._lines[-1] + len(line) + 1)
        self.forms: list[Form] = []
        self.main_end: int | None = None  # behind the tag that begins the content
        self._open: Form | None = None
        self._select: Control | None = None
        self._textarea: Control | None = None
        self._elsewhere: list[Control] = []  # controls that name their form
        self.feed(html)
        self.close()
        for control in self._elsewhere:
            for form in self.forms:
                if form.attributes.get("id") == control.attributes.get("form"):
                    form.controls.append(control)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        start, attributes = self._offset(), dict(attrs)
        end = start + len(self.get_starttag_text() or "")
        if tag == "form":
            self._open = Form(attributes=attributes, start=start, end=end)
            if (attributes.get("method") or "").lower() == "post":
                self.forms.append(self._open)
        elif tag == "main" or (tag == "div" and attributes.get("id") == "content"):
            self.main_end = self.main_end or end
        elif tag in ("input", "textarea", "select", "button"):
            self._add(Control(tag=tag, attributes=attributes, start=start, end=end))
        elif tag == "option" and self._select is not None:
            self._select.options.append(Control(tag=tag, attributes=attributes, start=start, end=end))

    def handle_data(self, data: str) -> None:
        if self._select is not None and self._select.options:
            self._select.options[-1].text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea" and self._textarea is not None:
            self._textarea.content_end = self._offset()
            self._textarea = None

    def _add(self, control: Control) -> None:
        if "form" in control.attributes:
            self._elsewhere.append(control)
        elif self._open is not None:
            self._open.controls.append(control)
        self._select = control if control.tag == "select" else self._select
        self._textarea = control if control.tag == "textarea" else self._textarea

    def _offset(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column


def fill(html: str, fields: Fields, *, action: str, page: str, notice: Notice) -> str:
    """`action`: the path that the form was sent to. `page`: the address of the page. The notice stands before the form;
    where that is gone, at the top of the content."""
    drawn = Page(html)
    candidates = [form for form in drawn.forms if form.goes_to(action, page)]
    if not candidates:
        return _edited(html, _told(drawn.main_end, notice(_said(fields), found=False)))
    form = max(candidates, key=lambda one: one.likeness(fields))
    left = {name: list(values) for name, values in fields.items()}
    edits = [edit for control in form.controls for edit in _refilled(control, fields, left)]
    for control in form.controls:  # which button was pressed, and what the page fills in by itself, is of no interest
        if control.kind in NEVER_FILLED:
            left.pop(control.name, None)
    marked = _tag("form", {**form.attributes, "data-kept": ""})
    edits += [
        *_told(form.start, notice(_said(left), found=True)),
        Edit(start=form.start, end=form.end, text=marked),
    ]
    return _edited(html, edits)


def _said(fields: Fields) -> Fields:
    return {name: values for name, values in fields.items() if any(values)}


def _told(place: int | None, notice: str) -> list[Edit]:
    return [] if place is None else [Edit(start=place, end=place, text=notice)]


def _refilled(control: Control, fields: Fields, left: dict[str, list[str]]) -> list[Edit]:
    """The edits of one control; what it takes is struck off `left`."""
    if not control.name or not control.is_filled:
        return []
    if control.kind in ("checkbox", "radio"):
        return [_chosen(control, "checked", fields.get(control.name, ()), left)]
    if control.tag == "select":
        said = fields.get(control.name)
        return [] if said is None else [_chosen(one, "selected", said, left, control.name) for one in control.options]
    waiting = left.get(control.name)
    if not waiting:
        return []
    value = waiting.pop(0)
    if control.tag == "textarea":
        return [Edit(start=control.end, end=control.content_end, text=f"\n{escape(value)}")]
    return [Edit(start=control.start, end=control.end, text=_tag("input", {**control.attributes, "value": value}))]


def _chosen(control: Control, attribute: str, said: Sequence[str], left: dict[str, list[str]], name: str = "") -> Edit:
    attributes = {key: value for key, value in control.attributes.items() if key != attribute}
    if control.value in said:
        attributes[attribute] = ""
        waiting = left.get(name or control.name, [])
        if control.value in waiting:
            waiting.remove(control.value)
    return Edit(start=control.start, end=control.end, text=_tag(control.tag, attributes))


def _tag(name: str, attributes: Attributes) -> str:
    said = (f" {key}" if value is None else f' {key}="{escape(value)}"' for key, value in attributes.items())
    return f"<{name}{''.join(said)}>"


def _edited(html: str, edits: Iterable[Edit]) -> str:
    """The edits do not overlap; of two at one place, the first comes first."""
    parts, at = [], 0
    for edit in sorted(edits, key=lambda edit: edit.start):
        parts += [html[at : edit.start], edit.text]
        at = edit.end
    return "".join([*parts, html[at:]])
