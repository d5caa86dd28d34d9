"""Signing in, passwords, second factors, and the language that goes with the person."""

from __future__ import annotations

import re
from collections.abc import Callable
from smtplib import SMTPRecipientsRefused
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings
from django.core import mail as sent
from django.core.cache import cache, caches
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from structlog.testing import capture_logs

from accounts import language, mail, visitor
from accounts.models import User
from tests.factories import PASSWORD, Cast, make_user

SignedIn = Callable[..., Client]


@pytest.fixture(autouse=True)
def _fresh_limits(db: None) -> None:
    cache.clear()


@pytest.fixture
def person(db: None) -> User:
    user = make_user("person", language="nl")
    user.set_password(PASSWORD)
    user.save()
    return user


def _sign_in(client: Client, email: str, password: str = PASSWORD) -> Any:
    return client.post(reverse("account_login"), {"login": email, "password": password})


def test_an_address_and_a_password_sign_in(client: Client, person: User) -> None:
    response = _sign_in(client, "PERSON@example.org")

    assert response.status_code == 302
    assert client.session["_auth_user_id"] == str(person.pk)


def test_the_language_of_the_profile_applies_from_sign_in_on(client: Client, person: User) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "fr"

    _sign_in(client, person.email)

    assert client.cookies[settings.LANGUAGE_COOKIE_NAME].value == "nl"
    assert '<html lang="nl"' in client.get(reverse("profile")).content.decode()


@pytest.mark.parametrize("chosen", ["fr", "en"])
def test_a_language_that_was_chosen_before_the_sign_in_holds_and_goes_into_the_profile(
    client: Client, person: User, chosen: str
) -> None:
    client.post(reverse("set_language"), {"language": chosen})

    _sign_in(client, person.email)

    assert f'<html lang="{chosen}"' in client.get(reverse("profile")).content.decode()
    person.refresh_from_db()
    assert person.language == chosen


def test_a_choice_is_said_by_whoever_signs_in_next_and_by_nobody_after_them(client: Client, person: User) -> None:
    client.post(reverse("set_language"), {"language": "fr"})
    _sign_in(client, person.email)
    client.post(reverse("account_logout"))
    another = make_user("another", language="en")
    another.set_password(PASSWORD)
    another.save()

    _sign_in(client, another.email)

    assert '<html lang="en"' in client.get(reverse("profile")).content.decode()
    another.refresh_from_db()
    assert another.language == "en"


def test_a_choice_that_is_none_of_ours_says_nothing(client: Client, person: User) -> None:
    client.cookies[language.CHOSEN] = "xx"
    _sign_in(client, person.email)
    assert '<html lang="nl"' in client.get(reverse("profile")).content.decode()


