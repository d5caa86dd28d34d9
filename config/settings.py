"""One settings file: a safe local default, the environment for the rest.

Every variable read here is listed in `.env.example`; a wrong mixture is refused by the checks in `config/checks.py`.
"""

import logging
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django_stubs_ext
import environ
import structlog
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from kombu import Exchange, Queue

from accounts.logs import is_news, without_tokens
from config.secret_key import local_secret_key
from groundwork import languages

django_stubs_ext.monkeypatch()  # ModelForm[User] and the like name their model to the type checker

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
if (BASE_DIR / ".env").is_file():
    environ.Env.read_env(BASE_DIR / ".env")

# Where this installation keeps what it makes: the embedded database and broker, mails, uploads, built assets.
DATA_DIR = BASE_DIR / env("DATA_DIR", default="var")


DEBUG = env.bool("DEBUG", default=False)
PRODUCTION = env.bool("PRODUCTION", default=False)
HAS_OWN_SECRET_KEY = bool(env("SECRET_KEY", default=""))
SECRET_KEY = env("SECRET_KEY", default="") or local_secret_key(DATA_DIR / "secret_key")
BASE_URL = env("BASE_URL", default="http://localhost:8000").rstrip("/")
BASE_HOST = urlsplit(BASE_URL).hostname or ""
BASE_HOST = f"[{BASE_HOST}]" if ":" in BASE_HOST else BASE_HOST  # an IPv6 address, as hosts are written
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[]) or ["localhost", "127.0.0.1", "[::1]", BASE_HOST]
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "modeltranslation",  # before the admin, which it patches
    "accounts",
    "manifesto",
    "vendors",
    "assessments",
    "reports",
    "config.apps.SiteConfig",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "config.apps.StaticFiles",
    "django.forms",  # its templates of fields
    "django.contrib.humanize",  # the list of passkeys that allauth brings loads it
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_include_bootstrap",
    "django_htmx",
    "django_filters",
    "django_structlog",
    "csp",
]
if env.bool("ZEAL", default=False):
    INSTALLED_APPS.append("zeal")  # finds N+1 queries; the tests switch it on

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "accounts.middleware.PrivateUnlessSaid",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "accounts.api.middleware.ApiAnswers",  # before anything refuses a request with a page for people
    "accounts.sending.middleware.WholeBodies",  # before anybody reads a body, the guard against forged forms first
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "accounts.middleware.PostedTexts",
    "accounts.middleware.SignedIn",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "accounts.middleware.RequestLog",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.AfterSignIn",
    "accounts.founding.first_run.FirstRun",  # before anybody is asked to sign in: nobody can yet
    "accounts.middleware.LoginRequired",
    "accounts.middleware.CurrentMember",
    "accounts.api.middleware.ApiDoor",  # below /api/ a token says who asks, and nothing else does
    "accounts.sending.middleware.FormsSent",  # last: only what may be done is taken
]
if "zeal" in INSTALLED_APPS:
    MIDDLEWARE.append("zeal.middleware.zeal_middleware")

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            # Numbers, dates and marks stand on every page, and each form has an end.
            "builtins": ["accounts.templatetags.typography", "accounts.templatetags.form_marks"],
            # Cached in development too: crispy under an uncached loader costs 44 times a hand-written form.
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "groundwork.templates.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.site",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"  # with our hidden fields
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# Serving (config/gunicorn.py): each thread of each process may hold a connection to the database ----------------------
WEB_PROCESSES = env.int("WEB_PROCESSES", default=2)
WEB_THREADS = env.int("WEB_THREADS", default=16)

