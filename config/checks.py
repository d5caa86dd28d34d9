"""System checks: every wrong mixture of settings is refused with what to do about it.

`bin/manage check --deploy` says all of them. In production nothing serves or works while one is left.
"""

import re
from collections.abc import Iterator
from ipaddress import ip_network

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.http.request import validate_host

from config.secret_key import SHORTEST

FEWEST_DIFFERENT = 5  # characters of a key, as Django asks for
SHORTEST_TOKEN = 32  # characters
A_YEAR = 31_536_000
WEBHOOK_MARGIN = 50  # seconds: the hard limit of a try lies 45 above its own
S3_SETTINGS = ("S3_PREFIX", "S3_ENDPOINT", "S3_REGION", "S3_ACCESS_KEY", "S3_SECRET_KEY", "S3_ENCRYPTION")
ENDPOINT = re.compile(r"https?://[^/?#@\s]+")
ENCRYPTION = re.compile(r"(AES256|aws:kms(:\S+)?)?")
STAYS_HERE = ("filebased", "console", "locmem", "dummy")  # backends of mail that send none


@register(Tags.security)
def settings_fit_together(**_: object) -> list[CheckMessage]:
    return [*_time_limits(), *_intervals(), *_webhooks(), *_files(), *(_production() if settings.PRODUCTION else ())]


def refuse_to_serve() -> None:
    """Raises ImproperlyConfigured where production would run on settings that do not fit together."""
    wrong = settings_fit_together() if settings.PRODUCTION else []
    if wrong:
        lines = "\n".join(f"  {one.msg} {one.hint}" for one in wrong)
        raise ImproperlyConfigured(f"PRODUCTION is on, and these settings do not fit together:\n{lines}")


def _time_limits() -> Iterator[CheckMessage]:
    soft, hard = settings.CELERY_TASK_SOFT_TIME_LIMIT, settings.CELERY_TASK_TIME_LIMIT
    if not soft < hard < min(settings.RENDERING_LEASE, settings.DIGEST_LEASE).total_seconds():
        yield Error(
            "The time limits of a rendering or a summary mail must rise: soft < hard < lease.",
            hint="Set RENDERING_SOFT_LIMIT_SECONDS < RENDERING_HARD_LIMIT_SECONDS < RENDERING_LEASE_SECONDS,"
            " and a DIGEST_LEASE_SECONDS of its own above them, too.",
            id="config.E001",
        )


def _intervals() -> Iterator[CheckMessage]:
    """With none, a worker would do nothing but look; with less than none, things would end before they begin."""
    amounts = {
        "SWEEP_SECONDS": settings.SWEEP_SECONDS,
        "MORNING_SECONDS": settings.MORNING_SECONDS,
        "RENDERING_SOFT_LIMIT_SECONDS": settings.CELERY_TASK_SOFT_TIME_LIMIT,
        "RENDERING_NUDGE_SECONDS": settings.RENDERING_NUDGE_AFTER.total_seconds(),
        "IMPORT_NUDGE_SECONDS": settings.IMPORT_NUDGE_AFTER.total_seconds(),
        "IMPORT_LEASE_SECONDS": settings.IMPORT_LEASE.total_seconds(),
        "IMPORT_SOFT_LIMIT_SECONDS": settings.IMPORT_SOFT_LIMIT,
        "MAILS_PER_MINUTE": settings.MAILS_PER_MINUTE,
        "WEBHOOK_SECONDS": settings.WEBHOOK_SECONDS,
        "WEB_PROCESSES": settings.WEB_PROCESSES,
        "WEB_THREADS": settings.WEB_THREADS,
        "INVITATION_DAYS": settings.INVITATION_DAYS,
        "EVIDENCE_MAX_BYTES": settings.EVIDENCE_MAX_BYTES,
    }
    if none := [name for name, amount in amounts.items() if amount <= 0]:
        yield Error(f"More than nothing is needed for {', '.join(none)}.", hint="Unset or raise it.", id="config.E008")


def _webhooks() -> Iterator[CheckMessage]:
    if settings.WEBHOOK_LEASE.total_seconds() <= settings.WEBHOOK_SECONDS + WEBHOOK_MARGIN:
        yield Error(
            "A try at a webhook would be taken over while it still runs.",
            hint=f"Set WEBHOOK_LEASE_SECONDS above WEBHOOK_SECONDS + {WEBHOOK_MARGIN}.",
            id="config.E014",
        )
    for network in settings.WEBHOOK_PRIVATE_NETWORKS:
        try:
            ip_network(network, strict=False)
        except ValueError:
            yield Error(
                f"WEBHOOK_PRIVATE_NETWORKS names {network!r}, which is no network.",
                hint="Write networks as 10.20.0.0/16,192.168.7.4/32, or leave it empty.",
                id="config.E015",
            )


