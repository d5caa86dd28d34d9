"""Secrets that have to be used again, such as the key that signs a webhook: kept encrypted, under the installation's
own secret key; what was kept under a former one (`SECRET_KEY_FALLBACKS`) still opens."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.encoding import force_bytes


class CannotOpenError(Exception):
    """It was kept under a secret key that this installation does not have any more."""


def closed(secret: str) -> str:
    """What may be stored of it."""
    return _keys().encrypt(secret.encode()).decode()


def opened(stored: str) -> str:
    """The secret again. Raises CannotOpenError."""
    try:
        return _keys().decrypt(stored.encode()).decode()
    except InvalidToken as error:
        raise CannotOpenError from error


def _keys() -> MultiFernet:
    return MultiFernet([_key(one) for one in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(secret_key: str | bytes) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"kept secrets").derive(force_bytes(secret_key))
    return Fernet(base64.urlsafe_b64encode(derived))
