"""What WeasyPrint works out anew for every box and line, though its style decides it: kept with the style instead.

Each function here stands for one of WeasyPrint’s (`STANDING_IN`), gives what that gives, and leaves to it whatever is
out of the ordinary. The test holds the sources of those against what was read when this was written: a new version is
read before it is taken.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from types import NoneType
from typing import Any

from weasyprint import css, svg
from weasyprint.css import computed_values, functions
from weasyprint.css.properties import INHERITED, INITIAL_NOT_COMPUTED, INITIAL_VALUES, Dimension
from weasyprint.layout import percent
from weasyprint.text import line_break
from weasyprint.text.constants import PANGO_DIRECTION
from weasyprint.text.ffi import ffi, gobject, pango, unicode_to_char_p
from weasyprint.text.fonts import font_features, get_font_description

SIDES = ("top", "right", "bottom", "left")
LENGTHS = (
    *(f"{kind}_{side}" for kind in ("margin", "padding") for side in SIDES),
    *(f"{bound}{axis}" for axis in ("width", "height") for bound in ("", "min_", "max_")),
)
BORDERS = tuple(f"border_{side}_width" for side in SIDES)
NEVER_NEGATIVE = ("min_width", "min_height")
# What no calculation stands in, whatever it says.
PLAIN = frozenset({str, int, float, bool, NoneType, Dimension})
FROM_OTHERS = ("float", "display", "position", "page")  # computed with each other, or from what stands around
FEATURES = (
    "font_kerning",
    "font_variant_ligatures",
    "font_variant_position",
    "font_variant_caps",
    "font_variant_numeric",
    "font_variant_alternates",
    "font_variant_east_asian",
    "font_feature_settings",
)
LETTER_BY_LETTER = frozenset({"dx", "dy", "rotate", "letter-spacing", "textLength"})


# Values -------------------------------------------------------------------------------------------------------------
def _check_math(token: Any) -> bool | None:
    """Most values are words and lengths, or a few of them."""
    kind = type(token)
    if kind in PLAIN:
        return None
    if kind is tuple and all(type(item) in PLAIN for item in token):
        return False
    return _original_check_math(token)


def _missing(style: Any, key: str) -> Any:
    """A property that no rule sets is inherited, or has its initial value."""
    if key in style.cascaded or any(logical in style.cascaded for logical in LOGICAL.get(key, ())):
        return _original_missing(style, key)
    if key in INITIAL_AS_IT_IS:
        value = style[key] = INITIAL_VALUES[key]
        return value
    if key in INHERITED_AS_IT_IS and style.parent_style is not None:
        value = style.parent_style[key]
        if type(value) in PLAIN:
            style[key] = value
            return value
    return _original_missing(style, key)


# Lengths ------------------------------------------------------------------------------------------------------------
def _resolve_percentages(box: Any, containing_block: Any) -> None:
    """Nearly no length of ours is a share of what stands around it."""
    style = box.style
    try:
        lengths = style.lengths_kept
    except AttributeError:
        lengths = style.lengths_kept = _lengths_of(style)
    if lengths is None:
        _original_resolve_percentages(box, containing_block)
        return
    own = box.__dict__
    own.update(lengths)
    joined = style["border_collapse"] == "collapse"
    for name in BORDERS:
        if not (joined and hasattr(box, name)):  # joined borders are settled before
            own[name] = style[name]


def _lengths_of(style: Any) -> dict[str, Any] | None:
    """Those of a box of this style, wherever it stands; None where that decides."""
    if style["box_sizing"] != "content-box":
        return None
    lengths: dict[str, Any] = {}
    for name in LENGTHS:
        value = style[name]
        if value == "auto":
            lengths[name] = 0 if name in NEVER_NEGATIVE else value
        elif type(value) is Dimension and value.unit == "px":
            lengths[name] = value.value
        else:
            return None
    return lengths


# Text ---------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True, slots=True)
class _Face:
    """How text of one style is drawn, as Pango takes it."""

    context: Any
    description: Any
    language: Any
    features: Any  # None: those of the font as it is


def _setup(layout: Any, style: Any) -> None:
    """A Pango layout for text of this style: what stands round it is made once a style."""
    try:
        face = style.face_kept
    except AttributeError:
        face = style.face_kept = _face_of(style)
    if face is None:
        _original_setup(layout, style)
        return
    layout.style, layout.language, layout.first_line_direction = style, face.language, 0
    layout.ascent = layout.underline_position = layout.strikethrough_position = None
    layout.layout = ffi.gc(pango.pango_layout_new(face.context), gobject.g_object_unref)
    pango.pango_layout_set_auto_dir(layout.layout, False)
    pango.pango_layout_set_font_description(layout.layout, face.description)
    if face.features is not None:
        attributes = pango.pango_attr_list_new()
        pango.pango_attr_list_insert(attributes, face.features)
        pango.pango_layout_set_attributes(layout.layout, attributes)


def _face_of(style: Any) -> _Face | None:
    """None where text is underlined, or tells its language otherwise."""
    is_plain = style["text_decoration_line"] == "none" and style["font_language_override"] == "normal"
    if not is_plain or not style["lang"]:
        return None
    context = ffi.gc(pango.pango_font_map_create_context(style.font_config.font_map), gobject.g_object_unref)
    pango.pango_context_set_round_glyph_positions(context, False)
    pango.pango_context_set_base_dir(context, PANGO_DIRECTION[style["direction"]])
    written, _kept = unicode_to_char_p(style["lang"])
    language = pango.pango_language_from_string(written)
    pango.pango_context_set_language(context, language)
    return _Face(
        context=context, description=get_font_description(style), language=language, features=_features_of(style)
    )


def _features_of(style: Any) -> Any:
    features = font_features(*(style[name] for name in FEATURES))
    if not features:
        return None
    said = ",".join(f"{name} {value}" for name, value in features.items()).encode()
    return style.font_config.font_features.setdefault(said, pango.pango_attr_font_features_new(said))


class _Run(str):
    """A text that is one letter to whoever goes through it."""

    __slots__ = ()

    def __iter__(self) -> Iterator[str]:
        yield str(self)


def _text(drawing: Any, node: Any, font_size: float) -> None:
    """Text of a chart in one run: letter by letter only where their places are given one by one."""
    if node.text and not LETTER_BY_LETTER.intersection(node.attrib):
        node._etree_node.text = _Run(node.text)
    _original_text(drawing, node, font_size)


# Put in place -------------------------------------------------------------------------------------------------------
_original_check_math = functions.check_math
_original_missing = css.ComputedStyle.__missing__
_original_resolve_percentages = percent.resolve_percentages
_original_setup = line_break.Layout.setup
_original_text = svg.text
# Of each property its names that follow the direction of writing.
LOGICAL = {
    key: tuple({name(block="ttb", inline=direction) for direction in ("ltr", "rtl")})
    for key, name in computed_values.PHYSICAL_FUNCTIONS.items()
}
INITIAL_AS_IT_IS = frozenset(
    key
    for key in INITIAL_VALUES
    if not (key in INHERITED or key in INITIAL_NOT_COMPUTED or key in FROM_OTHERS or key.startswith("text_decoration_"))
)
INHERITED_AS_IT_IS = frozenset(key for key in INHERITED if not key.startswith("text_decoration_"))
STANDING_IN = (
    (_original_check_math, _check_math),
    (_original_resolve_percentages, _resolve_percentages),
    (_original_text, _text),
)
ORIGINALS = (*(original for original, _ours in STANDING_IN), _original_missing, _original_setup)


def be_thrifty() -> None:
    """From now on, in this process; repeating it changes nothing."""
    css.ComputedStyle.__missing__ = _missing  # type: ignore[method-assign]
    line_break.Layout.setup = _setup  # type: ignore[method-assign]
    svg.TAGS["text"] = _text
    modules = [module for name, module in sys.modules.items() if name.startswith("weasyprint.")]
    for original, ours in STANDING_IN:
        for module in modules:  # each has taken it under its name
            if module.__dict__.get(original.__name__) is original:
                setattr(module, original.__name__, ours)
