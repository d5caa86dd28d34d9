"""Which role the groups of a person give, as the organisation's sign-in and its directory both ask: a pure rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from accounts.models import Role

ORDER = (Role.ADMIN, Role.APPROVER, Role.ASSESSOR, Role.READER, Role.RATER)  # of several roles the first one counts


def role_of(groups: Iterable[str], roles: Mapping[str, str], *, otherwise: str = "") -> str:
    """The role that these groups give by `roles` ({group: role}), `otherwise` where none of them gives one.

    Groups are compared without regard to case and to space around them; a role that does not exist gives nothing.
    """
    held = {_plain(group) for group in groups}
    given = {role for group, role in roles.items() if _plain(group) in held}
    return next((role.value for role in ORDER if role.value in given), otherwise)


def _plain(group: str) -> str:
    return " ".join(group.split()).casefold()
