"""A page without a browser: what stands on it, and its forms sent as a browser without JavaScript sends them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

import tinyhtml5
from cssselect2 import ElementWrapper
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.browser.job import Words, plain

TEXTS = {None, "text", "hidden", "email", "date", "number", "search", "url"}  # inputs that are sent as they stand


class Sheet:
    """The page at `path`, as this client sees it in the language of its browser."""

    def __init__(self, client: Client, path: str, words: Words) -> None:
        self._client, self._words = client, words
        self.go(path)

    def go(self, path: str, *, status: int = 200) -> None:
        self._read(self._client.get(path, follow=True, headers=self._headers), status)

    @property
    def _headers(self) -> dict[str, str]:
        return {"accept-language": self._words.language}

    def _read(self, reply: Any, status: int = 200) -> None:
        assert reply.status_code == status, (reply.request["PATH_INFO"], reply.status_code)
        self.path = reply.request["PATH_INFO"]
        self.content = reply.content.decode()
        self._files: dict[str, SimpleUploadedFile] = {}
        self._root = ElementWrapper.from_html_root(tinyhtml5.parse(self.content, namespace_html_elements=False))

    # What stands on it ----------------------------------------------------------------------------------------------
    @property
    def language(self) -> str | None:
        return self._root.etree_element.get("lang")

    def all(self, selector: str) -> list[ElementWrapper]:
        return list(self._root.query_all(selector))

    def one(self, selector: str) -> ElementWrapper:
        found = self.all(selector)
        assert len(found) == 1, f"{selector}: {len(found)} on {self.path}"
        return found[0]

    def text(self, selector: str = "body") -> str:
        return text_of(self.one(selector))

    def link(self, name: str, within: str = "main") -> str:
        """The address behind the first link whose text contains this."""
        return next(
            link.etree_element.attrib["href"] for link in self.all(f"{within} a[href]") if name in text_of(link)
        )

    # Filling in and sending -----------------------------------------------------------------------------------------
    def fill(self, selector: str, value: str) -> None:
        field = self.one(selector)
        if field.local_name == "textarea":
            field.etree_element.text = value
        elif field.local_name == "select":
            for option in field.query_all("option"):
                option.etree_element.attrib.pop("selected", None)
            next(field.query_all(f"option[value='{value}']")).etree_element.set("selected", "")
        else:
            field.etree_element.set("value", value)

    def check(self, selector: str) -> None:
        box = self.one(selector).etree_element
        if box.get("type") == "radio":
            for other in self.all(f"input[type=radio][name='{box.get('name')}']"):
                other.etree_element.attrib.pop("checked", None)
        box.set("checked", "")

    def uncheck(self, selector: str) -> None:
        self.one(selector).etree_element.attrib.pop("checked", None)

    def attach(self, selector: str, name: str, content: bytes) -> None:
        field = self.one(selector).etree_element
        self._files[field.attrib["name"]] = SimpleUploadedFile(name, content, "text/plain")

    def press(self, name: str, *, within: str = "main", **values: object) -> None:
        """The button that says this."""
        self.press_button(within, self._words.say(name, **values))

    def confirm(self, name: str, **values: object) -> None:
        """By the link to the page that says what is at stake, and by the button of the same name there."""
        self.go(self.link(self._words.say(name, **values)))
        assert self.all(".form-actions")
        self.press(name, **values)

    def press_button(self, within: str, text: str = "") -> None:
        buttons = [
            button for button in self.all(f"{within} button")
            if button.etree_element.get("aria-hidden") != "true" and text in ("", text_of(button))
        ]  # fmt: skip
        assert len(buttons) == 1, f"{text}: {len(buttons)} on {self.path}"
        button = buttons[0].etree_element
        form = self._form_of(buttons[0])
        data: dict[str, Any] = {}
        for field in self._fields(form):
            for value in _values(field.etree_element):
                data.setdefault(field.etree_element.attrib["name"], []).append(value)
        if name := button.get("name"):
            data[name] = [button.get("value", "")]
        action = button.get("formaction") or form.etree_element.get("action") or self.path
        assert form.etree_element.get("method", "get").lower() == "post"
        self._read(self._client.post(action, {**data, **self._files}, follow=True, headers=self._headers))

    def _form_of(self, button: ElementWrapper) -> ElementWrapper:
        if identity := button.etree_element.get("form"):
            return self.one(f"form[id='{identity}']")
        form = button
        while form.local_name != "form":
            form = form.parent
        return form

    def _fields(self, form: ElementWrapper) -> Iterator[ElementWrapper]:
        named = ("input[name]", "select[name]", "textarea[name]")
        yield from form.query_all(", ".join(f"{field}:not([form]):not([disabled])" for field in named))
        if identity := form.etree_element.get("id"):
            yield from self._root.query_all(", ".join(f"{field}[form='{identity}']" for field in named))


def _values(field: Element) -> list[str]:
    """What the field adds to what is sent."""
    if field.tag == "textarea":
        return [field.text or ""]
    if field.tag == "select":
        options = list(field.iter("option"))
        chosen = [option for option in options if option.get("selected") is not None]
        return [_value_of(option) for option in chosen or options[: 0 if field.get("multiple") is not None else 1]]
    if field.get("type") in ("radio", "checkbox"):
        return [field.get("value", "on")] if field.get("checked") is not None else []
    return [field.get("value", "")] if field.get("type") in TEXTS else []


def _value_of(option: Element) -> str:
    return option.get("value", "".join(option.itertext()))


def text_of(part: ElementWrapper) -> str:
    return plain("".join(part.etree_element.itertext()))