def test_saving_the_profile_changes_name_and_language(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in(cast.reader)

    response = client.post(reverse("profile"), {"name": "Rita Reader", "language": "fr"})

    assert response.status_code == 302
    cast.reader.user.refresh_from_db()
    assert (cast.reader.user.name, cast.reader.user.language) == ("Rita Reader", "fr")
    assert '<html lang="fr"' in client.get(reverse("profile")).content.decode()


def test_the_profile_does_not_take_other_fields(cast: Cast, signed_in: SignedIn) -> None:
    signed_in(cast.reader).post(
        reverse("profile"), {"name": "R", "language": "en", "email": "x@example.org", "is_staff": "on"}
    )

    cast.reader.user.refresh_from_db()
    assert cast.reader.user.email == "reader@example.org"
    assert not cast.reader.user.is_staff


def test_failed_sign_ins_are_limited(client: Client, person: User) -> None:
    for _ in range(5):
        assert _sign_in(client, person.email, "wrong").status_code == 200

    _sign_in(client, person.email)

    assert "_auth_user_id" not in client.session


def test_five_failures_are_five_whichever_process_they_reach(client: Client, person: User) -> None:
    """Without Redis each process has a memory of its own: emptied, it is that of another one."""
    for _ in range(5):
        _sign_in(client, person.email, "wrong")
        getattr(caches["default"], "_memory", cache).clear()

    _sign_in(client, person.email)

    assert "_auth_user_id" not in client.session


def test_whoever_is_held_up_reads_what_goes_on_and_what_to_do(client: Client, person: User) -> None:
    for _ in range(5):
        _sign_in(client, person.email, "wrong")
    page = _sign_in(client, person.email).content.decode()
    assert "even the right password is refused" in page
    assert "ask for a new password by mail" in page


def test_a_stranger_keeps_nobody_out_of_a_browser_that_they_signed_in_with_before(person: User) -> None:
    browser, stranger = Client(), Client(REMOTE_ADDR="203.0.113.9")
    _sign_in(browser, person.email)
    browser.post(reverse("account_logout"))
    for _ in range(6):
        _sign_in(stranger, person.email, "wrong")

    _sign_in(browser, person.email)
    _sign_in(stranger, person.email)

    assert browser.session["_auth_user_id"] == str(person.pk)
    assert "_auth_user_id" not in stranger.session


def test_a_known_browser_has_no_more_tries_than_others(person: User) -> None:
    browser = Client()
    _sign_in(browser, person.email)
    browser.post(reverse("account_logout"))
    for _ in range(5):
        _sign_in(browser, person.email, "wrong")

    _sign_in(browser, person.email)

    assert "_auth_user_id" not in browser.session


@pytest.mark.parametrize("forged", ["", "x person@example.org", "x person@example.org:1abc:forged"])
def test_a_browser_does_not_become_known_by_saying_so(person: User, forged: str) -> None:
    request = RequestFactory().get("/")
    request.COOKIES[visitor.COOKIE] = forged
    assert visitor.known_browser(request, person.email) == ""


def test_a_browser_that_is_known_for_one_account_is_not_for_another(client: Client, person: User) -> None:
    _sign_in(client, person.email)
    request = RequestFactory().get("/")
    request.COOKIES[visitor.COOKIE] = client.cookies[visitor.COOKIE].value
    assert visitor.known_browser(request, person.email.upper())
    assert visitor.known_browser(request, "other@example.org") == ""


def test_a_new_password_by_mail_ends_the_wait(client: Client, person: User, mailoutbox: list[Any]) -> None:
    for _ in range(5):
        _sign_in(client, person.email, "wrong")
    _ask_for_reset(client, person.email)
    path = re.search(rf"{re.escape(settings.BASE_URL)}(\S+)", mailoutbox[0].body)[1]  # type: ignore[index]
    form_url = client.get(path)["Location"]
    client.post(form_url, {"password1": "another calm evening", "password2": "another calm evening"})

    _sign_in(client, person.email, "another calm evening")

    assert client.session["_auth_user_id"] == str(person.pk)


def test_another_address_is_not_limited_by_them(client: Client, person: User) -> None:
    for _ in range(5):
        _sign_in(client, "somebody.else@example.org", "wrong")

    _sign_in(client, person.email)

    assert client.session["_auth_user_id"] == str(person.pk)


def test_nobody_signs_up(client: Client, db: None) -> None:
    assert client.get(reverse("account_signup")).status_code == 404
    client.post(reverse("account_signup"), {"email": "new@example.org", "password1": PASSWORD, "password2": PASSWORD})
    assert not User.objects.exists()


def test_the_admin_has_no_sign_in_of_its_own(client: Client, db: None) -> None:
    response = client.post(reverse("admin:login"), {"username": "a@example.org", "password": "x"})

    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_admin_has_no_change_of_password_of_its_own(cast: Cast, signed_in: SignedIn, method: str) -> None:
    new = {"old_password": PASSWORD, "new_password1": "another calm evening", "new_password2": "another calm evening"}
    for page in ("admin:password_change", "admin:password_change_done"):
        response = getattr(signed_in(cast.editor), method)(reverse(page), new)
        assert (response.status_code, response["Location"]) == (302, reverse("account_change_password"))


def test_a_password_that_a_superuser_sets_is_told_to_its_owner(
    cast: Cast, signed_in: SignedIn, mailoutbox: list[Any]
) -> None:
    page = reverse("admin:auth_user_password_change", args=[cast.reader.user.pk])
    new = {"password1": "another calm evening", "password2": "another calm evening", "usable_password": "true"}
    client = signed_in(cast.editor)
    client.post(page, {**new, "password2": "another"})
    assert mailoutbox == []

    client.post(page, new)

    cast.reader.user.refresh_from_db()
    assert cast.reader.user.check_password("another calm evening")
    assert [one.to for one in mailoutbox] == [[cast.reader.user.email]]


def test_the_admin_takes_a_second_factor_away_and_never_shows_its_secret(
    cast: Cast, signed_in: SignedIn, person: User, mailoutbox: list[Any]
) -> None:
    secret = _activate_totp(person)
    stored = Authenticator.objects.get(user=person)
    client = signed_in(cast.editor)
    pages = [
        reverse("admin:mfa_authenticator_changelist"),
        reverse("admin:mfa_authenticator_change", args=[stored.pk]),
        reverse("admin:mfa_authenticator_delete", args=[stored.pk]),
    ]
    for page in pages:
        response = client.get(page)
        shown = response.content.decode()
        assert response.status_code == 200
        assert secret not in shown and stored.data["secret"] not in shown
    assert client.post(pages[1], {"data": "{}"}).status_code == 403

    client.post(pages[2], {"post": "yes"})

    assert not Authenticator.objects.exists()
    assert [one.to for one in mailoutbox] == [[person.email]]


# Passwords ------------------------------------------------------------------------------------------------------
def _ask_for_reset(client: Client, email: str) -> Any:
    return client.post(reverse("account_reset_password"), {"email": email})


@pytest.mark.parametrize("language", ["en", "fr", "nl"])
def test_the_mail_for_a_new_password_speaks_the_language_of_its_reader(
    client: Client, person: User, mailoutbox: list[Any], language: str
) -> None:
    User.objects.update(language=language)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "fr" if language == "en" else "en"

    _ask_for_reset(client, person.email)

    (mail,) = mailoutbox
    html = mail.alternatives[0][0]
    assert f'<html lang="{language}">' in html
    assert f"{settings.BASE_URL}/account/password/reset/key/" in mail.body


def test_the_mailed_link_sets_a_new_password(client: Client, person: User, mailoutbox: list[Any]) -> None:
    _ask_for_reset(client, person.email)
    path = re.search(rf"{re.escape(settings.BASE_URL)}(\S+)", mailoutbox[0].body)[1]  # type: ignore[index]
    form_url = client.get(path)["Location"]

    client.post(form_url, {"password1": "another calm evening", "password2": "another calm evening"})

    person.refresh_from_db()
    assert person.check_password("another calm evening")


def test_the_link_does_not_follow_a_forged_host(
    client: Client, person: User, mailoutbox: list[Any], settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["*"]

    client.post(reverse("account_reset_password"), {"email": person.email}, headers={"host": "evil.example"})

    assert "evil.example" not in mailoutbox[0].body + mailoutbox[0].alternatives[0][0]


def test_an_unknown_address_gets_no_mail_and_the_same_page(client: Client, person: User, mailoutbox: list[Any]) -> None:
    known, unknown = _ask_for_reset(client, person.email), _ask_for_reset(client, "unknown@example.org")

    assert [mail.to for mail in mailoutbox] == [[person.email]]
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])


