"""An OpenID provider of its own, in its own process: Django with django-oauth-toolkit, keys and database made as it
starts. `python openid_server.py FOLDER` prints its address once it can be asked.

Who signs in is said by the header X-Person (a user name of PEOPLE); what it does wrong then, by X-Fault.
"""

from __future__ import annotations

import sys
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

NAME = "openid_server"  # as Django imports it, though it is what was started
CLIENT, SECRET = "manifesto", "a secret of both"
PEOPLE = {
    "anna": ("anna@harbour.example", "Anna Peeters", ["IT Admins"]),
    "bart": ("bart@harbour.example", "Bart Claes", ["Buyers", "Everybody"]),
    "nogroup": ("carla@harbour.example", "Carla", ["Everybody"]),
    "outside": ("dirk@elsewhere.example", "Dirk", ["IT Admins"]),
}


def settings_for(folder: Path, address: str) -> dict[str, Any]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    return {
        "SECRET_KEY": "of the provider",
        "DEBUG": False,
        "ALLOWED_HOSTS": ["127.0.0.1"],
        "ROOT_URLCONF": NAME,
        "INSTALLED_APPS": ["django.contrib.auth", "django.contrib.contenttypes", "oauth2_provider"],
        "MIDDLEWARE": ["django.contrib.sessions.middleware.SessionMiddleware", f"{NAME}.SaidToBe"],
        "SESSION_ENGINE": "django.contrib.sessions.backends.signed_cookies",
        "DATABASES": {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": folder / "provider.sqlite3"}},
        "MIGRATION_MODULES": {"auth": None, "contenttypes": None, "oauth2_provider": None},
        "USE_TZ": True,
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "LOGGING": {
            "version": 1,
            "handlers": {"errors": {"class": "logging.StreamHandler"}},
            "loggers": {"django.request": {"handlers": ["errors"], "level": "ERROR"}},
        },
        "LOGIN_URL": "/login/",
        "OAUTH2_PROVIDER": {
            "OIDC_ENABLED": True,
            "OIDC_RSA_PRIVATE_KEY": pem,
            "OIDC_ISS_ENDPOINT": address,
            "OIDC_RP_INITIATED_LOGOUT_ENABLED": True,
            "OIDC_RP_INITIATED_LOGOUT_ALWAYS_PROMPT": False,
            "PKCE_REQUIRED": True,
            "ID_TOKEN_EXPIRE_SECONDS": 300,
            "SCOPES": {"openid": "", "email": "", "profile": ""},
            "OAUTH2_VALIDATOR_CLASS": f"{NAME}_claims.Claims",
        },
    }


class SaidToBe:
    """Whoever the header says is signed in: a provider's own sign-in is its own affair."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        from django.contrib.auth.models import AnonymousUser, User

        name = request.headers.get("X-Person", "")
        if name:
            request.user, _made = User.objects.get_or_create(
                username=f"{name}~{request.headers.get('X-Fault', '')}", defaults={"email": PEOPLE[name][0]}
            )
        else:
            request.user = AnonymousUser()
        return self.get_response(request)


class Quiet(WSGIRequestHandler):
    def log_message(self, *_args: Any) -> None:
        pass


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


def main(folder: Path, callback: str, after: str) -> None:
    import django
    from django.conf import settings

    server = make_server("127.0.0.1", 0, lambda *_: [], Server, Quiet)
    address = f"http://127.0.0.1:{server.server_port}"
    sys.modules[NAME] = sys.modules["__main__"]
    settings.configure(**settings_for(folder, address))
    django.setup()
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application
    from oauth2_provider.models import get_application_model

    call_command("migrate", run_syncdb=True, verbosity=0)
    get_application_model().objects.create(
        client_id=CLIENT,
        client_secret=SECRET,
        client_type="confidential",
        authorization_grant_type="authorization-code",
        redirect_uris=callback,
        post_logout_redirect_uris=after,
        algorithm="RS256",
        skip_authorization=True,
    )
    server.set_app(get_wsgi_application())
    print(address, flush=True)
    server.serve_forever()


def __getattr__(name: str) -> Any:
    """The routes, once Django is set up."""
    if name != "urlpatterns":
        raise AttributeError(name)
    from django.urls import include, path
    from oauth2_provider import urls

    return [path("", include((urls.oidc_urlpatterns + urls.base_urlpatterns, "oauth2_provider")))]


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
