"""How allauth behaves here: nobody signs up by themselves; members are invited; mails speak the receiver's language."""

from typing import Any
from urllib.parse import quote

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as requests
from django.conf import settings
from django.contrib import messages
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import mail, own_sign_in, visitor
from accounts.mail import one_line
from accounts.models import User

OURS = ("account/email/password_reset_key",)


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": gettext_lazy(
            "Too many sign-ins failed, for this address or from your network. For up to five minutes even the right "
            "password is refused. Wait, or ask for a new password by mail: once it is set, you can sign in. A passkey "
            "is not held up."
        ),
    }

    def get_client_ip(self, request: HttpRequest) -> str:
        return visitor.address_of(request) or "unknown"

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Failed sign-ins count for an account, and by themselves for each browser that it is known in."""
        key = super()._get_login_attempts_cache_key(request, **credentials)
        return f"{key}:{visitor.known_browser(request, credentials.get('email', ''))}"

    def pre_login(self, request: HttpRequest, user: Any, **options: Any) -> HttpResponse | None:
        """Whoever has to come in by their organisation's sign-in is sent there, whatever else opened so far."""
        if response := super().pre_login(request, user, **options):
            return response
        provider = None if own_sign_in.has_come(request, user) else own_sign_in.refused(user)
        if provider is None:
            return None
        words = _("Your organisation signs in through “%(name)s” only: passwords and passkeys are not used there.")
        messages.warning(request, words % {"name": provider.name})
        return redirect("sign_in_at", provider.uuid)

    def logout(self, request: HttpRequest) -> None:
        """What came in through a provider is signed out there next."""
        session = own_sign_in.through(request)
        super().logout(request)
        if session is not None:
            request.session[own_sign_in.LEFT] = {"provider": session.provider, "end": session.end}

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        """Asked before the sign-out."""
        return reverse("signed_out") if own_sign_in.through(request) else super().get_logout_redirect_url(request)

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Links in mails begin with our own address, whatever host the request named."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.BASE_URL + path.replace("UID-KEY", quote(key))

    def format_email_subject(self, subject: str) -> str:
        return one_line(str(subject))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Made and sent beside the answer, which says the same whether there was anybody to write to."""
        user = context.get("user")
        language = getattr(user, "language", None) or translation.get_language() or settings.LANGUAGE_CODE
        values = {"request": requests.request, **context, "email": email, "language": language}

        def send_it() -> None:
            with translation.override(language):
                mail.deliver(self.render_mail(template_prefix, email, values))

        mail.beside_the_answer(template_prefix, send_it)

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        super().send_notification_mail(template_prefix, user, {**(context or {}), "user": user}, email or user.email)

    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> EmailMessage:
        """The mail with an HTML twin: from our own template, or around the text of allauth's."""
        if template_prefix in OURS and isinstance(email, str):
            return mail.compose(template_prefix, email, context)
        message = super().render_mail(template_prefix, email, context, headers)
        if isinstance(message, EmailMultiAlternatives) and not message.alternatives:
            twin = render_to_string("accounts/email/plain.html", {**context, "text": message.body})
            message.attach_alternative(twin, "text/html")
        return message
