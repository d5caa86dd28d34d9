"""What the provider says of its people, and how it errs when it is asked to. Imported by openid_server once Django is
set up."""

from __future__ import annotations

import time
from typing import Any

from oauth2_provider.oauth2_validators import OAuth2Validator
from openid_server import PEOPLE

SHIFTS = {"late": -700, "skewed": -360, "skewed-too-far": -480, "early": 700}  # seconds; a token is good for 300
FAULTS: dict[str, dict[str, Any]] = {
    "audience": {"aud": ["another application"]},
    "issuer": {"iss": "https://another.example"},
    "nonce": {"nonce": "of another sign-in"},
    "unverified": {"email_verified": False},
}


class Claims(OAuth2Validator):
    oidc_claim_scope = None

    def get_additional_claims(self, request: Any) -> dict[str, Any]:
        name, _, _fault = request.user.username.partition("~")
        email, full_name, groups = PEOPLE[name]
        return {"sub": f"{name}-at-the-provider", "email": email, "name": full_name, "groups": groups}

    def get_id_token_dictionary(self, token: Any, handler: Any, request: Any) -> tuple[dict[str, Any], Any]:
        claims, expires = super().get_id_token_dictionary(token, handler, request)
        fault = request.user.username.partition("~")[2]
        claims["iat"] = int(time.time())
        for name in ("exp", "iat", "auth_time"):
            claims[name] += SHIFTS.get(fault, 0)
        return claims | FAULTS.get(fault, {}), expires
