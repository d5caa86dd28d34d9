"""What an organisation's own letter may name, and the one environment that reads it: nothing in a letter is executed.

Names of the list, loops and conditions over them; whatever else the language of templates knows (calls, filters,
attributes, arithmetic, other files) is refused by name before a single letter is filled in, and again at each filling.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from groundwork.refusals import Refusal
from reports.models import LetterKind

MOST_BLOCKS = 60  # loops and conditions in one part of a letter


class TemplateRefused(Refusal):
    """The file cannot become a letter; the message says what to change."""

    field = "file"


@dataclass(frozen=True, kw_only=True)
class Placeholder:
    """`parts`: what one entry of a list has; none for a single text. `needed`: in which letters its absence is told."""

    name: str
    told: Promise
    parts: tuple[str, ...] = ()
    needed: tuple[LetterKind, ...] = ()

    @property
    def written(self) -> str:
        """As it stands in a letter; of a list the loop."""
        if not self.parts:
            return f"{{{{ {self.name} }}}}"
        said = " ".join(f"{{{{ entry.{part} }}}}" if part else "{{ entry }}" for part in self.parts)
        return " ".join(("{%p for entry in", self.name, "%}", said, "{%p endfor %}"))


EVERY = tuple(LetterKind)
WITH_RESULT = (LetterKind.RESULT, LetterKind.CLOSING)
KNOWN = {
    one.name: one
    for one in (
        Placeholder(name="organisation", told=gettext_lazy("the name of your organisation")),
        Placeholder(name="organisation_address", told=gettext_lazy("your address, from the letterhead")),
        Placeholder(name="logo", told=gettext_lazy("your logo, from the letterhead")),
        Placeholder(name="foot", told=gettext_lazy("the foot of the page, from the letterhead")),
        Placeholder(name="vendor", told=gettext_lazy("the name of the vendor"), needed=EVERY),
        Placeholder(name="contact", told=gettext_lazy("the name of the contact"), needed=EVERY),
        Placeholder(name="contact_job", told=gettext_lazy("the function of the contact")),
        Placeholder(name="contact_address", told=gettext_lazy("the address that you typed for the letter")),
        Placeholder(name="place_and_date", told=gettext_lazy("place and day, as letters of the language write them")),
        Placeholder(name="place", told=gettext_lazy("the place of writing")),
        Placeholder(name="date", told=gettext_lazy("the day of the letter")),
        Placeholder(name="reference", told=gettext_lazy("the number of what it is about"), needed=EVERY),
        Placeholder(name="subject", told=gettext_lazy("the subject in our words")),
        Placeholder(name="salutation", told=gettext_lazy("the salutation in our words")),
        Placeholder(name="paragraphs", told=gettext_lazy("a list: the paragraphs in our words"), parts=("",)),
        Placeholder(name="own_text", told=gettext_lazy("the paragraph of your own"), needed=EVERY),
        Placeholder(name="period", told=gettext_lazy("the period of the assessment")),
        Placeholder(name="incident", told=gettext_lazy("the reference of the incident")),
        Placeholder(name="result", told=gettext_lazy("the result in a sentence"), needed=WITH_RESULT),
        Placeholder(
            name="rules",
            told=gettext_lazy("a list: the seven rules, each with number, name, mark and status"),
            parts=("number", "name", "mark", "status"),
        ),
        Placeholder(
            name="requests",
            told=gettext_lazy("a list: at most three requests, each with number, what and due"),
            parts=("number", "what", "due"),
            needed=EVERY,
        ),
        Placeholder(
            name="reply", told=gettext_lazy("the sentence about the right of reply"), needed=(LetterKind.RESULT,)
        ),
        Placeholder(name="deadline", told=gettext_lazy("by when an answer is asked for")),
        Placeholder(name="closing", told=gettext_lazy("the closing in our words")),
        Placeholder(name="sender", told=gettext_lazy("who signs"), needed=EVERY),
    )
}
LISTS = {name for name, one in KNOWN.items() if one.parts}


class LetterEnvironment(ImmutableSandboxedEnvironment):
    """Reads every part of a letter through `check`, whoever asks: a part that nobody thought of is checked too."""

    def __init__(self) -> None:
        super().__init__(autoescape=True, undefined=StrictUndefined)
        self.filters, self.tests, self.globals = {}, {}, {}

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        check(tree)
        return tree


def named_in(source: str) -> set[str]:
    """The placeholders of a text. Raises TemplateRefused for one that is unknown, and for whatever is none."""
    try:
        tree = LetterEnvironment().parse(source)
    except TemplateSyntaxError as fault:
        told = {"fault": fault.message or ""}
        raise TemplateRefused(
            _("Braces or a loop are not closed, or something in them cannot be read: %(fault)s") % told
        ) from fault
    except (RecursionError, ValueError) as fault:  # a thousand brackets, a number of a thousand digits
        raise TemplateRefused(_("What stands between braces is too long: only placeholders of the list do.")) from fault
    return {node.name for node in tree.find_all(nodes.Name)} & KNOWN.keys()


def missing(kind: LetterKind, names: set[str]) -> list[Placeholder]:
    """What a letter of this kind should say and does not."""
    return [one for one in KNOWN.values() if kind in one.needed and one.name not in names]


def check(tree: nodes.Template) -> None:
    """Raises TemplateRefused for the first thing that is neither text, nor a placeholder, nor a plain loop over one."""
    walk = _Walk()
    walk.each(tree.body)


class _Walk:
    def __init__(self) -> None:
        self.blocks = 0
        self.entry: tuple[str, str] | None = None  # the name of the loop's entry, and of its list

    def each(self, body: Sequence[nodes.Node]) -> None:
        for node in body:
            self.one(node)

    def one(self, node: nodes.Node) -> None:
        if isinstance(node, nodes.TemplateData):
            return
        if isinstance(node, nodes.Output):
            self.each(node.nodes)
        elif isinstance(node, nodes.Name | nodes.Getattr):
            self._value(node)
        elif isinstance(node, nodes.If):
            self._condition(node)
        elif isinstance(node, nodes.For):
            self._loop(node)
        else:
            raise _refused(node)

    def _count(self) -> None:
        self.blocks += 1
        if self.blocks > MOST_BLOCKS:
            raise TemplateRefused(_("There are too many loops and conditions in it: 60 are read at most."))

    def _condition(self, node: nodes.If) -> None:
        self._count()
        self._test(node.test)
        self.each(node.body)
        for other in node.elif_:
            self._condition(other)
        self.each(node.else_)

    def _test(self, node: nodes.Node) -> None:
        if isinstance(node, nodes.Not):
            self._test(node.node)
        elif isinstance(node, nodes.And | nodes.Or):
            self._test(node.left)
            self._test(node.right)
        elif isinstance(node, nodes.Name | nodes.Getattr):
            self._value(node, tested=True)
        else:
            raise _refused(node)

    def _loop(self, node: nodes.For) -> None:
        self._count()
        if self.entry is not None:
            raise TemplateRefused(_("A loop stands within a loop: put one behind the other."))
        if not isinstance(node.iter, nodes.Name) or node.iter.name not in LISTS:
            lists = ", ".join(sorted(LISTS))
            raise TemplateRefused(_("A loop goes over one of these lists alone: %(lists)s.") % {"lists": lists})
        if node.test is not None or node.recursive or not isinstance(node.target, nodes.Name):
            raise TemplateRefused(_("Write loops as “for entry in requests”, without anything more."))
        if node.target.name in KNOWN or node.target.name.startswith("_"):
            told = {"name": node.target.name}
            raise TemplateRefused(_("Call the entry of the loop something else than “%(name)s”.") % told)
        self.entry = (node.target.name, node.iter.name)
        self.each(node.body)
        self.entry = None
        self.each(node.else_)

    def _value(self, node: nodes.Name | nodes.Getattr, *, tested: bool = False) -> None:
        if isinstance(node, nodes.Getattr):
            self._part(node)
        elif self.entry is not None and node.name == self.entry[0]:
            if KNOWN[self.entry[1]].parts != ("",):
                parts = ", ".join(KNOWN[self.entry[1]].parts)
                told = {"name": node.name, "parts": parts}
                raise TemplateRefused(_("Say which part of “%(name)s” you mean: %(parts)s.") % told)
        elif node.name not in KNOWN:
            raise _unknown(node.name, [*KNOWN, *([self.entry[0]] if self.entry else [])])
        elif node.name in LISTS and not tested:
            told = {"name": node.name}
            raise TemplateRefused(_("“%(name)s” is a list: go through it with a loop.") % told)

    def _part(self, node: nodes.Getattr) -> None:
        if not isinstance(node.node, nodes.Name):
            raise _refused(node)
        whole = f"{node.node.name}.{node.attr}"
        if self.entry is None or node.node.name != self.entry[0]:
            raise _unknown(whole, KNOWN)
        parts = KNOWN[self.entry[1]].parts
        if node.attr not in parts or not node.attr:
            raise _unknown(whole, [f"{self.entry[0]}.{part}" for part in parts if part])


def _unknown(name: str, known: Sequence[str] | Mapping[str, Any]) -> TemplateRefused:
    near = get_close_matches(name, list(known), n=1, cutoff=0.5)
    if near:
        told = {"name": name, "near": near[0]}
        return TemplateRefused(_("There is no placeholder “%(name)s”. Do you mean “%(near)s”?") % told)
    return TemplateRefused(
        _("There is no placeholder “%(name)s”: the list of them stands on this page.") % {"name": name}
    )


def _refused(node: nodes.Node) -> TemplateRefused:
    told = {"what": _called(node)}
    return TemplateRefused(_("Only placeholders of the list are filled in; %(what)s is not allowed.") % told)


def _called(node: nodes.Node) -> str:
    names = {
        nodes.Filter: _("a filter (“|”)"),
        nodes.Call: _("a call (“(…)”)"),
        nodes.Getattr: _("an attribute (“.”)"),
        nodes.Getitem: _("an index (“[…]”)"),
        nodes.Include: "include",
        nodes.Import: "import",
        nodes.FromImport: "from … import",
        nodes.Extends: "extends",
        nodes.Macro: "macro",
        nodes.CallBlock: "call",
        nodes.Assign: "set",
        nodes.AssignBlock: "set",
        nodes.Block: "block",
        nodes.With: "with",
        nodes.FilterBlock: "filter",
    }
    calculated = _("calculating (“%(kind)s”)") % {"kind": type(node).__name__}
    return next((str(name) for kind, name in names.items() if isinstance(node, kind)), calculated)
