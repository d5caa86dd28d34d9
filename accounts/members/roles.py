"""What each role may do, in words: where somebody is invited, joins, looks at their profile, or is given another role.

The words are those of the rights, and `accounts.access` says which rights a role has: neither is said twice.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import RIGHTS, Right, rights_of
from accounts.models import Membership, Organisation, Role
from groundwork.words import apart

# In the order in which they are said: first what sets a role apart.
WORDS: dict[Right, Promise] = {
    Right.ASSESS: gettext_lazy("creates assessments, asks raters and vendors, submits for approval"),
    Right.APPROVE: gettext_lazy("approves assessments or sends them back"),
    Right.ADMINISTER: gettext_lazy(
        "looks after members, departments, settings and levels of approval; reads the audit trail"
    ),
    Right.EDIT_VENDORS: gettext_lazy("looks after vendors, incidents, imports and targets"),
    Right.READ: gettext_lazy("reads and downloads everything; decides where a level of approval asks for them"),
    Right.SPEAK: gettext_lazy("says how a vendor’s support went"),
    Right.RATE: gettext_lazy("rates what they are asked to rate"),
}
NOTHING_ELSE = gettext_lazy("sees nothing else: no other vendor, nobody else’s answers, no scorecard")


def said_of(rights: Iterable[Right]) -> list[str]:
    """A phrase for each right, and of whoever cannot read everything that they cannot."""
    held = frozenset(rights)
    phrases = [str(words) for right, words in WORDS.items() if right in held]
    return phrases if Right.READ in held else [*phrases, str(NOTHING_ELSE)]


def duties(role: str, organisation: Organisation) -> list[str]:
    """What somebody with this role may do there: the settings of the organisation count."""
    return said_of(rights_of(Membership(role=role, organisation=organisation)))


def choices() -> list[tuple[str, str]]:
    """Each role with what sets it apart, to choose from; what most of them share stands beside, once."""
    words = _("%(role)s: %(may)s.")
    return [(role, words % {"role": role.label, "may": apart(_apart(role))}) for role in Role]


def shared_in_words() -> str:
    """What everybody may do who reads everything."""
    said = said_of(_shared())
    return _("All but outside raters also have what a reader has: %(may)s.") % {"may": apart(said)}


def _shared() -> frozenset[Right]:
    return frozenset.intersection(*(rights for rights in RIGHTS.values() if Right.READ in rights))


def _apart(role: str) -> list[str]:
    more = RIGHTS[role] - _shared()
    return [str(words) for right, words in WORDS.items() if right in more] if more else said_of(RIGHTS[role])
