"""How the audit trail tells what happens to organisations, people and their rights."""

from __future__ import annotations

from operator import attrgetter

from django.utils.translation import gettext_lazy as _

from accounts.models import Department, Invitation, Membership, Organisation, User
from accounts.vocabulary import TrailSubject, Verb, Vocabulary, nobodys

VOCABULARY = Vocabulary(
    verbs={
        "organisation.added": Verb(title=_("Organisation added")),
        "organisation.changed": Verb(title=_("Organisation settings changed")),
        "department.added": Verb(title=_("Department added")),
        "department.changed": Verb(title=_("Department changed")),
        "department.deleted": Verb(title=_("Department deleted")),
        "member.added": Verb(title=_("Member added")),
        "member.changed": Verb(title=_("Member changed")),
        "member.joined": Verb(title=_("Joined the organisation")),
        "invitation.sent": Verb(title=_("Invitation sent")),
        "invitation.resent": Verb(title=_("Invitation sent again")),
        "invitation.extended": Verb(title=_("Invitation stays open longer")),
        "invitation.revoked": Verb(title=_("Invitation withdrawn")),
        "user.added": Verb(title=_("User added")),
        "user.changed": Verb(title=_("User changed")),
    },
    kinds={
        Organisation: TrailSubject(organisation=attrgetter("pk")),
        Membership: TrailSubject(label=lambda row: str(row.user), route="member_edit"),
        Department: TrailSubject(route="department_edit"),
        Invitation: TrailSubject(),
        User: TrailSubject(organisation=nobodys),
    },
    names={
        "member": _("member"),
        "groups": _("groups"),
        "user_permissions": _("permissions"),
        "expires_at": _("valid until"),
        "revoked_at": _("withdrawn on"),
        "name": _("name"),
        "sha256": "SHA-256",
    },
)