def test_a_changed_password_is_told_to_its_owner_in_their_language(
    client: Client, person: User, mailoutbox: list[Any]
) -> None:
    _sign_in(client, person.email)

    client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": "another calm evening", "password2": "another calm evening"},
    )

    person.refresh_from_db()
    assert person.check_password("another calm evening")
    (mail,) = mailoutbox
    assert mail.to == [person.email]
    assert '<html lang="nl">' in mail.alternatives[0][0]


@pytest.fixture
def _mail_server_that_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise SMTPRecipientsRefused({"person@example.org": (550, b"no such mailbox")})

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)


@pytest.mark.usefixtures("_mail_server_that_refuses")
def test_a_mail_server_that_refuses_tells_nobody_who_has_an_account(client: Client, person: User) -> None:
    with capture_logs() as lines:
        known, unknown = _ask_for_reset(client, person.email), _ask_for_reset(client, "unknown@example.org")

    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert known.status_code == 302
    told = [line["template"] for line in lines if line["event"] == "mail_not_sent"]
    assert told == ["account/email/password_reset_key"]


@pytest.mark.usefixtures("_mail_server_that_refuses")
def test_a_password_is_changed_though_the_mail_server_refuses_to_tell_of_it(client: Client, person: User) -> None:
    _sign_in(client, person.email)
    new = {"oldpassword": PASSWORD, "password1": "another calm evening", "password2": "another calm evening"}

    assert client.post(reverse("account_change_password"), new).status_code == 302

    person.refresh_from_db()
    assert person.check_password("another calm evening")