# Data ------------------------------------------------------------------------------------------------------------
DATABASE_URL = env("DATABASE_URL", default="") or f"sqlite:///{DATA_DIR / 'db.sqlite3'}"
DATABASES = {"default": environ.Env.db_url_config(DATABASE_URL)}
if "ENGINE" not in DATABASES["default"]:
    raise ImproperlyConfigured("DATABASE_URL names no database: postgres://user:password@host:5432/name, or nothing.")
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # With Django's defaults, 8 writers lost 286 of 480 transactions to "database is locked"; with these, none.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=600)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 3)
# SQLite cannot defer a unique constraint, and moving a question passes through a moment with two in one place: there
# the code alone keeps the order.
#
# HSTS for all subdomains, and in the lists of browsers, binds names that are not ours: who runs them decides (see
# SECURE_HSTS_INCLUDE_SUBDOMAINS below).
SILENCED_SYSTEM_CHECKS = ["models.W038", "security.W005", "security.W021"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ATOMIC_REQUESTS = False

REDIS_URL = env("REDIS_URL", default="")
if REDIS_URL and not REDIS_URL.startswith(("redis://", "rediss://", "unix://")):
    raise ImproperlyConfigured("REDIS_URL names no Redis: redis://host:6379/0, or nothing.")
CACHES = {
    "default": (
        {
            "BACKEND": "config.cache.SteadyCache",
            "LOCATION": REDIS_URL,
            "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
        }
        if REDIS_URL
        else {"BACKEND": "config.cache.LocalCache"}
    )
}
SESSION_ENGINE = "accounts.sessions"  # in the database, which decides; what they say is kept in the cache
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

# Accounts --------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"  # which sends each to where their work is
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {"reset_password": "accounts.reset_form.ResetPasswordForm"}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # members arrive by an invitation that was mailed to their address
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_RATE_LIMITS = {
    "login_failed": "10/m/ip,5/5m/key",
    "first_token": "10/m/ip",
    "workbook": "20/10m/key",
    "workbook_look": "60/10m/key",
    "person": "10/h/key",
    "verify_document": "20/m/ip",
}
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # a stranger's address gets no mail from us because somebody typed it
ACCOUNT_EMAIL_NOTIFICATIONS = True  # a changed password or second factor is told to its owner
# Behind proxies every request comes from theirs: the limits above, and the log, need the visitor's address. In
# production one of them ends TLS.
ALLAUTH_TRUSTED_PROXY_COUNT = int(env("TRUSTED_PROXY_COUNT", default="") or PRODUCTION)
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Asking for a new password files the address as unverified, and whoever knows it can ask: that must not keep its owner
# from a second factor. The invitation has proven the address.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Customer Manifesto"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
API_REQUESTS_PER_MINUTE = env.int("API_REQUESTS_PER_MINUTE", default=600)  # of one token
# Where providers of an organisation's sign-in may be that are on no public network: ["10.0.0.0/8"]. The organisations'
# administrators name addresses, and this server asks them.
SIGN_IN_PRIVATE_NETWORKS = env.list(
    "SIGN_IN_PRIVATE_NETWORKS", default=[] if PRODUCTION else ["127.0.0.0/8", "::1/128"]
)
INVITATION_DAYS = env.int("INVITATION_DAYS", default=14)

# Languages -------------------------------------------------------------------------------------------------------
LANGUAGE_CODE = languages.DEFAULT
LANGUAGES = [(one.code, one.name) for one in languages.LANGUAGES.values()]
# What bin/_setup.sh makes of the texts stands beside them, or in the data folder where the project is read-only.
LOCALE_PATHS = [DATA_DIR / "locale", BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "config.formats"
USE_I18N = True
USE_TZ = True
TIME_ZONE = env("TIME_ZONE", default="Europe/Brussels")
MODELTRANSLATION_DEFAULT_LANGUAGE = languages.DEFAULT
MODELTRANSLATION_LANGUAGES = languages.LANGUAGE_CODES
MODELTRANSLATION_ENABLE_FALLBACKS = False  # a missing translation is a gate on publishing, never silently English

# Files -----------------------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static", *([DATA_DIR / "built"] if (DATA_DIR / "built").is_dir() else [])]
STATIC_MANIFEST = env.bool("STATIC_MANIFEST", default=False)
WHITENOISE_USE_FINDERS = DEBUG or not STATIC_MANIFEST
WHITENOISE_AUTOREFRESH = False
WHITENOISE_KEEP_ONLY_HASHED_FILES = True  # nothing asks for the others
MEDIA_ROOT = DATA_DIR / "media"  # evidence; never served by URL, only through a view that checks rights
FILE_UPLOAD_PERMISSIONS = 0o600  # evidence and files of incidents are nobody else's on this machine
# A store that speaks S3, which all hosts share; without a bucket, the folder above is where files are.
S3_BUCKET = env("S3_BUCKET", default="")
S3_PREFIX = env("S3_PREFIX", default="").strip("/")
S3_ENDPOINT = env("S3_ENDPOINT", default="").rstrip("/")  # empty: Amazon's
S3_REGION = env("S3_REGION", default="")
# Empty keys: those that the machine has by its role.
S3_ACCESS_KEY, S3_SECRET_KEY = env("S3_ACCESS_KEY", default=""), env("S3_SECRET_KEY", default="")
S3_ENCRYPTION = env("S3_ENCRYPTION", default="")  # "AES256", "aws:kms", "aws:kms:" and a key; empty: as the bucket says
_ENCRYPTION, _, _KMS_KEY = S3_ENCRYPTION.replace("aws:kms", "aws-kms", 1).partition(":")
_IN_STORE = {
    "BACKEND": "groundwork.object_storage.WholeObjects",
    "OPTIONS": {
        "bucket_name": S3_BUCKET,
        "location": S3_PREFIX,
        "endpoint_url": S3_ENDPOINT or None,
        "region_name": S3_REGION or None,
        "access_key": S3_ACCESS_KEY or None,
        "secret_key": S3_SECRET_KEY or None,
        "security_token": None,
        "object_parameters": {
            "ContentType": "application/octet-stream",  # whoever got at one by an address would not be shown it
            **({"ServerSideEncryption": _ENCRYPTION.replace("-", ":")} if _ENCRYPTION else {}),
            **({"SSEKMSKeyId": _KMS_KEY} if _KMS_KEY else {}),
        },
    },
}
STORAGES = {
    "default": _IN_STORE if S3_BUCKET else {"BACKEND": "groundwork.storage.WholeFiles"},
    "staticfiles": {
        "BACKEND": "config.static_files.ServedFiles"
        if STATIC_MANIFEST
        else "django.contrib.staticfiles.storage.StaticFilesStorage",
        # No secrets: one user collects them, in the image root, and another one serves them.
        "OPTIONS": {"file_permissions_mode": 0o644, "directory_permissions_mode": 0o755},
    },
}
EVIDENCE_MAX_BYTES = env.int("EVIDENCE_MAX_BYTES", default=10_000_000)
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# Mail ------------------------------------------------------------------------------------------------------------
vars().update(env.email_url("EMAIL_URL", default="filemail://"))
EMAIL_FILE_PATH = str(DATA_DIR / "mail")
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="manifesto@example.org")
EMAIL_TIMEOUT = 10

# Security --------------------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: []
    for name in (
        "accelerometer",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "microphone",
        "payment",
        "usb",
    )
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "config.views.csrf_failure"
if PRODUCTION:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", default=False)
    SECURE_HSTS_PRELOAD = env.bool("SECURE_HSTS_PRELOAD", default=False)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True

# Work in the background ------------------------------------------------------------------------------------------
BROKER_FOLDER = DATA_DIR / "broker"
CELERY_BROKER_URL = REDIS_URL or "filesystem://localhost"
CELERY_BROKER_TRANSPORT = "config.broker:RedisTransport" if REDIS_URL else "config.broker:Transport"
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = (
    # A frozen Redis blocked the caller for 25 s with the defaults.
    {"socket_timeout": 2, "socket_connect_timeout": 2, "visibility_timeout": 3600}
    if REDIS_URL
    else {
        "data_folder_in": str(BROKER_FOLDER / "queue"),
        "data_folder_out": str(BROKER_FOLDER / "queue"),
        "control_folder": str(BROKER_FOLDER / "control"),
        "polling_interval": 0.1,
    }
)
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for its broker as long as it takes
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_REJECT_ON_WORKER_LOST = False  # True ran one poison task 22 times in 20 s; the lease brings it back
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_PROC_ALIVE_TIMEOUT = 60  # a child reads the fonts first; after the default 4 s it would be killed
RENDERING_LEASE = timedelta(seconds=env.int("RENDERING_LEASE_SECONDS", default=180))
CELERY_TASK_SOFT_TIME_LIMIT = env.int("RENDERING_SOFT_LIMIT_SECONDS", default=120)
CELERY_TASK_TIME_LIMIT = env.int("RENDERING_HARD_LIMIT_SECONDS", default=150)
_NUDGE_SECONDS = env.float("RENDERING_NUDGE_SECONDS", default=20)
RENDERING_NUDGE_AFTER = timedelta(seconds=_NUDGE_SECONDS)  # doubled each time
# An import renews its lease with each batch of rows; its own time limit: 200,000 rows of a workbook take minutes.
IMPORT_LEASE = timedelta(seconds=env.int("IMPORT_LEASE_SECONDS", default=120))
IMPORT_NUDGE_AFTER = timedelta(seconds=env.float("IMPORT_NUDGE_SECONDS", default=_NUDGE_SECONDS))
# How long a person waits for the first rows of a file of incidents; what takes longer is read by a worker.
IMPORT_LOOK_SECONDS = env.float("IMPORT_LOOK_SECONDS", default=1.2)
IMPORT_SOFT_LIMIT = env.int("IMPORT_SOFT_LIMIT_SECONDS", default=1800)
# A summary mail has the time limits of a rendering, so its lease is as long, unless it is set apart.
DIGEST_LEASE = timedelta(seconds=env.int("DIGEST_LEASE_SECONDS", default=int(RENDERING_LEASE.total_seconds())))
# Queues by kind: a mail server that does not answer, or 200 documents, hold up only what is of their kind.
QUEUES = ("documents", "batches", "imports", "mails", "webhooks", "housekeeping")
CELERY_TASK_QUEUES = [Queue(name, Exchange(name), routing_key=name) for name in QUEUES]
CELERY_TASK_DEFAULT_QUEUE = "housekeeping"
CELERY_TASK_ROUTES = {
    "reports.tasks.render_scorecard": {"queue": "documents"},
    "reports.tasks.make_batch": {"queue": "batches"},  # the one document that somebody waits for goes before them
    "reports.tasks.write_export": {"queue": "batches"},
    "vendors.tasks.work_on_import": {"queue": "imports"},
    "vendors.tasks.ask_after_incidents": {"queue": "mails"},  # it writes to people at once
    "assessments.tasks.morning": {"queue": "mails"},  # as does this, where no summary tells
    "assessments.tasks.send_digest": {"queue": "mails"},
    "accounts.tasks.deliver_webhook": {"queue": "webhooks"},  # it waits for strangers’ servers
}
# How long one try at a webhook may take, answer included, and after how long another worker takes it over.
WEBHOOK_SECONDS = env.float("WEBHOOK_SECONDS", default=15)
WEBHOOK_LEASE = timedelta(seconds=env.float("WEBHOOK_LEASE_SECONDS", default=90))
# Networks of one's own to which webhooks may go, as CIDRs; without one they reach public addresses alone.
WEBHOOK_PRIVATE_NETWORKS = env.list("WEBHOOK_PRIVATE_NETWORKS", default=[])
MAILS_PER_MINUTE = env.int("MAILS_PER_MINUTE", default=60)  # summaries: providers refuse who sends in bursts
# Seconds for one: EMAIL_TIMEOUT is for each step of it. Never longer than a rendering, whose limits the leases exceed.
MAIL_SOFT_LIMIT, MAIL_HARD_LIMIT = min(60, CELERY_TASK_SOFT_TIME_LIMIT), min(75, CELERY_TASK_TIME_LIMIT)
SWEEP_SECONDS = env.float("SWEEP_SECONDS", default=10)
MORNING_SECONDS = env.float("MORNING_SECONDS", default=600)  # between two looks at mails and repeated assessments
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "sweep-renderings": {
        "task": "reports.tasks.sweep_renderings",
        "schedule": SWEEP_SECONDS,
        "options": {"expires": 30},
    },
    "sweep-batches": {
        "task": "reports.tasks.sweep_batches",
        "schedule": SWEEP_SECONDS,
        "options": {"expires": 30},
    },
    "sweep-exports": {
        "task": "reports.tasks.sweep_exports",
        "schedule": SWEEP_SECONDS,
        "options": {"expires": 30},
    },
    "sweep-imports": {
        "task": "vendors.tasks.sweep_imports",
        "schedule": SWEEP_SECONDS,
        "options": {"expires": 30},
    },
    "sweep-webhooks": {
        "task": "accounts.tasks.sweep_webhooks",
        "schedule": SWEEP_SECONDS,
        "options": {"expires": 30},
    },
    "ask-after-incidents": {
        "task": "vendors.tasks.ask_after_incidents",
        "schedule": MORNING_SECONDS,
        "options": {"expires": MORNING_SECONDS},
    },
    "renew-contracts": {
        "task": "vendors.tasks.renew_contracts",
        "schedule": MORNING_SECONDS,
        "options": {"expires": MORNING_SECONDS},
    },
    "seal-trail": {
        "task": "accounts.tasks.seal_trail",
        "schedule": MORNING_SECONDS,
        "options": {"expires": MORNING_SECONDS},
    },
    "read-commitments": {
        "task": "assessments.tasks.read_commitments",
        "schedule": MORNING_SECONDS,
        "options": {"expires": MORNING_SECONDS},
    },
    "tell-systems": {
        "task": "assessments.tasks.tell_systems",
        "schedule": MORNING_SECONDS,
        "options": {"expires": MORNING_SECONDS},
    },
    "forget-workbooks": {
        "task": "assessments.tasks.forget_workbooks",
        "schedule": MORNING_SECONDS,
        "options": {"expires": MORNING_SECONDS},
    },
    "morning": {
        "task": "assessments.tasks.morning",
        "schedule": MORNING_SECONDS,
        "options": {"expires": MORNING_SECONDS},
    },
    "publish-benchmark": {
        "task": "reports.tasks.publish_benchmark",
        "schedule": MORNING_SECONDS,
        "options": {"expires": MORNING_SECONDS},
    },
    "housekeeping": {
        "task": "accounts.tasks.housekeeping",
        "schedule": 3600,
        "options": {"expires": 3600},
    },
}
CELERY_BEAT_SCHEDULER = "config.heartbeat:Clock"  # Celery's own, which also says that it ticks
CELERY_BEAT_MAX_LOOP_INTERVAL = 15  # seconds from one tick to the next, whatever is to be done
HEARTBEAT_FILE = env("HEARTBEAT_FILE", default="")
HEARTBEAT_EVERY = 15.0  # seconds
HEARTBEAT_MAX_AGE = timedelta(seconds=90)
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_CELERY_DEFAULT_LOG_LEVEL = logging.DEBUG  # begun, done: 4,500 lines an hour of a worker without work

