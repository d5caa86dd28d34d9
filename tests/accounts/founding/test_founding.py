"""The first day of an installation: a token, a page that opens once, and every other page leading there until then."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from accounts.founding import tokens
from accounts.founding.first_run import FirstRun
from accounts.founding.organisation import FirstDepartment, Founding, FoundingError, found
from accounts.models import AuditEntry, Department, FirstToken, Membership, Organisation, Role, User, hash_token
from tests.concurrency import at_once, elsewhere, shared_database
from tests.factories import NOW, PASSWORD, Cast, make_user

GIVEN = {
    "organisation": "Harbour Hospital",
    "language": "fr",
    "departments": ["procurement", "it"],
    "name": "Ada Vermeer",
    "email": "Ada@example.org",
    "password": PASSWORD,
    "repeated": PASSWORD,
}
ASKED = Founding(
    organisation="Harbour Hospital",
    language="en",
    name="Ada Vermeer",
    email="ada@example.org",
    password=PASSWORD,
    own_language="en",
    departments=(FirstDepartment(name="IT", is_it=True),),
)


@pytest.fixture(autouse=True)
def _first_day(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FirstRun, "is_over", False)
    cache.clear()


@pytest.fixture
def token(db: None) -> str:
    made = tokens.make(NOW)
    assert made
    return made


def send(client: Client, token: str, **changed: Any) -> Any:
    return client.post(reverse("start"), {**GIVEN, "token": token, **changed})


@pytest.mark.parametrize("page", ["/", "/my-work/", "/account/login/", "/vendors/", "/admin/login/"])
def test_every_page_leads_to_the_first_one_until_somebody_is_there(client: Client, token: str, page: str) -> None:
    assert client.get(page)["Location"] == "/start/"
    send(client, token)
    response = Client().get(page)
    assert response.status_code == 200 or response["Location"] != "/start/"


@pytest.mark.parametrize("page", ["/healthz", "/favicon.svg", "/help/", "/help/roles/", "/help/measures/"])
def test_what_machines_ask_and_what_explains_stays_open(client: Client, token: str, page: str) -> None:
    assert client.get(page).status_code == 200


def test_without_a_token_nothing_leads_there(client: Client, db: None) -> None:
    assert client.get("/").status_code == 200
    assert FirstRun.is_over
    assert client.get(reverse("start"))["Location"] == "/"


def test_a_process_that_has_seen_somebody_never_asks_again(
    client: Client, cast: Cast, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        client.get("/")
    with django_assert_num_queries(0):
        client.get("/")


def test_the_page_makes_the_organisation_its_administrator_and_the_departments(client: Client, token: str) -> None:
    response = send(client, token)

    assert response["Location"] == reverse("work")
    organisation = Organisation.objects.get()
    assert (organisation.name, organisation.slug, organisation.language) == (
        "Harbour Hospital",
        "harbour-hospital",
        "fr",
    )
    member = Membership.objects.select_related("user").get()
    assert (member.organisation, member.role, member.user.email) == (organisation, Role.ADMIN, "ada@example.org")
    assert (member.user.name, member.user.language, member.user.is_staff) == ("Ada Vermeer", "en", False)
    assert member.user.check_password(PASSWORD)
    with translation.override("fr"):
        names = {translation.gettext("Procurement"), translation.gettext("IT operations")}
    assert set(Department.objects.values_list("name", flat=True)) == names
    assert Department.objects.filter(is_it=True).count() == 1
    verbs = list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["user.added", "organisation.added", "member.added", "department.added", "department.added"]
    assert client.get(reverse("work")).status_code == 200  # signed in


def test_it_never_opens_again(client: Client, token: str) -> None:
    send(client, token)
    for visitor in (client, Client()):
        assert visitor.get(reverse("start"))["Location"] == "/"
        assert send(visitor, token)["Location"] == "/"
    assert Organisation.objects.count() == 1
    assert tokens.make(NOW) is None


def test_a_token_that_was_used_is_used_even_if_everybody_is_gone(token: str) -> None:
    FirstToken.objects.update(used_at=NOW)
    assert not tokens.is_waiting()
    assert tokens.make(NOW) is None


@pytest.mark.parametrize("wrong", ["", "x", "another word"])
def test_a_wrong_token_makes_nothing_and_says_what_to_do(client: Client, token: str, wrong: str) -> None:
    page = send(client, wrong).content.decode()
    assert not Organisation.objects.exists()
    assert not User.objects.exists()
    assert "error-summary" in page
    assert "bin/manage first_token" in page
    assert FirstToken.objects.get().used_at is None


def test_a_token_that_was_copied_with_its_spaces_is_taken(client: Client, token: str) -> None:
    assert send(client, f"  {token}\n").status_code == 302


def test_a_newer_token_ends_the_one_before(token: str) -> None:
    newer = tokens.make(NOW)
    assert newer
    assert newer != token
    with pytest.raises(FoundingError, match="newer one has replaced it"):
        found(token, ASKED, now=NOW)
    assert found(newer, ASKED, now=NOW).role == Role.ADMIN


def test_only_its_hash_is_kept(token: str) -> None:
    row = FirstToken.objects.values().get()
    assert row["token_hash"] == hash_token(token)
    assert token not in str(row)


def test_there_is_one_row_at_most(token: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        FirstToken.objects.create(pk=2, token_hash="0" * 64, made_at=NOW)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"password": "short", "repeated": "short"}, "at least 10 characters"),
        ({"repeated": "another sentence"}, "The two passwords differ."),
        ({"password": "ada@example.org", "repeated": "ada@example.org"}, "too similar"),
        ({"email": "ada"}, "valid email address"),
        ({"organisation": ""}, "required"),
        ({"departments": ["board"]}, "not one of the available choices"),
        ({"own_department": "users"}, "Tick this department above, or choose another one here."),
    ],
)
def test_what_is_wrong_is_said_and_the_token_stays(
    client: Client, token: str, changed: dict[str, Any], said: str
) -> None:
    assert said in send(client, token, **changed).content.decode()
    assert tokens.is_waiting()


def test_a_wrong_token_and_wrong_passwords_are_told_at_once(client: Client, token: str) -> None:
    response = send(client, "another word", repeated="another sentence", email="ada")
    assert set(response.context["form"].errors) == {"token", "repeated", "email"}
    assert tokens.is_waiting()


@pytest.mark.parametrize(("own", "name"), [("it", "IT operations"), ("", None)])
def test_the_founder_is_of_their_own_department(client: Client, token: str, own: str, name: str | None) -> None:
    send(client, token, own_department=own, language="en")
    member = Membership.objects.select_related("department").get()
    assert (member.department and member.department.name) == name


def test_the_page_says_that_administrators_neither_start_nor_approve(client: Client, token: str) -> None:
    said = " ".join(client.get(reverse("start")).content.decode().split())
    assert "neither starts nor approves assessments" in said
    assert "made in the language of the organisation" in said


def test_departments_without_a_tick_are_not_made(client: Client, token: str) -> None:
    send(client, token, departments=[])
    assert not Department.objects.exists()


def test_a_name_without_letters_still_has_an_address(token: str) -> None:
    asked = Founding(**{**vars(ASKED), "organisation": "病院"})
    assert found(token, asked, now=NOW).organisation.slug == "organisation"


@pytest.mark.parametrize("way", [lambda: make_user("keeper"), lambda: Organisation.objects.create(name="A", slug="a")])
def test_whoever_comes_in_by_another_way_closes_it(client: Client, token: str, way: Any) -> None:
    way()
    assert not tokens.is_waiting()
    assert client.get(reverse("start"))["Location"] == "/"
    with pytest.raises(FoundingError):
        found(token, ASKED, now=NOW)


def test_guesses_are_counted_for_each_address(client: Client, token: str) -> None:
    for _ in range(10):
        assert send(client, "a guess").status_code == 200
    assert send(client, token).status_code == 429
    assert not Organisation.objects.exists()


def test_the_page_is_kept_nowhere(client: Client, token: str) -> None:
    response = client.get(reverse("start"))
    assert "no-store" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex, nofollow"


def said_by_the_command(**options: Any) -> str:
    out = StringIO()
    call_command("first_token", stdout=out, **options)
    return out.getvalue()


def test_the_command_tells_page_and_token(client: Client, db: None) -> None:
    told = said_by_the_command()
    assert f"{settings.BASE_URL}/start/" in told
    token = told.partition("First token")[2].split()[0]
    assert send(client, token).status_code == 302


def test_where_somebody_is_the_command_makes_none(cast: Cast) -> None:
    assert said_by_the_command(if_empty=True) == ""
    with pytest.raises(CommandError, match="Somebody is here already"):
        said_by_the_command()
    assert not tokens.was_made()


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_makes_it(tmp_path: Path) -> None:
    token = tokens.make(NOW)
    assert token
    with shared_database(tmp_path):

        def make(name: str) -> Membership:
            asked = Founding(**{**vars(ASKED), "organisation": name, "email": f"{name.lower()}@example.org"})
            return found(token, asked, now=timezone.now())

        outcomes = at_once(*(lambda name=name: make(name) for name in ("One", "Two", "Three")))
        made = elsewhere(lambda: (Organisation.objects.count(), User.objects.count(), Membership.objects.count()))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["FoundingError", "FoundingError", "Membership"]
    assert made == (1, 1, 1)
