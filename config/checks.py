"""System checks: every wrong mixture of settings is refused with what to do about it."""

from collections.abc import Iterator

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.security)
def settings_fit_together(**_: object) -> list[CheckMessage]:
    return [*_time_limits(), *(_production() if settings.PRODUCTION else ())]


def _time_limits() -> Iterator[CheckMessage]:
    soft, hard = settings.CELERY_TASK_SOFT_TIME_LIMIT, settings.CELERY_TASK_TIME_LIMIT
    if not soft < hard < min(settings.RENDERING_LEASE, settings.DIGEST_LEASE).total_seconds():
        yield Error(
            "The time limits of a rendering or a summary mail must rise: soft < hard < lease.",
            hint="Set RENDERING_SOFT_LIMIT_SECONDS < RENDERING_HARD_LIMIT_SECONDS < RENDERING_LEASE_SECONDS,"
            " and a DIGEST_LEASE_SECONDS of its own above them, too.",
            id="config.E001",
        )


def _production() -> Iterator[CheckMessage]:
    if settings.DEBUG:
        yield Error("DEBUG must be off in production.", hint="Unset DEBUG.", id="config.E002")
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        yield Error("Production needs PostgreSQL.", hint="Set DATABASE_URL=postgres://…", id="config.E003")
    if not settings.REDIS_URL:
        yield Error("Production needs Redis as its broker.", hint="Set REDIS_URL=redis://…", id="config.E004")
    if not settings.HAS_OWN_SECRET_KEY:
        yield Error(
            "Production needs a SECRET_KEY of its own, the same for web, worker and beat.",
            hint="Set SECRET_KEY to at least 50 random characters.",
            id="config.E005",
        )
    if not settings.BASE_URL.startswith("https://"):
        yield Error("BASE_URL must be https in production.", hint="Set BASE_URL=https://…", id="config.E006")
    if settings.EMAIL_BACKEND.endswith(("filebased.EmailBackend", "console.EmailBackend")):
        yield Error(
            "Mails would stay on this machine.",
            hint="Set EMAIL_URL=smtp+tls://user:password@host:587",
            id="config.E007",
        )
