"""How far a token reaches, in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.access import Scope

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
