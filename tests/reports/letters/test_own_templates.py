"""An organisation's own letter: what is taken, what is refused and in which words, and what comes out of it."""

from __future__ import annotations

import re
import struct
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from hypothesis import example, given, settings
from hypothesis import strategies as st

from groundwork.clean_text import without_controls
from groundwork.languages import LANGUAGE_CODES
from reports.letters import filling, ours, own_templates, placeholders, samples
from reports.letters.placeholders import TemplateRefused
from reports.models import LetterKind
from tests.reports.letters.documents import changed, docx, replaced, saved, text_of, torn

RESULT = LetterKind.RESULT
GOOD = docx("{{ vendor }}", "{%p for one in requests %}", "{{ one.what }}", "{%p endfor %}")
RELS = "word/_rels/document.xml.rels"
RELATION = '<Relationship Id="rX" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}"'


def refusal(content: bytes) -> str:
    with pytest.raises(TemplateRefused) as refused:
        own_templates.check(RESULT, "en", content)
    return str(refused.value)


def fill(content: bytes, **said: object) -> str:
    letter = samples.content(RESULT, "en") | said
    return text_of(filling.filled(content, letter, made_at=samples.MADE_AT))


# What is taken --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", LetterKind)
def test_ours_pass_their_own_check_and_miss_nothing(kind: LetterKind) -> None:
    for language in LANGUAGE_CODES:
        names = own_templates.check(kind, language, ours.starter(kind, language))
        assert placeholders.missing(kind, names) == []
    assert "sender" in {one.name for one in placeholders.missing(kind, {"vendor"})}


def test_placeholders_that_word_tore_into_runs_are_filled_in() -> None:
    assert "Dear Robin Example." in fill(torn("Dear {", "{ cont", "act }", "}."))


def test_loops_and_conditions_of_the_list_are_followed() -> None:
    content = docx(
        "{% if own_text and not incident %}yes{% else %}no{% endif %}",
        "{%p for one in rules %}",
        "{{ one.number }} {{ one.mark }}",
        "{%p endfor %}",
    )
    assert fill(content).split("\n")[:4] == ["yes", "1 ●", "2 ●", "3 ◐"]


def test_rows_of_a_table_are_repeated() -> None:
    document = Document()
    table = document.add_table(rows=3, cols=1)
    for row, text in zip(table.rows, ("{%tr for one in requests %}", "{{ one.due }}", "{%tr endfor %}"), strict=True):
        row.cells[0].text = text
    assert fill(saved(document)).split("\n") == ["16\N{NO-BREAK SPACE}March 2026"] * 2


def test_heads_and_feet_are_read_and_filled_in() -> None:
    document = Document()
    document.add_paragraph("{{ vendor }}")
    document.sections[0].header.paragraphs[0].text = "{{ organisation }}"
    written = filling.filled(saved(document), samples.content(RESULT, "en"), made_at=samples.MADE_AT)
    assert Document(BytesIO(written)).sections[0].header.paragraphs[0].text == "Example Organisation"

    document.sections[0].footer.paragraphs[0].text = "{{ organisation.__class__ }}"
    assert "organisation.__class__" in refusal(saved(document))


def test_a_link_to_click_stays() -> None:
    link = RELATION.format(kind="hyperlink") + ' Target="https://example.org/" TargetMode="External"/></Relationships>'
    own_templates.check(RESULT, "en", replaced(GOOD, RELS, "</Relationships>", link))


def test_the_same_letter_is_the_same_bytes() -> None:
    one, other = (filling.filled(GOOD, samples.content(RESULT, "en"), made_at=samples.MADE_AT) for _ in range(2))
    assert one == other
    with zipfile.ZipFile(BytesIO(one)) as package:
        assert {entry.date_time for entry in package.infolist()} == {filling.FIRST_DAY}


