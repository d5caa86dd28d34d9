"""The page of what a person wants to be told, and of their calendar's address."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from accounts.models import Membership, User
from assessments.models import Preferences, Rhythm
from assessments.preferences import keep_preferences, preferences_of, wants_mail
from tests.factories import Cast

SignedIn = Callable[[Membership | User], Client]


def test_who_never_chose_gets_the_daily_summary_and_single_mails(cast: Cast) -> None:
    row = preferences_of(cast.reader.user)
    assert (row.digest, row.before_due, row.after_due, row.at_once) == (Rhythm.DAILY, True, True, True)
    assert wants_mail(cast.reader.user)
    assert not Preferences.objects.exists()


def test_wishes_are_kept_and_shown_again(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in(cast.reader)
    response = client.post(reverse("preferences"), {"digest": "weekly", "after_due": "on"}, follow=True)
    assert "Your wishes are saved." in response.content.decode()
    row = Preferences.objects.get(user=cast.reader.user)
    assert (row.digest, row.before_due, row.after_due, row.at_once) == (Rhythm.WEEKLY, False, True, False)
    assert not wants_mail(cast.reader.user)
    assert re.search(r'value="weekly"[^>]*checked', response.content.decode())


def test_an_unknown_rhythm_is_refused(cast: Cast, signed_in: SignedIn) -> None:
    response = signed_in(cast.reader).post(reverse("preferences"), {"digest": "hourly"})
    assert response.status_code == 200
    assert not Preferences.objects.exists()


def test_wishes_leave_the_calendar_as_it_is(cast: Cast, signed_in: SignedIn) -> None:
    signed_in(cast.reader).post(reverse("preferences_calendar"))
    made = Preferences.objects.get(user=cast.reader.user).calendar_hash
    keep_preferences(cast.reader.user, digest="never", before_due=True, after_due=True, at_once=True)
    assert Preferences.objects.get(user=cast.reader.user).calendar_hash == made


def test_the_address_is_shown_once_and_never_again(cast: Cast, signed_in: SignedIn, client: Client) -> None:
    client = signed_in(cast.reader)
    shown = client.post(reverse("preferences_calendar"))
    assert "no-store" in shown["Cache-Control"]
    address = re.search(r"http://localhost:8000(/calendar/[\w-]+\.ics)", shown.content.decode())
    assert address
    assert client.get(address[1]).status_code == 200
    later = client.get(reverse("preferences")).content.decode()
    assert "/calendar/" not in later.replace(reverse("preferences_calendar"), "").replace("/preferences/calendar/", "")
    assert "Make a new address" in later


def test_the_calendar_can_be_switched_off(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in(cast.reader)
    client.post(reverse("preferences_calendar"))
    response = client.post(reverse("preferences_calendar_close"), follow=True)
    assert "Make a secret address" in response.content.decode()
    assert Preferences.objects.get(user=cast.reader.user).calendar_hash == ""


def test_a_person_without_an_organisation_has_the_page_too(cast: Cast, signed_in: SignedIn) -> None:
    assert signed_in(cast.nobody).get(reverse("preferences")).status_code == 200


def test_nobody_sees_it_without_a_sign_in(client: Client, db: None) -> None:
    assert client.get(reverse("preferences")).status_code == 302


def test_the_profile_leads_there(cast: Cast, signed_in: SignedIn) -> None:
    assert f'href="{reverse("preferences")}"' in signed_in(cast.reader).get(reverse("profile")).content.decode()
