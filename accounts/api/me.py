"""Who a token is: the first call that anybody makes."""

from __future__ import annotations

from datetime import datetime

from ninja import Router, Schema

from accounts.api.endpoints import endpoint
from accounts.api.requests import ApiRequest

router = Router()


class MeOut(Schema):
    organisation: str
    name: str
    role: str
    is_service: bool
    token: str
    scopes: list[str]
    expires_at: datetime


@endpoint(router, "GET", "/me", "me", MeOut)
def me(request: ApiRequest) -> MeOut:
    """Whose token this is, and how far it reaches."""
    token, member = request.token, request.member
    return MeOut(
        organisation=member.organisation.name,
        name=str(member.user),
        role=member.role,
        is_service=member.is_service,
        token=token.name,
        scopes=token.scopes,
        expires_at=token.expires_at,
    )