# What is refused, by name ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{{ vender }}", "“vender”. Do you mean “vendor”?"),
        ("{{ secret }}", "no placeholder “secret”"),
        ("{% for one in requests %}{{ one.wath }}{% endfor %}", "Do you mean “one.what”?"),
        ("{{ ''.__class__ }}", "an attribute"),
        ("{{ vendor.__class__.__mro__ }}", "an attribute"),
        ("{{ vendor['__class__'] }}", "an index"),
        ("{{ vendor|upper }}", "a filter"),
        ("{{ vendor|attr('__class__') }}", "a filter"),
        ("{{ range(1000000000) }}", "a call"),
        ("{{ lipsum() }}", "a call"),
        ("{{ 'a' * 1000000000 }}", "calculating"),
        ("{{ 9**9**9 }}", "calculating"),
        ("{% for x in range(1000000000) %}{% endfor %}", "A loop goes over one of these lists"),
        ("{% for x in vendor %}{{ x }}{% endfor %}", "A loop goes over one of these lists"),
        ("{% for a in rules %}{% for b in rules %}x{% endfor %}{% endfor %}", "a loop"),
        ("{% for a in rules recursive %}x{% endfor %}", "without anything more"),
        ("{% for a in rules if a.number %}x{% endfor %}", "without anything more"),
        ("{% for vendor in rules %}x{% endfor %}", "something else than “vendor”"),
        ("{% for one in rules %}{{ loop.index }}{% endfor %}", "loop.index"),
        ("{{ rules }}", "is a list"),
        ("{% if vendor == 'x' %}y{% endif %}", "calculating"),
        ("{% if vendor is defined %}y{% endif %}", "calculating"),
        ("{% set x = 1 %}", "set is not allowed"),
        ("{% include '/etc/passwd' %}", "include is not allowed"),
        ("{% import 'x' as y %}", "import is not allowed"),
        ("{% extends 'x' %}", "extends is not allowed"),
        ("{% macro m() %}x{% endmacro %}", "macro is not allowed"),
        ("{% with x = 1 %}y{% endwith %}", "with is not allowed"),
        ("{% filter upper %}x{% endfilter %}", "filter is not allowed"),
        ("{{r vendor }}", "{{ name }}"),
        ("{%tc colspan 9 %}{% colspan 3 %}", "{{ name }}"),
        ("{% hm %}", "{{ name }}"),
        ("{{ vendor", "not closed"),
        ("{% for one in rules %}", "not closed"),
        ("{" * 2000, "too many placeholders"),
    ],
)
def test_what_is_no_placeholder_is_refused_by_name(text: str, told: str) -> None:
    assert told in refusal(docx(text))


def test_what_hides_from_the_reader_of_texts_is_refused_when_it_is_filled_in() -> None:
    """In an attribute, where no text stands; and in what the file says of itself, which nobody reads."""
    hidden = replaced(GOOD, "word/document.xml", "<w:p>", "<w:p w:rsidR=\"{{ ''.__class__ }}\">")
    assert "where no text of the letter is" in refusal(hidden)
    with pytest.raises(TemplateRefused, match="an attribute"):  # also where nobody had looked at it
        fill(hidden)

    document = Document()
    document.core_properties.title = "{{ ''.__class__ }}"
    written = filling.filled(saved(document), samples.content(RESULT, "en"), made_at=samples.MADE_AT)
    assert Document(BytesIO(written)).core_properties.title == ""


def test_a_torn_attack_is_an_attack() -> None:
    assert "an attribute" in refusal(torn("{", "{ ''.__cl", "ass__ }", "}"))


# What is refused of the package ---------------------------------------------------------------------------------------
def test_what_is_no_docx_is_refused() -> None:
    for content in (b"", b"%PDF-1.7", b"PK\x03\x04 nothing", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600):
        assert "no DOCX" in refusal(content)
    assert "no DOCX" in refusal(changed(GOOD, {"[Content_Types].xml": lambda _old: b""})[:-40])


def test_macros_and_objects_are_refused() -> None:
    assert "word/vbaProject.bin" in refusal(changed(GOOD, word__vbaProject_bin=b"x"))
    assert "word/embeddings/oleObject1.bin" in refusal(changed(GOOD, word__embeddings__oleObject1_bin=b"x"))
    main = "document.main+xml"
    macro = replaced(GOOD, "[Content_Types].xml", f"wordprocessingml.{main}", "macroEnabled.main+xml")
    assert "without macros" in refusal(macro)


@pytest.mark.parametrize(
    ("kind", "target", "told"),
    [
        ("attachedTemplate", "https://evil.example/t.dotm", "rests on a template elsewhere"),
        ("image", "https://evil.example/pixel.png", "evil.example/pixel.png"),
        ("image", "file:///etc/passwd", "/etc/passwd"),
        ("hyperlink", "file://server/share", "file://server/share"),
        ("oleObject", "https://evil.example/x", "evil.example"),
        ("frame", "https://evil.example/x", "evil.example"),
    ],
)
def test_what_is_fetched_from_elsewhere_is_refused(kind: str, target: str, told: str) -> None:
    relation = RELATION.format(kind=kind) + f' Target="{target}" TargetMode="External"/></Relationships>'
    assert told in refusal(replaced(GOOD, RELS, "</Relationships>", relation))


@pytest.mark.parametrize(
    "field",
    [
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>INCLUDE</w:instrText></w:r>'
        '<w:r><w:instrText>PICTURE "https://x"</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>',
        '<w:fldSimple w:instr=" DDEAUTO c:\\\\x "/>',
        "<w:r><w:instrText>INCLUDETEXT x</w:instrText></w:r>",
    ],
)
def test_fields_that_fetch_or_start_something_are_refused(field: str) -> None:
    assert "field" in refusal(replaced(GOOD, "word/document.xml", "</w:p>", f"{field}</w:p>"))


def test_entities_are_refused_before_they_grow() -> None:
    def declared(text: bytes, declaration: str) -> bytes:
        head, _, rest = text.partition(b"?>")
        return head + b"?>" + declaration.encode() + rest

    billion = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    external = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    for declaration in (f"{billion}]>", external):
        for part in ("word/document.xml", "word/styles.xml", "[Content_Types].xml", RELS):
            content = changed(GOOD, {part: lambda text, said=declaration: declared(text, said)})  # type: ignore[misc]
            assert "entities" in refusal(content) or "damaged" in refusal(content)


