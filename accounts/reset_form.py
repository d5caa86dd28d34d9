"""Asking for a new password: until the answer is out, the same work whether an address has an account or not."""

from functools import partial
from typing import Any

from allauth.account import forms
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from accounts import mail, own_sign_in
from accounts.models import IdentityProvider, User


class ResetPasswordForm(forms.ResetPasswordForm):
    def save(self, request: HttpRequest, **options: Any) -> str:
        """The address. Whoever is behind it is looked after beside the answer: a link costs time that could be seen."""
        mail.beside_the_answer("account/email/password_reset_key", partial(self._look_after, request, **options))
        email: str = self.cleaned_data["email"]
        return email

    def _look_after(self, request: HttpRequest, **options: Any) -> None:
        """Whoever has to come in by their organisation's sign-in is told so instead: a password would open nothing."""
        people: list[User] = self.users  # type: ignore[has-type]  # set by the library when it looks at the address
        led = {user.pk: provider for user in people if (provider := own_sign_in.refused(user))}
        for user in people:
            if user.pk in led:
                self._lead(user, led[user.pk])
        self.users = [user for user in people if user.pk not in led]
        if self.users:
            super().save(request, **options)

    def _lead(self, user: User, provider: IdentityProvider) -> None:
        context = {"provider": provider, "url": settings.BASE_URL + reverse("sign_in_at", args=[provider.uuid])}
        mail.send("account/email/own_sign_in", user.email, language=user.language, context=context)