# What a program reads that watches: nothing, unless it brings this token --------------------------------------------
METRICS_TOKEN = env("METRICS_TOKEN", default="")
if METRICS_TOKEN and REDIS_URL:
    MIDDLEWARE.append("config.conflicts.CountConflicts")  # last: what stands before the views refuses for other reasons

# Logs ------------------------------------------------------------------------------------------------------------
LOG_LEVEL = env("LOG_LEVEL", default="").upper() or ("INFO" if PRODUCTION else "WARNING")
if LOG_LEVEL not in logging.getLevelNamesMapping():
    raise ImproperlyConfigured(f"LOG_LEVEL must be DEBUG, INFO, WARNING, ERROR or CRITICAL, not {LOG_LEVEL!r}.")
LOG_JSON = env.bool("LOG_JSON") if env("LOG_JSON", default="") else PRODUCTION
_SHARED_PROCESSORS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso"),
    structlog.processors.format_exc_info,
    without_tokens,
]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "lines": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": _SHARED_PROCESSORS,
            "processor": structlog.processors.JSONRenderer()
            if LOG_JSON
            # Never the rich formatter: where it is installed, it prints local variables, secrets included, and held a
            # worker up for 39 s over one broken connection.
            else structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
        }
    },
    "filters": {"is_news": {"()": "django.utils.log.CallbackFilter", "callback": is_news}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "fontTools": {"level": "WARNING"},
        # Below that they tell signed headers, line by line.
        **{name: {"level": "WARNING"} for name in ("boto3", "botocore", "s3transfer", "urllib3")},
        "weasyprint": {"level": "ERROR"},
        # A line for each message of the clock, every few seconds: what tasks do, they tell themselves.
        "celery.beat": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "django.request": {"filters": ["is_news"]},
        # Gunicorn tells the address of a request that it gives up: through our formatter, which leaves out the tokens.
        "gunicorn.error": {"handlers": ["console"], "propagate": False},
        "gunicorn.access": {"handlers": ["console"], "propagate": False},
    },
}
structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *_SHARED_PROCESSORS,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
