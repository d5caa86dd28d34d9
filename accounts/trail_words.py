"""How the audit trail tells what happens to organisations, people and their rights."""

from __future__ import annotations

from operator import attrgetter

from django.utils.translation import gettext_lazy as _

from accounts.models import (
    ApiToken,
    Department,
    IdentityProvider,
    Invitation,
    MailDomain,
    Membership,
    Organisation,
    ProvisionedGroup,
    ProvisionedPerson,
    User,
    WebhookEndpoint,
)
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
        "sign_in.set": Verb(title=_("Sign-in of the organisation set"), told=_("set the organisation’s sign-in")),
        "sign_in.changed": Verb(
            title=_("Sign-in of the organisation changed"), told=_("changed the organisation’s sign-in")
        ),
        "sign_in.put_in_use": Verb(
            title=_("Sign-in of the organisation put in use"), told=_("put the organisation’s sign-in in use")
        ),
        "sign_in.put_out_of_use": Verb(
            title=_("Sign-in of the organisation put out of use"), told=_("put the organisation’s sign-in out of use")
        ),
        "sign_in.forced": Verb(
            title=_("Sign-in of the organisation made the only way in"),
            told=_("made the organisation’s sign-in the only way in"),
        ),
        "sign_in.not_forced": Verb(title=_("Passwords allowed again"), told=_("allowed passwords again")),
        "sign_in.links_forgotten": Verb(
            title=_("Links to accounts of the provider forgotten"),
            told=_("forgot the links to accounts of the provider"),
        ),
        "sign_in.emergency": Verb(
            title=_("Came in past the organisation’s sign-in"), told=_("came in past the organisation’s sign-in")
        ),
        "domain.added": Verb(title=_("Mail domain added"), told=_("added a mail domain")),
        "domain.confirmed": Verb(title=_("Mail domain confirmed"), told=_("confirmed a mail domain")),
        "domain.removed": Verb(title=_("Mail domain removed"), told=_("removed a mail domain")),
        "token.made": Verb(title=_("API token made"), told=_("made an API token")),
        "token.revoked": Verb(title=_("API token withdrawn"), told=_("withdrew an API token")),
        "directory.person_added": Verb(title=_("Person named by the directory"), told=_("named a person")),
        "directory.person_changed": Verb(title=_("Person changed by the directory"), told=_("changed a person")),
        "directory.person_removed": Verb(title=_("Person removed by the directory"), told=_("removed a person")),
        "directory.group_added": Verb(title=_("Group named by the directory"), told=_("named a group")),
        "directory.group_changed": Verb(title=_("Group renamed by the directory"), told=_("renamed a group")),
        "directory.group_filled": Verb(title=_("People of a group changed"), told=_("changed the people of a group")),
        "directory.group_removed": Verb(title=_("Group removed by the directory"), told=_("removed a group")),
        "directory.role_given": Verb(title=_("Role given to a group"), told=_("gave a group a role")),
        "webhook.added": Verb(title=_("Webhook added"), told=_("added a webhook")),
        "webhook.changed": Verb(title=_("Webhook changed"), told=_("changed a webhook")),
        "webhook.paused": Verb(title=_("Webhook paused"), told=_("paused a webhook")),
        "webhook.resumed": Verb(title=_("Webhook resumed"), told=_("let a webhook go on")),
        "webhook.switched_off": Verb(title=_("Webhook switched off"), told=_("switched off a webhook")),
        "webhook.secret_rotated": Verb(title=_("Webhook’s secret renewed"), told=_("renewed the secret of a webhook")),
        "webhook.tested": Verb(title=_("Webhook tested"), told=_("sent a test to a webhook")),
        "webhook.sent_again": Verb(title=_("Webhook’s events sent again"), told=_("sent events to a webhook again")),
        "webhook.deleted": Verb(title=_("Webhook deleted"), told=_("deleted a webhook")),
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
        IdentityProvider: TrailSubject(),
        MailDomain: TrailSubject(),
        ProvisionedPerson: TrailSubject(),
        ProvisionedGroup: TrailSubject(),
        WebhookEndpoint: TrailSubject(route="webhook_detail"),
        User: TrailSubject(organisation=nobodys),
    },
    names={
        "member": _("member"),
        "links": _("links"),
        "client_secret": _("client secret"),
        "groups": _("groups"),
        "user_permissions": _("permissions"),
        "expires_at": _("valid until"),
        "revoked_at": _("withdrawn on"),
        "name": _("name"),
        "kinds": _("events"),
        "former_until": _("former secret valid until"),
        "holder": _("acts as"),
        "reads_for": _("reads for"),
        "sha256": "SHA-256",
    },
)
