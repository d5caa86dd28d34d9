"""People and groups as the directory keeps them: rows to resources and back, each change in one transaction."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from scim2_models import Meta, PreconditionFailedException

from accounts import own_sign_in
from accounts.members.changes import lock_organisation
from accounts.models import Membership, Organisation, ProvisionedGroup, ProvisionedPerson
from accounts.provisioning.members import DirectoryError, settle, settle_all
from accounts.provisioning.resources import Group, GroupMember, GroupOfPerson, User
from accounts.trail import audit

LONGEST = {"user_name": 254, "external_id": 255, "name": 255}
KEPT = ("displayName", "name", "preferredLanguage", "emails", "active")
MOST_KEPT = 16 * 1024  # characters of all that: a person has some hundreds, and a list reads those of two hundred


class TakenError(Exception):
    """Another one of the organisation has this name. `attribute`: as SCIM calls it."""

    def __init__(self, attribute: str) -> None:
        super().__init__(attribute)
        self.attribute = attribute


# From rows ---------------------------------------------------------------------------------------------------------
def user_of(person: ProvisionedPerson) -> User:
    """`person`: with its groups prefetched."""
    groups = [GroupOfPerson(value=str(group.uuid), display=group.name) for group in person.groups.all()]
    return User.model_validate(
        {
            **{name: person.attributes[name] for name in KEPT if name in person.attributes},
            "schemas": [str(User.__schema__)],
            "id": str(person.uuid),
            "externalId": person.external_id or None,
            "userName": person.user_name,
            "groups": [group.model_dump() for group in groups] or None,
            "meta": _meta(person, "User", "scim:user").model_dump(),
        }
    )


def group_of(group: ProvisionedGroup) -> Group:
    """`group`: with its people prefetched."""
    members = [
        GroupMember(value=str(one.uuid), ref=_place("scim:user", one), type="User") for one in group.people.all()
    ]
    return Group(
        id=str(group.uuid),
        external_id=group.external_id or None,
        display_name=group.name,
        members=members or None,
        meta=_meta(group, "Group", "scim:group"),
    )


def tag(row: ProvisionedPerson | ProvisionedGroup) -> str:
    return f'W/"{row.version}"'


def _meta(row: ProvisionedPerson | ProvisionedGroup, kind: str, route: str) -> Meta:
    return Meta(
        resource_type=kind,
        created=row.made_at,
        last_modified=row.changed_at,
        location=_place(route, row),
        version=tag(row),
    )


def _place(route: str, row: ProvisionedPerson | ProvisionedGroup) -> Any:
    return settings.BASE_URL + reverse(route, kwargs={"uuid": row.uuid})


# People -------------------------------------------------------------------------------------------------------------
def add_person(actor: Membership, said: User) -> ProvisionedPerson:
    with transaction.atomic():
        organisation = lock_organisation(actor.organisation_id)
        person = ProvisionedPerson(organisation=organisation)
        _write_person(person, said)
        audit.record(actor.user, "directory.person_added", person, after=_told(person))
        settle(person, actor)
    return person


def change_person(
    actor: Membership, person: ProvisionedPerson, become: Callable[[User], User], *, match: str
) -> ProvisionedPerson:
    """`become`: what stands there → what shall; asked of what stands there once nobody else can change it, or of two
    changes at once the second would undo the first. `match`: the If-Match that was sent, or nothing."""
    with transaction.atomic():
        lock_organisation(actor.organisation_id)
        row = ProvisionedPerson.objects.select_related("membership", "organisation").get(pk=person.pk)
        _hold(row, match)
        before = _told(row)
        _write_person(row, become(user_of(row)))
        if _told(row) != before:
            audit.record(actor.user, "directory.person_changed", row, before=before, after=_told(row))
        settle(row, actor)
    return row


def remove_person(actor: Membership, person: ProvisionedPerson, *, match: str) -> None:
    """The directory forgets them: they are no member any more, and what they did stays theirs."""
    with transaction.atomic():
        lock_organisation(actor.organisation_id)
        row = ProvisionedPerson.objects.select_related("membership", "organisation").get(pk=person.pk)
        _hold(row, match)
        row.is_active = False
        settle(row, actor)
        audit.record(actor.user, "directory.person_removed", row, before=_told(row))
        row.delete()


def _write_person(row: ProvisionedPerson, said: User) -> None:
    content = said.model_dump()
    row.user_name = _within(said.user_name or "", "user_name")
    row.external_id = _within(said.external_id or "", "external_id")
    row.attributes = {name: content[name] for name in KEPT if content.get(name) is not None}
    if len(json.dumps(row.attributes, ensure_ascii=False)) > MOST_KEPT:
        raise DirectoryError("That is more than a person has: send fewer or shorter emails and names.")
    row.email = _address(said)
    row.is_active = said.active is not False
    _save(row, "userName")


def _address(said: User) -> str:
    """The primary address, else the first, else the userName where it is one."""
    emails = [one for one in said.emails or [] if one.value]
    chosen = next((one for one in emails if one.primary), emails[0] if emails else None)
    address = (chosen.value if chosen else said.user_name) or ""
    return own_sign_in.plain_address(address) if "@" in address and len(address) <= 254 else ""


# Groups -------------------------------------------------------------------------------------------------------------
def add_group(actor: Membership, said: Group) -> ProvisionedGroup:
    with transaction.atomic():
        group = ProvisionedGroup(organisation=lock_organisation(actor.organisation_id))
        _write_group(group, said)
        audit.record(actor.user, "directory.group_added", group, after={"name": group.name})
        _fill(group, said, actor)
    return group


def change_group(
    actor: Membership, group: ProvisionedGroup, become: Callable[[Group], Group], *, match: str
) -> ProvisionedGroup:
    """As `change_person`."""
    with transaction.atomic():
        lock_organisation(actor.organisation_id)
        row = ProvisionedGroup.objects.get(pk=group.pk)
        _hold(row, match)
        before, said = {"name": row.name}, become(group_of(row))
        _write_group(row, said)
        if row.name != before["name"]:
            audit.record(actor.user, "directory.group_changed", row, before=before, after={"name": row.name})
        _fill(row, said, actor)
    return row


def remove_group(actor: Membership, group: ProvisionedGroup, *, match: str) -> None:
    with transaction.atomic():
        lock_organisation(actor.organisation_id)
        row = ProvisionedGroup.objects.get(pk=group.pk)
        _hold(row, match)
        people = list(row.people.all())
        audit.record(actor.user, "directory.group_removed", row, before={"name": row.name, "role": row.role})
        row.delete()
        settle_all(people, actor)


def _write_group(row: ProvisionedGroup, said: Group) -> None:
    row.name = _within(said.display_name or "", "name")
    row.external_id = _within(said.external_id or "", "external_id")
    _save(row, "displayName")


def _fill(group: ProvisionedGroup, said: Group, actor: Membership) -> None:
    """Whoever comes or goes by it gets their role anew. Members that the directory has not named are refused."""
    wanted = {str(member.value) for member in said.members or []}
    found = _people(group.organisation, wanted)
    former = list(group.people.all())
    group.people.set(found)
    moved = {person.pk: person for person in (*former, *found)}
    same = {person.pk for person in former} & {person.pk for person in found}
    if changed := [person for pk, person in moved.items() if pk not in same]:
        before, after = ({"people": sorted(one.user_name for one in people)} for people in (former, found))
        audit.record(actor.user, "directory.group_filled", group, before=before, after=after)
        settle_all(changed, actor)


def _people(organisation: Organisation, ids: Iterable[str]) -> list[ProvisionedPerson]:
    wanted = set(ids)
    try:
        found = list(ProvisionedPerson.objects.filter(organisation=organisation, uuid__in=wanted))
    except ValidationError:  # what is no UUID names nobody
        found = []
    if len(found) != len(wanted):
        raise DirectoryError("A member is not known: create the person first.")
    return found


# Both ---------------------------------------------------------------------------------------------------------------
def _hold(row: ProvisionedPerson | ProvisionedGroup, match: str) -> None:
    if match and match != "*" and tag(row) not in (match, f"W/{match}"):
        raise PreconditionFailedException()


def _save(row: ProvisionedPerson | ProvisionedGroup, attribute: str) -> None:
    if row.pk:
        row.version += 1
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise TakenError(attribute) from error


def _within(text: str, column: str) -> str:
    if not text.strip() and column != "external_id":
        raise DirectoryError("A name must not be empty.")
    if len(text) > LONGEST[column]:
        raise DirectoryError(f"At most {LONGEST[column]} characters.")
    return text


def _told(person: ProvisionedPerson) -> dict[str, Any]:
    return {
        "user_name": person.user_name,
        "email": person.email,
        "external_id": person.external_id,
        "is_active": person.is_active,
    }