def test_bombs_are_refused_unopened() -> None:
    assert "too large" in refusal(changed(GOOD, word__media__a_png=b"\0" * (25 * 1024 * 1024)))
    assert "too many parts" in refusal(changed(GOOD, **{f"word__media__a{n}_png": b"x" for n in range(301)}))
    assert "too large" in refusal(b"PK" + b"x" * (3 * 1024 * 1024))
    assert "too large" in refusal(changed(GOOD, docProps__custom_xml=b"<a>" + b" " * (4 * 1024 * 1024) + b"</a>"))
    liar = bytearray(GOOD)  # says of its first part that it is empty
    at = liar.rfind(b"PK\x01\x02", 0, liar.index(b"PK\x01\x02") + 4)
    liar[at + 24 : at + 28] = struct.pack("<I", 1)
    assert refusal(bytes(liar))


# What others wrote arrives as they wrote it ---------------------------------------------------------------------------
BRACKETED = docx("[{{ vendor }}]")
NASTY = [
    "{{ 7*7 }}",
    "{% for x in y %}",
    "{_{ x }_}",
    "{_% x %_}",
    "<w:p>&amp;",
    "]]>",
    "\u202eevil",
    "שלום",
    "&#123;",
    "%s",
]


@settings(max_examples=8, deadline=None)
@example(text="".join(NASTY))
@given(text=st.lists(st.one_of(st.sampled_from(NASTY), st.text(max_size=12)), max_size=9).map("".join))
def test_whatever_others_wrote_comes_out_letter_by_letter(text: str) -> None:
    """But for characters that no document holds, and line ends, which are those of the reader."""
    held = without_controls(text).replace("\0", "").replace("\r", "")
    held = "".join(c for c in held if not 0xD800 <= ord(c) <= 0xDFFF)
    written = fill(BRACKETED, addressee=samples.content(RESULT, "en")["addressee"] | {"vendor": held})
    assert written == f"[{held}]"


def test_the_guide_lists_every_placeholder_and_no_other() -> None:
    guide = (Path(__file__).parents[3] / "docs" / "guide-administration.md").read_text(encoding="utf-8")
    table = guide.partition("| placeholder | stands for |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == list(placeholders.KNOWN)


# What would keep a server busy --------------------------------------------------------------------------------------
DELETED = "<w:p><w:r><w:delText>{}</w:delText></w:r></w:p>"


def within(inside: str) -> bytes:
    """The good letter with this at its beginning, as no program writes it."""
    return replaced(GOOD, "word/document.xml", "<w:body>", f"<w:body>{inside}")


@pytest.mark.parametrize(
    "inside",
    [
        DELETED.format("{{ vendor }}"),
        DELETED.format("{{{{{{{{"),
        f"<w:tbl><w:tr><w:tc>{DELETED.format('{% colspan' + ' ' * 30 + 'x')}</w:tc></w:tr></w:tbl>",
        '<w:p w:rsidR="{{ vendor }}"/>',
        "<w:t>{{ vendor }}</w:t>",
        "<!-- {{ vendor }} -->",
    ],
)
def test_braces_beside_the_text_are_refused_before_anything_looks_for_placeholders(inside: str) -> None:
    assert "where no text of the letter is" in refusal(within(inside))


def test_an_identifier_in_braces_as_word_writes_it_is_none() -> None:
    assert fill(within('<w:p w:rsidR="{28A0092B-C50C-407E-A947-70E740481C1C}"/>'))


@pytest.mark.parametrize(
    "text",
    [
        "{% if " + "not " * 3000 + "vendor %}x{% endif %}",
        "{{ " + "(" * 3000 + "vendor" + ")" * 3000 + " }}",
        "{{ " + "1" * 5000 + " }}",
        "{% if vendor %}" * 300 + "{% endif %}" * 300,
    ],
)
def test_what_is_too_deep_or_too_long_to_be_read_is_refused_in_words(text: str) -> None:
    assert "only placeholders of the list" in refusal(docx(text))


def test_a_letter_of_many_pages_is_refused_however_it_is_divided() -> None:
    assert "a letter has one page" in refusal(docx("a" * 60_001))
    document = Document()
    for _ in range(3):
        section = document.add_section()
        section.header.is_linked_to_previous = False
        section.header.paragraphs[0].text = "a" * 400_000
    assert "a letter has one page" in refusal(saved(document))


@pytest.mark.parametrize(("link", "is_fine"), [("https://example.org", True), ("file://elsewhere/x", False)])
def test_a_field_links_to_pages_and_mail_alone(link: str, is_fine: bool) -> None:
    content = within(f'<w:p><w:fldSimple w:instr=" HYPERLINK &quot;{link}&quot; "/></w:p>')
    if is_fine:
        own_templates.check(RESULT, "en", content)
    else:
        assert "no page and no mail address" in refusal(content)