def test_nobody_waits_for_the_mail_server(client: Client, person: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """A known address would else be told by the time that the mail takes."""
    handed_over: list[Any] = []
    asked: list[list[str]] = []
    _ask_for_reset(client, "warm@example.org")
    monkeypatch.setattr(mail, "_beside", SimpleNamespace(submit=lambda *work: handed_over.append(work)))

    for email in (person.email, "unknown@example.org"):
        with CaptureQueriesContext(connection) as queries:
            assert _ask_for_reset(client, email).status_code == 302
        asked.append(sorted(_without_values(query["sql"]) for query in queries.captured_queries))

    assert asked[0] == asked[1]
    assert sent.outbox == []
    while handed_over:
        work, *arguments = handed_over.pop(0)
        work(*arguments)
    assert [one.to for one in sent.outbox] == [[person.email]]


def _without_values(sql: str) -> str:
    return re.sub(r"'[^']*'|\"s\d+_x\d+\"|\d+", "…", sql)


# Second factors -------------------------------------------------------------------------------------------------
def _activate_totp(user: User) -> str:
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(user, secret)
    return secret


def _code(secret: str) -> str:
    return totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time())))


def test_a_second_factor_stands_between_password_and_work(client: Client, person: User) -> None:
    secret = _activate_totp(person)

    response = _sign_in(client, person.email)
    assert response["Location"] == reverse("mfa_authenticate")
    assert "_auth_user_id" not in client.session
    client.post(reverse("mfa_authenticate"), {"code": _code(secret)})

    assert client.session["_auth_user_id"] == str(person.pk)
    assert client.cookies[settings.LANGUAGE_COOKIE_NAME].value == "nl"


def test_a_wrong_code_does_not_let_in(client: Client, person: User) -> None:
    _activate_totp(person)
    _sign_in(client, person.email)

    client.post(reverse("mfa_authenticate"), {"code": "000000"})

    assert "_auth_user_id" not in client.session


def _sign_in_and_prove_it(client: Client, person: User) -> None:
    """Before a second factor changes, the password is asked once more."""
    _sign_in(client, person.email)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})


def test_a_second_factor_is_not_changed_without_the_password_once_more(client: Client, person: User) -> None:
    _sign_in(client, person.email)

    response = client.get(reverse("mfa_activate_totp"))

    assert response["Location"].startswith(reverse("account_reauthenticate"))


def test_a_stranger_who_asks_for_a_new_password_keeps_nobody_from_a_second_factor(client: Client, person: User) -> None:
    Client().post(reverse("account_reset_password"), {"email": person.email})
    _sign_in_and_prove_it(client, person)

    assert client.get(reverse("mfa_activate_totp")).status_code == 200


def test_recovery_codes_come_with_the_first_second_factor(client: Client, person: User) -> None:
    _sign_in_and_prove_it(client, person)
    client.get(reverse("mfa_activate_totp"))
    secret = client.session["mfa.totp.secret"]

    client.post(reverse("mfa_activate_totp"), {"code": _code(secret)})

    kinds = set(Authenticator.objects.filter(user=person).values_list("type", flat=True))
    assert kinds == {Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES}
    assert get_mfa_adapter().is_mfa_enabled(person)


def test_pages_carry_no_script_that_the_policy_would_block(client: Client, person: User) -> None:
    """Data blocks do not run; everything that runs comes from a file of ours."""
    _sign_in_and_prove_it(client, person)
    for name in ("mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "account_change_password", "profile"):
        page = client.get(reverse(name)).content.decode()
        scripts = re.findall(r"<script\b([^>]*)>", page)
        assert scripts, name
        assert all('src="/static/' in one or 'type="application/json"' in one for one in scripts), name
        assert not re.search(r"\s(style|on\w+)=", page), name
