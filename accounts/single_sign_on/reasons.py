"""Why somebody is not let in: a code, what the person is told, and what an administrator is told."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Reason(StrEnum):
    CANCELLED = "cancelled"
    NOT_BEGUN_HERE = "not_begun_here"
    NOT_IN_USE = "not_in_use"
    UNREACHABLE = "unreachable"
    UNREADABLE = "unreadable"
    PROVIDER_REFUSED = "provider_refused"
    NOT_SIGNED = "not_signed"
    WRONG_SIGNATURE = "wrong_signature"
    WRONG_ISSUER = "wrong_issuer"
    WRONG_AUDIENCE = "wrong_audience"
    WRONG_ADDRESS = "wrong_address"
    WRONG_TIME = "wrong_time"
    WRONG_REQUEST = "wrong_request"
    REPLAYED = "replayed"
    NO_ADDRESS = "no_address"
    NOT_VERIFIED = "not_verified"
    OUTSIDE = "outside"
    NOT_A_MEMBER = "not_a_member"
    NO_ROLE = "no_role"
    CLOSED = "closed"
    OTHER_PERSON = "other_person"


AGAIN = _("Begin again from the sign-in page. If it happens again, tell an administrator of your organisation.")
ASK = _("Ask an administrator of your organisation: they see on the page “Sign-in” what your provider sent.")
FOR_PERSON: dict[Reason, Promise] = {
    Reason.CANCELLED: _("You stopped at your organisation’s sign-in. Begin again when you are ready."),
    Reason.NOT_BEGUN_HERE: _("This sign-in was not begun in this browser, or too long ago. Begin again here."),
    Reason.REPLAYED: _("This answer of your organisation’s sign-in was used already. Begin again here."),
    Reason.NOT_IN_USE: _("Your organisation’s sign-in is not in use at the moment. Use your password."),
    Reason.UNREACHABLE: _("Your organisation’s sign-in does not answer. Try again in a few minutes."),
    Reason.NOT_A_MEMBER: _("You are not a member yet. Ask an administrator of your organisation to invite you."),
    Reason.NO_ROLE: _("None of your groups may use this. Ask an administrator of your organisation for one that may."),
    Reason.CLOSED: _("Your membership was closed. An administrator of your organisation can reopen it."),
    Reason.OUTSIDE: _("Your address does not belong to your organisation’s mail domains. Use your work account."),
}
FOR_ADMINISTRATOR: dict[Reason, Promise] = {
    Reason.CANCELLED: _("The person stopped at the provider."),
    Reason.NOT_BEGUN_HERE: _(
        "The answer belongs to no sign-in that this browser began in the last ten minutes. A tile on the provider’s "
        "start page has to lead to our sign-in page, not to the address for answers."
    ),
    Reason.NOT_IN_USE: _("The sign-in was put out of use meanwhile."),
    Reason.UNREACHABLE: _(
        "The provider could not be asked. Check its address; a provider on a private network has to be allowed by "
        "whoever runs this installation (SIGN_IN_PRIVATE_NETWORKS)."
    ),
    Reason.UNREADABLE: _("What the provider answered could not be read, or lacks something that it must say."),
    Reason.PROVIDER_REFUSED: _("The provider itself refused: its own log says why."),
    Reason.NOT_SIGNED: _("The answer is not signed. At the provider, switch on that assertions are signed."),
    Reason.WRONG_SIGNATURE: _("The signature fits none of the keys. If the provider’s key changed, add the new one."),
    Reason.WRONG_ISSUER: _("The answer comes from another issuer than the one that is set here."),
    Reason.WRONG_AUDIENCE: _("The answer is meant for another application: check the client ID or the entity ID."),
    Reason.WRONG_ADDRESS: _("The answer is meant for another address: check the address for answers at the provider."),
    Reason.WRONG_TIME: _("The answer is too old or not valid yet. The clocks may differ by two minutes at most."),
    Reason.WRONG_REQUEST: _("The answer belongs to another sign-in than the one that was begun here."),
    Reason.REPLAYED: _("The same answer arrived a second time."),
    Reason.NO_ADDRESS: _("No mail address stands in the claim that is set here. Choose another claim, or send it."),
    Reason.NOT_VERIFIED: _("The provider says that it has not verified the address."),
    Reason.OUTSIDE: _("The address lies in none of your confirmed mail domains."),
    Reason.NOT_A_MEMBER: _("Nobody with this address is a member or invited, and members are not added by sign-in."),
    Reason.NO_ROLE: _("None of the groups gives a role, and there is no role without a group."),
    Reason.CLOSED: _("This membership, or the account, was closed here."),
    Reason.OTHER_PERSON: _(
        "The account with this address belongs to somebody else at the provider: an address that was given to a new "
        "person, perhaps. Forget who is linked, if it is the same person."
    ),
}


class NotLetInError(Exception):
    """`claims`: what the provider sent, where that was proven to be its own; `detail`: for administrators, in the
    words of whoever found it."""

    def __init__(self, reason: Reason, detail: str = "", claims: Mapping[str, Any] | None = None) -> None:
        super().__init__(f"{reason} ({detail})" if detail else str(reason))
        self.reason, self.detail, self.claims = reason, detail[:300], dict(claims or {})


def said_to_person(reason: Reason) -> Promise:
    return FOR_PERSON.get(reason, ASK)


def said_to_administrator(code: str) -> Promise | str:
    """Empty for the outcome of a trial that let its administrator in."""
    return next((words for reason, words in FOR_ADMINISTRATOR.items() if reason == code), "")