def _files() -> Iterator[CheckMessage]:
    said = [name for name in S3_SETTINGS if getattr(settings, name)]
    if said and not settings.S3_BUCKET:
        yield Error(
            f"{', '.join(said)} without a bucket: files would stay in a folder of this host.",
            hint="Set S3_BUCKET, or unset the others.",
            id="config.E016",
        )
    if bool(settings.S3_ACCESS_KEY) != bool(settings.S3_SECRET_KEY):
        yield Error(
            "One of the two keys to the store of files is missing.",
            hint="Set S3_ACCESS_KEY and S3_SECRET_KEY, or neither where the machine has a role.",
            id="config.E017",
        )
    if settings.S3_ENDPOINT and not ENDPOINT.fullmatch(settings.S3_ENDPOINT):
        yield Error(
            "S3_ENDPOINT is not the address of a store.",
            hint="Write it as https://files.example.org or http://10.20.0.7:9000, without keys.",
            id="config.E018",
        )
    if not ENCRYPTION.fullmatch(settings.S3_ENCRYPTION):
        yield Error(
            "S3_ENCRYPTION is none that stores know.",
            hint="Set it to AES256, aws:kms or aws:kms:KEY, or leave it empty.",
            id="config.E019",
        )


def _production() -> Iterator[CheckMessage]:
    yield from _secrecy()
    yield from _servers()
    yield from _addresses()


def _secrecy() -> Iterator[CheckMessage]:
    if settings.DEBUG:
        yield Error("DEBUG must be off in production.", hint="Unset DEBUG.", id="config.E002")
    key = settings.SECRET_KEY
    if not settings.HAS_OWN_SECRET_KEY:
        yield Error(
            "Production needs a SECRET_KEY of its own, the same for web, worker and beat.",
            hint=f"Set SECRET_KEY to at least {SHORTEST} random characters.",
            id="config.E005",
        )
    elif len(key) < SHORTEST or len(set(key)) < FEWEST_DIFFERENT:
        yield Error(
            "SECRET_KEY can be guessed: whoever does can sign in as anybody.",
            hint=f"Set it to at least {SHORTEST} random characters.",
            id="config.E009",
        )
    if settings.SECURE_HSTS_PRELOAD and not (
        settings.SECURE_HSTS_INCLUDE_SUBDOMAINS and settings.SECURE_HSTS_SECONDS >= A_YEAR
    ):
        yield Error(
            "The lists of browsers take a name for a year and with its subdomains only.",
            hint=f"Unset SECURE_HSTS_PRELOAD, or set SECURE_HSTS_INCLUDE_SUBDOMAINS and at least {A_YEAR} seconds.",
            id="config.E010",
        )
    if 0 < len(settings.METRICS_TOKEN) < SHORTEST_TOKEN:
        yield Error(
            "METRICS_TOKEN can be guessed.",
            hint=f"Set it to at least {SHORTEST_TOKEN} random characters, or unset it.",
            id="config.E020",
        )


def _servers() -> Iterator[CheckMessage]:
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        yield Error("Production needs PostgreSQL.", hint="Set DATABASE_URL=postgres://…", id="config.E003")
    if not settings.REDIS_URL:
        yield Error("Production needs Redis as its broker.", hint="Set REDIS_URL=redis://…", id="config.E004")
    if any(f".{name}." in settings.EMAIL_BACKEND for name in STAYS_HERE):
        yield Error(
            "Mails would stay on this machine.",
            hint="Set EMAIL_URL=smtp+tls://user:password@host:587",
            id="config.E007",
        )


def _addresses() -> Iterator[CheckMessage]:
    if not settings.BASE_URL.startswith("https://") or not settings.BASE_HOST:
        yield Error("BASE_URL must be https in production.", hint="Set BASE_URL=https://…", id="config.E006")
    if "*" in settings.ALLOWED_HOSTS:
        yield Error(
            "ALLOWED_HOSTS takes any name: links in pages would follow whatever a request claims.",
            hint=f"Set ALLOWED_HOSTS={settings.BASE_HOST}",
            id="config.E011",
        )
    elif not validate_host(settings.BASE_HOST, settings.ALLOWED_HOSTS):
        yield Error(
            "ALLOWED_HOSTS leaves out the host of BASE_URL: whoever follows a mailed link would be refused.",
            hint=f"Set ALLOWED_HOSTS={settings.BASE_HOST}",
            id="config.E012",
        )
    if settings.ALLAUTH_TRUSTED_PROXY_COUNT < 1:
        yield Error(
            "TRUSTED_PROXY_COUNT is none, and a proxy ends TLS: all visitors would share its address, so that ten"
            " failed sign-ins of one keep out everybody.",
            hint="Unset TRUSTED_PROXY_COUNT for one proxy, or set how many stand in front.",
            id="config.E013",
        )
