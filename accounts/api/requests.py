"""What the handler of an operation gets."""

from __future__ import annotations

from django.http import HttpRequest

from accounts.models import ApiToken, Membership


class ApiRequest(HttpRequest):
    """A request with a token: `member` is who it acts as, `token` how far it reaches. `answer_headers` go out with
    whatever is answered."""

    token: ApiToken
    member: Membership
    memberships: list[Membership]
    answer_headers: dict[str, str]
