"""Glossary, guides and search: packaged texts as pages, in the reader's language, found with and without accents."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Template
from django.test import Client
from django.urls import resolve, reverse
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Role
from config.knowhow import glossary, guides, markdown, search
from config.knowhow.folding import folded, places
from config.topics import TOPICS
from groundwork.languages import LANGUAGE_CODES
from manifesto.guides import PARTS, add_shipped
from tests.config.test_frame import assert_whole, page_of
from tests.factories import Cast, make_member, make_release

SignedIn = Callable[..., Client]


# Glossary -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("language", LANGUAGE_CODES)
def test_every_term_is_told_in_each_language_once(language: str) -> None:
    said = [term.said[language] for term in glossary.terms()]
    assert len(said) > 45
    assert all(one.term and one.text.endswith((".", "”.")) and 6 <= len(one.text.split()) <= 45 for one in said)
    assert len({one.term.lower() for one in said}) == len(said)


def test_the_alphabet_takes_an_accent_for_its_letter() -> None:
    french = [term.term for term in glossary.shown("fr")]
    assert french.index("Édition") < french.index("Engagement") < french.index("Portefeuille")


def test_the_page_has_the_term_in_the_other_languages_beside_it(client: Client, db: None) -> None:
    response = client.get(reverse("help_glossary"), headers={"accept-language": "fr"})
    assert_whole(page_of(response))
    shown = response.content.decode()
    assert '<div id="scorecard">' in shown
    assert '<span lang="nl">Scorekaart</span>' in shown
    assert '<span lang="en">Scorecard</span>' in shown


def test_the_first_use_of_a_word_leads_to_it_and_markup_stays_as_it_is() -> None:
    html = '<h2 id="vendor">Vendor</h2><p>A <a href="/x">vendor</a> &amp; its &lt;scorecard&gt;; vendors, vendor.</p>'
    page = reverse("help_glossary")
    assert glossary.linked(html, "en") == (
        '<h2 id="vendor">Vendor</h2><p>A <a href="/x">vendor</a> &amp; its &lt;'
        f'<a class="term" href="{page}#scorecard">scorecard</a>&gt;; '
        f'<a class="term" href="{page}#vendor">vendors</a>, vendor.</p>'
    )


def test_topics_of_the_help_link_words(client: Client, db: None) -> None:
    shown = client.get(reverse("help_topic", args=["assessing"])).content.decode()
    links = re.findall(r'class="term" href="([^"]+)"', shown)
    assert len(links) == len(set(links)) > 5
    keys = {term.key for term in glossary.terms()}
    assert {link.partition("#")[2] for link in links} <= keys


@pytest.mark.parametrize("topic", TOPICS)
def test_topics_lead_to_the_guides_that_tell_more(topic: str) -> None:
    text = (Path(settings.BASE_DIR) / "templates" / "help" / f"{topic}.html").read_text(encoding="utf-8")
    parts = re.findall(r'guide_link "([^"]+)"', text)
    assert len(parts) >= 2
    for part in parts:
        for language in LANGUAGE_CODES:
            title, said_in = guides.title_of(*part.split("#"), language)
            assert title, part
            assert said_in in ("en", language)
    with pytest.raises(LookupError):
        guides.title_of("facts", "fairies", "en")


# Guides -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("key", guides.GUIDES)
def test_each_guide_is_a_whole_page_whose_links_lead_somewhere(client: Client, db: None, key: str) -> None:
    response = client.get(reverse("help_guide", args=[key]))
    assert_whole(page_of(response))
    shown = response.content.decode()
    article = shown[shown.index("<article") : shown.index("</article>")]
    for address in re.findall(r'href="([^"]+)"', article):
        if address.startswith("https://"):
            continue
        page, _mark, anchor = address.partition("#")
        target = client.get(page).content.decode() if page else shown
        assert page == "" or resolve(page)
        assert not anchor or f'id="{anchor}"' in target, address


def test_no_file_is_a_guide_but_those_that_are_listed(client: Client, db: None) -> None:
    assert {path.stem.removeprefix("guide-") for path in guides.DOCS.glob("guide-*.md")} == set(guides.GUIDES)
    assert client.get("/help/guides/operations/").status_code == 404
    with pytest.raises(KeyError):
        guides.guide("../operations", "en")


def test_html_in_a_guide_is_shown_and_not_taken_and_foreign_files_lose_their_link() -> None:
    html = markdown.as_html(
        "<script>x</script> [one](operations.md#a) [two](guide-bank.md#editions) [bad](javascript:alert(1))\n\n"
        "![drawn](../static/guides/scorecard.png) ![away](https://elsewhere.example/a.png)"
    )
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "<a" not in html.replace(f'<a href="{reverse("help_guide", args=["bank"])}#editions">two</a>', "")
    assert html.count("<img") == 1
    assert "elsewhere" not in html


def test_a_guide_of_two_words_is_linked_like_any_other() -> None:
    html = markdown.as_html("See [the groups](guide-sign-in.md#the-only-way-in).", frozenset())
    assert f'href="{reverse("help_guide", args=["sign-in"])}#the-only-way-in"' in html


def test_nothing_but_a_packaged_section_is_written_as_markup() -> None:
    page = Template("{% load knowhow %}{% guide_section said %}")
    with pytest.raises(TypeError, match="no section of a packaged guide"):
        page.render(Context({"said": "<b>typed</b>"}))
    assert "Portfolio" in page.render(Context({"said": guides.guide("scorecards", "en").sections[1]}))


def test_what_is_glossed_was_escaped_by_its_template() -> None:
    page = Template("{% load knowhow %}{% glossed %}<p>{{ said }}</p>{% endglossed %}")
    assert page.render(Context({"said": "<b>x</b>"})) == "<p>&lt;b&gt;x&lt;/b&gt;</p>"


@pytest.fixture
def translated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """A guide of three sections, of which French has two, one of them stale, and one that is no more."""
    docs = tmp_path
    parts = ("# A guide", "Lead.", "## One", "First.", "### Within", "More.", "## Two", "Second.", "## Three", "Third.")
    english = "\n\n".join(parts)
    (docs / "guide-bank.md").write_text(english)
    monkeypatch.setattr(guides, "DOCS", docs)
    now = {one.slug: one.hash for one in guides.sources("bank", "en")}
    (docs / "fr").mkdir()
    (docs / "fr" / "guide-bank.md").write_text(
        f"# Un guide\n<!-- of: top {now['top']} -->\n\nDébut.\n\n## Un\n<!-- of: one {now['one']} -->\n\nPremier.\n\n"
        "### Dedans\n\n## Deux\n<!-- of: two 000000000000 -->\n\nDeuxième.\n\n"
        "## Vieux\n<!-- of: old 000000000000 -->\n\nX.\n"
    )
    guides.guide.cache_clear()
    yield now
    guides.guide.cache_clear()


def test_a_translation_stands_section_by_section_and_says_what_is_stale_or_missing(translated: dict) -> None:
    guide = guides.guide("bank", "fr")
    assert [(one.title, one.language, one.is_missing, one.is_stale) for one in (guide.lead, *guide.sections)] == [
        ("Un guide", "fr", False, False),
        ("Un", "fr", False, False),
        ("Deux", "fr", False, True),
        ("Three", "en", True, False),
    ]
    assert [one.anchor for one in guide.sections] == ["one", "two", "three"]
    assert 'id="within"' in markdown.as_html(guide.sections[0].source, guide.sections[0].anchors)
    assert "of:" not in guide.sections[0].text
    assert guides.untranslated("bank", "fr") == (
        f"missing: three {translated['three']}",
        f"stale: two {translated['two']}",
        "unknown: old",
    )


@pytest.mark.parametrize("language", [code for code in LANGUAGE_CODES if code != "en"])
@pytest.mark.parametrize("key", guides.GUIDES)
def test_a_guide_that_is_translated_is_so_whole(key: str, language: str) -> None:
    if guides.path_of(key, language).is_file():
        assert guides.untranslated(key, language) == ()


# Search -------------------------------------------------------------------------------------------------------------
def titles(query: str, language: str = "en", **more: tuple[str, ...]) -> list[str]:
    with translation.override(language):
        return [one.entry.title or one.entry.page for one in search.search(query, **more)]


@pytest.mark.django_db
def test_accents_and_capitals_do_not_matter() -> None:
    assert titles("EDITION", "fr")[0] == titles("édition", "fr")[0] == "Édition"
    with translation.override("fr"):
        (found, *_rest) = search.search("edition")
    assert [piece.text for piece in found.sentence if piece.is_hit] or found.entry.page == "Édition"


@pytest.mark.django_db
def test_each_kind_of_text_is_found_with_its_sentence() -> None:
    make_release()
    kinds = {search.Kind.WORD: "open question graded", search.Kind.TOPIC: "left out", search.Kind.GUIDE: "hand in"}
    for kind, query in kinds.items():
        found = [one for one in search.search(query) if one.entry.kind is kind]
        assert found, query
        assert any(piece.is_hit for one in found for piece in one.sentence), query


@pytest.mark.django_db
def test_every_word_must_be_there() -> None:
    assert titles("scorecard verify seal")
    assert titles("scorecard xyzzy") == []
    assert titles("  …  ") == []


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGE_CODES)
def test_what_a_search_leads_to_is_there(client: Client, language: str) -> None:
    entries = search.packaged(language)
    pages = {entry.address.partition("#")[0] for entry in entries}
    assert {reverse("help_topic", args=[topic]) for topic in TOPICS} | {reverse("help_measures")} <= pages
    shown = {page: client.get(page, headers={"accept-language": language}).content.decode() for page in pages}
    for entry in entries:
        page, _mark, anchor = entry.address.partition("#")
        assert not anchor or f'id="{anchor}"' in shown[page], entry.address


def test_pages_of_rules_are_found_by_those_who_may_read_them(cast: Cast, signed_in: SignedIn, client: Client) -> None:
    add_shipped(make_release())
    outsider = make_member(cast.organisation, "outside", Role.RATER)
    evasion, good = "we are certified", "three in the morning"
    for person, query, is_found in (
        (None, good, False),
        (cast.reader, evasion, True),
        (outsider, evasion, False),
        (outsider, good, True),
    ):
        visitor = signed_in(person) if person else client
        shown = visitor.get(reverse("help_search"), {"q": query}).content.decode()
        assert (f'href="{reverse("rule_guide", args=["consistency"])}#' in shown) is is_found, query


def test_the_page_of_results_is_whole_and_shows_what_was_typed_as_it_is(
    client: Client, cast: Cast, signed_in: SignedIn, django_assert_max_num_queries: Callable
) -> None:
    add_shipped(make_release())
    for query in ("", "verdict", "<b>xyzzy", "a" * 500):
        response = client.get(reverse("help_search"), {"q": query})
        assert_whole(page_of(response))
        assert "<b>" not in response.content.decode()
    member = signed_in(cast.reader)
    member.get(reverse("help_search"), {"q": "proof"})
    with django_assert_max_num_queries(24):
        member.get(reverse("help_search"), {"q": "proof"})


def test_a_long_sentence_is_cut_between_words_around_what_was_found() -> None:
    text = "one " * 100 + "needle " + "two " * 100
    pieces = search.sentence(text, ("needle",))
    said = "".join(piece.text for piece in pieces)
    assert said.startswith("… one ")
    assert said.endswith(" two …")
    assert [piece.text for piece in pieces if piece.is_hit] == ["needle"]
    assert len(said) <= search.LONGEST_SENTENCE + 4
    assert set(said.split()) == {"…", "one", "needle", "two"}


@pytest.mark.django_db
def test_the_heading_of_a_part_does_not_lift_every_rule_over_the_rest() -> None:
    add_shipped(make_release())
    first = search.search("proof", rule_parts=PARTS)[0].entry
    assert first.kind is not search.Kind.RULE or first.page.startswith("Proof")
    assert not any("More in the guide" in entry.text for entry in search.packaged("en"))


@given(st.text(max_size=60), st.text(min_size=1, max_size=5))
def test_marking_changes_no_letter(text: str, word: str) -> None:
    words = search.words_of(word)
    pieces = search.sentence(text, words) if words else ()
    said = "".join(piece.text for piece in pieces)
    assert said in " ".join(text.split("\n")) or said.strip() in text
    assert len(places(text)) == len(folded(text))


@pytest.mark.parametrize(("language", "title"), [("fr", "Lire une fiche d’évaluation"), ("nl", "Een scorekaart lezen")])
def test_a_translated_guide_is_read_and_found_in_its_language(
    client: Client, db: None, language: str, title: str
) -> None:
    response = client.get(reverse("help_guide", args=["scorecards"]), headers={"accept-language": language})
    assert_whole(page_of(response))
    shown = response.content.decode()
    assert f'<h1><span lang="{language}">{title}</span></h1>' in " ".join(shown.split()).replace("> <", "><")
    assert f'href="{reverse("help_guide", args=["assessing"])}#the-consensus-meeting"' in shown
    assert '<h2 id="coverage-and-bounds">' in shown
    assert "<!-- of" not in shown
    assert "&lt;!--" not in shown
    assert shown.count('class="guide-image"') == 1


def test_the_glossary_is_set_as_each_language_sets_it() -> None:
    for term in glossary.terms():
        for said in term.said.values():
            assert not {'"', "'"} & set(f"{said.term}{said.text}"), term.key
        assert not [mark for mark in (" :", " ;", " ?", " !", "« ", " »", " %") if mark in term.said["fr"].text], (
            term.key
        )
