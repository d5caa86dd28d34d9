"""The frame round every page: landing, my work, language, theme, errors, and a content policy without exceptions."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import date
from html.parser import HTMLParser
from importlib.metadata import version
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpResponse
from django.template import engines
from django.template.loader import render_to_string
from django.test import Client, RequestFactory, override_settings

from accounts.access import Right
from accounts.models import Membership, Role, User
from assessments.models import AssessmentState
from config import views
from tests.factories import Cast, make_assessment, make_member, make_user

ROOT = Path(__file__).resolve().parents[2]
# A mail has no content policy, and mail programs read inline style only.
PAGES = sorted(path for path in (ROOT / "templates").rglob("*.html") if "email" not in path.parts)
BOOTSTRAP = "5.3.8"  # upstream's release; the package's fourth number is its own
BOOTSTRAP_SHA256 = "d85327d99c7a3ee1f9b5d0500d1370acea3ad2db39c163c2f51f232baedbdede"
SignedIn = Callable[[Membership | User], Client]


class Page(HTMLParser):
    """The few things that every page must have, counted."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.lang: str | None = None
        self.theme: str | None = None
        self.title = ""
        self.counts: dict[str, int] = {}
        self.faults: list[str] = []
        self.ids: list[str] = []
        self._inside = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._inside = tag
        self.counts[tag] = self.counts.get(tag, 0) + 1
        if tag == "html":
            self.lang, self.theme = given.get("lang"), given.get("data-theme")
        if given.get("id"):
            self.ids.append(str(given["id"]))
        if tag == "style" or "style" in given or any(name.startswith("on") for name in given):
            self.faults.append(str(self.get_starttag_text()))
        if tag == "script" and "src" not in given and given.get("type") != "application/json":
            self.faults.append(str(self.get_starttag_text()))

    def handle_data(self, data: str) -> None:
        if self._inside == "title" and not self.title:
            self.title = data.strip()


def page_of(response: HttpResponse) -> Page:
    return Page(response.content.decode())


def assert_whole(page: Page) -> None:
    assert page.lang in {"en", "fr", "nl"}
    assert page.title
    assert page.counts.get("h1") == 1
    assert page.counts.get("main") == 1
    assert page.faults == []
    assert len(page.ids) == len(set(page.ids))


@pytest.mark.parametrize("path", ["/", "/account/login/", "/account/password/reset/", "/account/inactive/", "/nowhere"])
@pytest.mark.django_db
def test_public_pages_are_whole(client: Client, path: str) -> None:
    assert_whole(page_of(client.get(path)))


@pytest.mark.parametrize(
    "path",
    [
        "/my-work/",
        "/account/password/change/",
        "/account/logout/",
        "/account/2fa/",
        "/account/reauthenticate/",
        "/nowhere",
    ],
)
def test_pages_of_a_member_are_whole(cast: Cast, signed_in: SignedIn, path: str) -> None:
    cast.assessor.user.set_password("a long demo password")
    cast.assessor.user.save()
    assert_whole(page_of(signed_in(cast.assessor).get(path)))


def test_the_landing_page_says_what_this_is_and_names_the_seven_rules(client: Client, db: None) -> None:
    shown = client.get("/").content.decode()
    assert shown.count("seven-number") == 7
    assert "Get ahead of the curve" in shown
    assert "An example" in shown


def test_home_sends_everybody_to_where_their_work_is(cast: Cast, signed_in: SignedIn) -> None:
    assert signed_in(cast.assessor).get("/")["Location"] == "/my-work/"
    assert signed_in(cast.reader).get("/")["Location"] == "/portfolio/"
    assert signed_in(cast.editor).get("/")["Location"] == "/admin/manifesto/release/"
    keeper = make_user("keeper", is_staff=True)  # in the admin, without a right to the bank
    assert signed_in(keeper).get("/")["Location"] == "/admin/"


def test_who_is_member_of_nothing_learns_what_to_do(cast: Cast, signed_in: SignedIn) -> None:
    response = signed_in(cast.nobody).get("/", follow=True)
    assert response.status_code == 403
    assert "Ask the administrator of your organisation for an invitation." in response.content.decode()
    assert_whole(page_of(response))


def test_my_work_lists_what_waits_with_the_late_one_first(cast: Cast, signed_in: SignedIn) -> None:
    make_assessment(cast.assessor, due_on=date(2099, 1, 31))
    late = make_assessment(cast.assessor, due_on=date(2020, 1, 31))
    shown = signed_in(cast.assessor).get("/my-work/").content.decode()
    assert shown.index(late.reference) < shown.index("A-2026-001")
    assert shown.count("chip-late") == 1
    assert "Start an assessment" in shown


