"""What waits for somebody who may no longer come in: told by the apps that know, of which accounts does not."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse

from accounts import mail
from accounts.access import Right, roles_with
from accounts.models import Membership


@dataclass(frozen=True, kw_only=True)
class Absence:
    """One thing that somebody else has to take on. `part`: what they were in it, in words (“rater”); `url`: where it
    can be given to another."""

    label: str
    part: str
    url: str


Teller = Callable[[Membership], Iterable[Absence]]
_tellers: list[Teller] = []


def tell_with(teller: Teller) -> None:
    """Called once an app, in its `ready`."""
    if teller not in _tellers:
        _tellers.append(teller)


def absences_of(member: Membership) -> list[Absence]:
    """In the active language; the same few queries however much it is."""
    return [absence for teller in _tellers for absence in teller(member)]


def tell_administrators(sender: object, member: Membership, *, by_person: bool, **_of: object) -> None:
    """When nobody sat before a page: by mail, once it is done. Whoever shut them out themselves is shown it there."""
    if not by_person:
        transaction.on_commit(lambda: _mail(member), robust=True)


def _mail(member: Membership) -> None:
    people = Membership.objects.active().filter(
        organisation=member.organisation_id, role__in=roles_with(Right.ADMINISTER), user__is_active=True
    )
    if not absences_of(member):
        return
    url = mail.page_address(reverse("member_edit", args=[member.pk]), member.organisation)
    for one in people.select_related("user"):
        context = {"name": str(member.user), "organisation": member.organisation, "url": url, "member": member}
        language = one.user.language
        mail.try_to_send(
            "accounts/members/email/absent",
            one.user.email,
            language=language,
            context={**context, "absences": lambda: absences_of(member)},  # in the language of the mail
        )
