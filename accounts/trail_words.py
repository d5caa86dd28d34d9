"""How the audit trail tells what happens to organisations, people and their rights."""

from __future__ import annotations

from operator import attrgetter

from django.utils.translation import gettext_lazy as _

from accounts.models import ApiToken, Department, Invitation, Membership, Organisation, User
from accounts.vocabulary import TrailSubject, Verb, Vocabulary, nobodys

VOCABULARY = Vocabulary(
    verbs={
        "organisation.added": Verb(title=_("Organisation added"), told=_("added the organisation")),
        "organisation.changed": Verb(
            title=_("Organisation settings changed"), told=_("changed the settings of the organisation")
        ),
        "department.added": Verb(title=_("Department added"), told=_("added a department")),
        "department.changed": Verb(title=_("Department changed"), told=_("changed a department")),
        "department.deleted": Verb(title=_("Department deleted"), told=_("deleted a department")),
        "member.added": Verb(title=_("Member added"), told=_("added a member")),
        "member.changed": Verb(title=_("Member changed"), told=_("changed a member")),
        "member.joined": Verb(title=_("Joined the organisation"), told=_("joined the organisation")),
        "invitation.sent": Verb(title=_("Invitation sent"), told=_("sent an invitation")),
        "invitation.resent": Verb(title=_("Invitation sent again"), told=_("sent an invitation again")),
        "invitation.extended": Verb(
            title=_("Invitation stays open longer"), told=_("let an invitation stay open longer")
        ),
        "invitation.revoked": Verb(title=_("Invitation withdrawn"), told=_("withdrew an invitation")),
        "token.made": Verb(title=_("API token made"), told=_("made an API token")),
        "token.revoked": Verb(title=_("API token withdrawn"), told=_("withdrew an API token")),
        "connection.made": Verb(title=_("System connected"), told=_("connected a system")),
        "connection.taken_over": Verb(title=_("Connected system taken over"), told=_("took over a connected system")),
        "connection.ended": Verb(title=_("Connection ended"), told=_("ended the connection of a system")),
        "user.added": Verb(title=_("User added"), told=_("added a user")),
        "user.changed": Verb(title=_("User changed"), told=_("changed a user")),
    },
    kinds={
        Organisation: TrailSubject(organisation=attrgetter("pk")),
        Membership: TrailSubject(label=lambda row: str(row.user), route="member_edit"),
        Department: TrailSubject(route="department_edit"),
        Invitation: TrailSubject(),
        ApiToken: TrailSubject(),
        User: TrailSubject(organisation=nobodys),
    },
    names={
        "member": _("member"),
        "groups": _("groups"),
        "user_permissions": _("permissions"),
        "expires_at": _("valid until"),
        "revoked_at": _("withdrawn on"),
        "name": _("name"),
        "holder": _("acts as"),
        "reads_for": _("reads for"),
        "sha256": "SHA-256",
    },
)