def test_my_work_costs_the_same_queries_for_one_thing_and_for_many(
    cast: Cast, signed_in: SignedIn, django_assert_max_num_queries: Callable[..., object]
) -> None:
    client = signed_in(cast.approver)
    for _ in range(5):
        make_assessment(cast.assessor, state=AssessmentState.IN_REVIEW)
    with django_assert_max_num_queries(15):  # type: ignore[attr-defined]
        shown = client.get("/my-work/").content.decode()
    assert shown.count("Review and decide") >= 5


@pytest.mark.parametrize(
    ("role", "step"),
    [
        (Role.ASSESSOR, "Start an assessment"),
        (Role.APPROVER, "See the assessments"),
        (Role.READER, "See the assessments"),
        (Role.ADMIN, "Add a department"),
    ],
)
def test_an_empty_list_names_the_one_next_step_of_each_role(
    cast: Cast, signed_in: SignedIn, role: Role, step: str
) -> None:
    member = make_member(cast.other_organisation, f"fresh-{role}", role)
    shown = signed_in(member).get("/my-work/").content.decode()
    assert "Nothing waits for you" in shown
    assert step in shown
    assert shown.count("btn-primary") == 1


def test_the_menu_of_an_outside_rater_leads_nowhere_that_is_closed_to_them(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in(make_member(cast.organisation, "consultant", Role.RATER))
    shown = client.get("/my-work/").content.decode()
    links = set(re.findall(r'href="(/[^"#]*)', shown[shown.index("<body") :])) - {"/"}
    assert {"/my-work/", "/rules/"} <= links
    assert {client.get(link).status_code for link in links} == {200}
    assert "When somebody asks you to rate a vendor" in shown


def test_the_menu_shows_only_what_the_role_may_open(cast: Cast, signed_in: SignedIn) -> None:
    assert "Administration" not in signed_in(cast.reader).get("/my-work/").content.decode()
    assert "Administration" in signed_in(cast.admin).get("/my-work/").content.decode()
    assert "Question bank" not in signed_in(cast.admin).get("/my-work/").content.decode()


def test_the_menu_marks_where_one_is(cast: Cast, signed_in: SignedIn) -> None:
    shown = signed_in(cast.reader).get("/my-work/").content.decode()
    assert '<a href="/my-work/" aria-current="page">' in shown


def test_a_right_can_be_asked_in_a_template(cast: Cast) -> None:
    template = engines["django"].from_string("{% load access %}{% if member|may:'approve' %}yes{% else %}no{% endif %}")
    assert template.render({"member": cast.approver}) == "yes"
    assert template.render({"member": cast.assessor}) == "no"
    assert template.render({"member": None}) == "no"


def test_a_misspelt_right_is_refused(cast: Cast) -> None:
    template = engines["django"].from_string("{% load access %}{{ member|may:'aprove' }}")
    with pytest.raises(ValueError, match="aprove"):
        template.render({"member": cast.approver})
    assert "approve" in {right.value for right in Right}


@pytest.mark.parametrize("language", ["en", "fr", "nl"])
def test_the_language_is_kept_and_told_to_the_browser(client: Client, db: None, language: str) -> None:
    response = client.post("/language/", {"language": language, "next": "/account/login/"})
    assert response["Location"] == "/account/login/"
    assert page_of(client.get("/")).lang == language


def test_the_language_of_a_user_goes_into_the_profile(cast: Cast, signed_in: SignedIn) -> None:
    signed_in(cast.reader).post("/language/", {"language": "nl"})
    assert User.objects.get(pk=cast.reader.user.pk).language == "nl"


def test_a_half_finished_sign_in_can_be_given_up(client: Client, db: None) -> None:
    """The code page's “Cancel” signs out; asking for a sign-in first would send it round in a circle."""
    assert client.post("/account/logout/")["Location"] == "/"


def test_an_unknown_language_changes_nothing(client: Client, db: None) -> None:
    response = client.post("/language/", {"language": "xx"})
    assert settings.LANGUAGE_COOKIE_NAME not in response.cookies


@pytest.mark.parametrize("theme", ["auto", "light", "dark"])
def test_the_theme_is_kept_without_javascript(client: Client, db: None, theme: str) -> None:
    assert client.post("/theme/", {"theme": theme, "next": "/"})["Location"] == "/"
    assert page_of(client.get("/")).theme == theme


def test_an_unknown_theme_changes_nothing(client: Client, db: None) -> None:
    client.post("/theme/", {"theme": "neon"})
    assert page_of(client.get("/")).theme == "auto"
    client.cookies["theme"] = '"><script>'
    assert page_of(client.get("/")).theme == "auto"


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
@pytest.mark.parametrize(("path", "data"), [("/theme/", {"theme": "dark"}), ("/language/", {"language": "fr"})])
def test_the_switches_never_lead_off_the_site(
    client: Client, db: None, target: str, path: str, data: dict[str, str]
) -> None:
    assert client.post(path, {**data, "next": target})["Location"] == "/"


@pytest.mark.parametrize("path", ["/theme/", "/language/"])
def test_the_switches_refuse_a_mere_visit(client: Client, db: None, path: str) -> None:
    assert client.get(path).status_code == 405


@pytest.mark.django_db
def test_the_error_pages_are_whole_and_say_what_to_do() -> None:
    request = RequestFactory().get("/somewhere")
    request.user, request.member = User(email="somebody@example.org"), None  # type: ignore[attr-defined]
    answers = {
        400: views.bad_request(request, SuspiciousOperation()),
        403: views.permission_denied(request, PermissionDenied("Only approvers decide.")),
        404: views.page_not_found(request, LookupError()),
        500: views.server_error(request),
    }
    for status, response in answers.items():
        assert response.status_code == status
        assert_whole(page_of(response))
    assert_whole(page_of(views.csrf_failure(request)))


def test_what_is_not_found_sends_only_members_to_their_account_menu(client: Client, cast: Cast) -> None:
    assert "account menu" not in client.get("/vendor-desk/7/nothing/").content.decode()
    client.force_login(cast.reader.user)
    assert "account menu" in client.get("/vendor-desk/7/nothing/").content.decode()


def test_the_last_error_page_needs_neither_context_nor_database() -> None:
    page = Page(render_to_string("errors/500.html"))
    assert_whole(page)
    assert page.title == "Something broke on our side"


@override_settings(DEBUG=False)
def test_a_form_without_its_token_is_told_so(db: None) -> None:
    response = Client(enforce_csrf_checks=True).post("/theme/", {"theme": "dark"})
    assert response.status_code == 403
    assert "This form has grown old" in response.content.decode()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_no_template_has_inline_style_or_script(path: Path) -> None:
    """The content policy would block them, so a page would break silently."""
    text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", "", path.read_text(), flags=re.DOTALL)
    inline_style = re.findall(r"<style\b|\sstyle\s*=", text, flags=re.IGNORECASE)
    handlers = re.findall(r"<[^>]*\son[a-z]+\s*=", text, flags=re.IGNORECASE)
    scripts = [tag for tag in re.findall(r"<script\b[^>]*>", text) if "src=" not in tag and "json" not in tag]
    assert (inline_style, handlers, scripts) == ([], [], [])


def test_the_content_policy_allows_no_exception(client: Client, db: None) -> None:
    policy = client.get("/")["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy


def test_bootstrap_is_the_release_we_know() -> None:
    """The package repeats upstream's file byte by byte; another content under the same name is refused."""
    found = finders.find("css/bootstrap.min.css")
    assert isinstance(found, str)
    content = Path(found).read_bytes()
    assert hashlib.sha256(content).hexdigest() == BOOTSTRAP_SHA256
    assert f"v{BOOTSTRAP}".encode() in content[:200]
    assert version("django-include-bootstrap").startswith(BOOTSTRAP)


@pytest.mark.parametrize("name", ["css/tokens.css", "css/manifesto.css", "css/admin.css", "js/site.js"])
def test_the_frames_files_are_found_and_fetch_nothing_from_elsewhere(name: str) -> None:
    found = finders.find(name)
    assert isinstance(found, str)
    text = re.sub(r'url\("data:[^"]*"\)', "", Path(found).read_text())
    assert "//" not in re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE)


def test_every_colour_token_is_the_one_of_the_figures() -> None:
    """Page and paper share one palette: light values in the style sheet are those the charts print."""
    from reports.charts.parts import TOKENS

    css = (ROOT / "static/css/tokens.css").read_text()
    for name, colour in TOKENS.items():
        assert f"--{name}: light-dark({colour}," in css
