"""How far a token reaches, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.access import RIGHTS, Right, rights_of
from accounts.models import Membership, Role
from accounts.operations import Scope

WORDS: Mapping[Scope, str | Promise] = {
    Scope.VENDORS_READ: _("Read vendors, services, contacts and contracts"),
    Scope.VENDORS_WRITE: _("Add and change vendors, services, contacts and contracts"),
    Scope.INCIDENTS_READ: _("Read incidents"),
    Scope.INCIDENTS_WRITE: _("Push incidents"),
    Scope.FEEDBACK_READ: _("Read feedback"),
    Scope.FEEDBACK_WRITE: _("Add feedback"),
    Scope.MEASURES_READ: _("Read measures and trends"),
    Scope.ASSESSMENTS_READ: _("Read assessments, their raters, answers and findings"),
    Scope.ASSESSMENTS_WRITE: _("Begin and lead assessments"),
    Scope.ANSWERS_WRITE: _("Write one’s own answers"),
    Scope.COMMITMENTS_READ: _("Read commitments"),
    Scope.COMMITMENTS_WRITE: _("Add and follow up commitments"),
    Scope.SCORECARDS_READ: _("Read scorecards and the portfolio, fetch documents"),
    Scope.DOCUMENTS_WRITE: _("Ask for documents and exports"),
    Scope.BANK_READ: _("Read the rules and questions"),
    Scope.DIRECTORY: _("Keep members and groups (SCIM)"),
}
NOT_OF_SERVICES = (Scope.ANSWERS_WRITE,)  # a judgement is a person’s

# What a scope takes: the first right for all of it, the others for a part. Whoever has none of them is not offered it.
NEEDS: Mapping[Scope, tuple[Right, ...]] = {
    Scope.VENDORS_READ: (Right.READ,),
    Scope.VENDORS_WRITE: (Right.EDIT_VENDORS,),
    Scope.INCIDENTS_READ: (Right.READ,),
    Scope.INCIDENTS_WRITE: (Right.EDIT_VENDORS,),
    Scope.FEEDBACK_READ: (Right.READ,),
    Scope.FEEDBACK_WRITE: (Right.SPEAK,),
    Scope.MEASURES_READ: (Right.READ,),
    Scope.ASSESSMENTS_READ: (Right.READ,),
    Scope.ASSESSMENTS_WRITE: (Right.ASSESS, Right.APPROVE),
    Scope.ANSWERS_WRITE: (Right.RATE,),
    Scope.COMMITMENTS_READ: (Right.READ,),
    Scope.COMMITMENTS_WRITE: (Right.ASSESS, Right.READ),  # whoever owns one follows it up
    Scope.SCORECARDS_READ: (Right.READ,),
    Scope.DOCUMENTS_WRITE: (Right.READ,),
    Scope.BANK_READ: (Right.RATE,),
    Scope.DIRECTORY: (Right.ADMINISTER,),
}
ROLES_OF_SERVICES = (Role.READER, Role.ASSESSOR, Role.ADMIN)  # the least first


def of_member(member: Membership) -> list[Scope]:
    """Those of which the member's role can do anything."""
    held = rights_of(member)
    return [scope for scope in Scope if held.intersection(NEEDS[scope])]


def of_services() -> list[Scope]:
    return [scope for scope in Scope if scope not in NOT_OF_SERVICES]


def least_role(scopes: Iterable[Scope]) -> Role | None:
    """The role of a service that can do all of these; None where no one role can."""
    taken = {NEEDS[scope][0] for scope in scopes}
    return next((role for role in ROLES_OF_SERVICES if taken <= RIGHTS[role]), None)
