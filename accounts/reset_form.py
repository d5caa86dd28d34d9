"""Asking for a new password: until the answer is out, the same work whether an address has an account or not."""

from functools import partial
from typing import Any

from allauth.account import forms
from django.http import HttpRequest

from accounts import mail


class ResetPasswordForm(forms.ResetPasswordForm):
    def save(self, request: HttpRequest, **options: Any) -> str:
        """The address. Whoever is behind it is looked after beside the answer: a link costs time that could be seen."""
        mail.beside_the_answer("account/email/password_reset_key", partial(super().save, request, **options))
        email: str = self.cleaned_data["email"]
        return email
