"""Why a try failed, and why an address was switched off, in words: rows hold the codes."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from groundwork.jobs.lease import TOO_MANY_ATTEMPTS

PAUSED = _("Paused")


class Failure(models.TextChoices):
    """Of one try; of an address, those that `addresses` gives."""

    NO_ADDRESS = "no_address", _("This is no web address. Write it as https://receiver.example/path.")
    NAMES_A_USER = (
        "names_a_user",
        _("The address names a user or a password. Leave them out: the signature proves who sends."),
    )
    NOT_SECURE = "not_secure", _("The address is not encrypted. Use one that begins with https://.")
    PORT = "port", _("Webhooks go to port 443, or to one from 1024 on. Choose another port at the receiver.")
    PRIVATE = (
        "private",
        _(
            "The address lies in a private network. Use a public one, or ask whoever runs this installation to allow"
            " that network (WEBHOOK_PRIVATE_NETWORKS)."
        ),
    )
    UNKNOWN_HOST = "unknown_host", _("No server is known by this name. Check the address.")
    UNREACHABLE = "unreachable", _("The receiver could not be reached. Check that it runs, and its firewall.")
    CERTIFICATE = "certificate", _("The receiver’s certificate is not valid. Renew it, or check its name.")
    TOO_SLOW = "too_slow", _("The receiver did not answer in time. Let it answer first, and work afterwards.")
    BROKEN_OFF = "broken_off", _("The receiver broke off before it had answered. Look at its log.")
    REDIRECTED = "redirected", _("The receiver sends elsewhere. Write the address where it really is.")
    REFUSED = "refused", _("The receiver did not take it. Its log says why.")
    GONE = "gone", _("The receiver says that it is gone (410).")
    SECRET_LOST = "secret_lost", _("The secret cannot be read any more. Make a new one.")
    TOO_MANY_ATTEMPTS = TOO_MANY_ATTEMPTS, _("Five tries were cut short. It is tried again by itself.")
    UNEXPECTED = "unexpected", _("An unexpected fault stopped it. It has been recorded.")


class Off(models.TextChoices):
    """Why an address was switched off by itself."""

    GONE = "gone", _("Switched off: the receiver said that it is gone (410).")
    FAILED_FOR_DAYS = "failed_for_days", _("Switched off: nothing has arrived for five days.")


def of_failure(code: str) -> str:
    """In the active language; empty for no code."""
    return str(Failure(code).label) if code in Failure.values else ""


def of_off(code: str) -> str:
    return str(Off(code).label) if code in Off.values else str(PAUSED)
