"""Wrong mixtures of settings, each a row: all are said at once, and production refuses to run on any."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from celery.signals import beat_init, celeryd_init
from django.core.exceptions import ImproperlyConfigured

from config import checks
from tests.conventions.test_tools import IN_PRODUCTION

ROOT = Path(__file__).resolve().parents[2]
# Reads the settings anew for each mixture, in one process: each of its own would cost a second.
READER = """
import json, os, runpy, sys, types
from config import checks
before = dict(os.environ)
for mixture in json.load(sys.stdin):
    os.environ.clear()
    os.environ.update({**before, **mixture})
    checks.settings = types.SimpleNamespace(**runpy.run_path("config/settings.py"))
    refused = ""
    try:
        checks.refuse_to_serve()
    except checks.ImproperlyConfigured as error:
        refused = str(error)
    print(json.dumps([[one.id for one in checks.settings_fit_together()], refused]))
"""
IN_STORE = {
    "S3_BUCKET": "files",
    "S3_ENDPOINT": "http://10.20.0.7:9000/",
    "S3_ACCESS_KEY": "access",
    "S3_SECRET_KEY": "secret",
    "S3_ENCRYPTION": "AES256",
}
WRONG = {
    "debug": ({"DEBUG": "True"}, "E002"),
    "SQLite": ({"DATABASE_URL": ""}, "E003"),
    "no Redis": ({"REDIS_URL": ""}, "E004"),
    "no key": ({"SECRET_KEY": ""}, "E005"),
    "a key of five letters": ({"SECRET_KEY": "abcde"}, "E009"),
    "a key of one letter": ({"SECRET_KEY": "a" * 64}, "E009"),
    "an address without https": ({"BASE_URL": "http://manifesto.example.org"}, "E006"),
    "an address without a host": ({"BASE_URL": "https://"}, "E006 E012"),
    "mails in files": ({"EMAIL_URL": "filemail://"}, "E007"),
    "mails on the screen": ({"EMAIL_URL": "consolemail://"}, "E007"),
    "mails in memory": ({"EMAIL_URL": "memorymail://"}, "E007"),
    "mails nowhere": ({"EMAIL_URL": "dummymail://"}, "E007"),
    "a lease below the limit": ({"RENDERING_LEASE_SECONDS": "10"}, "E001"),
    "a summary's lease below the limit": ({"DIGEST_LEASE_SECONDS": "10"}, "E001"),
    "looking without a pause": ({"SWEEP_SECONDS": "0"}, "E008"),
    "looking before the last look": ({"MORNING_SECONDS": "-1"}, "E008"),
    "nudging without a pause": ({"RENDERING_NUDGE_SECONDS": "0"}, "E008"),
    "nudging imports without a pause": ({"IMPORT_NUDGE_SECONDS": "0"}, "E008"),
    "no time for an import": ({"IMPORT_SOFT_LIMIT_SECONDS": "0"}, "E008"),
    "no lease for an import": ({"IMPORT_LEASE_SECONDS": "0"}, "E008"),
    "no time for a rendering": ({"RENDERING_SOFT_LIMIT_SECONDS": "0"}, "E008"),
    "invitations that have run out": ({"INVITATION_DAYS": "0"}, "E008"),
    "a try at a webhook that outlives its lease": ({"WEBHOOK_LEASE_SECONDS": "60"}, "E014"),
    "no time for a webhook": ({"WEBHOOK_SECONDS": "0"}, "E008"),
    "a network that is none": ({"WEBHOOK_PRIVATE_NETWORKS": "10.0.0.0/16,intranet"}, "E015"),
    "a store without a bucket": ({"S3_ENDPOINT": "https://files.example.org", "S3_BUCKET": ""}, "E016"),
    "half a key to the store": ({**IN_STORE, "S3_SECRET_KEY": ""}, "E017"),
    "keys in the address of the store": ({**IN_STORE, "S3_ENDPOINT": "https://me:secret@files.example.org"}, "E018"),
    "a store without a protocol": ({**IN_STORE, "S3_ENDPOINT": "files.example.org"}, "E018"),
    "an encryption that no store knows": ({**IN_STORE, "S3_ENCRYPTION": "rot13"}, "E019"),
    "a token of metrics that can be guessed": ({"METRICS_TOKEN": "watch"}, "E020"),
    "no mails": ({"MAILS_PER_MINUTE": "0"}, "E008"),
    "nobody who serves": ({"WEB_PROCESSES": "0", "WEB_THREADS": "0"}, "E008"),
    "no room for evidence": ({"EVIDENCE_MAX_BYTES": "0"}, "E008"),
    "a preload without subdomains": ({"SECURE_HSTS_PRELOAD": "True"}, "E010"),
    "a preload for a day": (
        {
            "SECURE_HSTS_PRELOAD": "True",
            "SECURE_HSTS_INCLUDE_SUBDOMAINS": "True",
            "SECURE_HSTS_SECONDS": "86400",
        },
        "E010",
    ),
    "any host": ({"ALLOWED_HOSTS": "*"}, "E011"),
    "any host beside ours": ({"ALLOWED_HOSTS": "manifesto.example.org,*"}, "E011"),
    "hosts without ours": ({"ALLOWED_HOSTS": "localhost,other.example.org"}, "E012"),
    "no proxy though one ends TLS": ({"TRUSTED_PROXY_COUNT": "0"}, "E013"),
    "all at once": ({"DEBUG": "True", "REDIS_URL": "", "SWEEP_SECONDS": "0"}, "E008 E002 E004"),
}
RIGHT = {
    "as it is documented": {},
    "hosts unsaid": {"ALLOWED_HOSTS": ""},
    "a domain and all below it": {"ALLOWED_HOSTS": ".example.org"},
    "an address with a port and capitals": {"BASE_URL": "https://Manifesto.Example.org:8443/"},
    "an IPv6 address": {"BASE_URL": "https://[2001:db8::1]:8443", "ALLOWED_HOSTS": "[2001:db8::1]"},
    "two proxies": {"TRUSTED_PROXY_COUNT": "2"},
    "no proxy count": {"TRUSTED_PROXY_COUNT": ""},
    "a preload as the lists want it": {"SECURE_HSTS_PRELOAD": "True", "SECURE_HSTS_INCLUDE_SUBDOMAINS": "True"},
    "files in a store": IN_STORE,
    "files in Amazon's, by the role of the machine": {"S3_BUCKET": "files", "S3_REGION": "eu-west-1"},
    "encrypted by a key of one's own": {**IN_STORE, "S3_ENCRYPTION": "aws:kms:arn:aws:kms:eu-west-1:1:key/2"},
    "a token of metrics": {"METRICS_TOKEN": "0123456789abcdef0123456789abcdef"},
    "no production": {"PRODUCTION": "False", "SECRET_KEY": "", "ALLOWED_HOSTS": "*", "EMAIL_URL": "dummymail://"},
}
Said = dict[str, tuple[list[str], str]]


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Said:
    """By mixture, the checks that complain and what a process says that refuses to run."""
    usual = {**IN_PRODUCTION, "DATA_DIR": str(tmp_path_factory.mktemp("data"))}
    mixtures = {name: {**usual, **wrong} for name, (wrong, _code) in WRONG.items()}
    mixtures |= {name: {**usual, **right} for name, right in RIGHT.items()}
    done = subprocess.run(
        [sys.executable, "-c", READER],
        input=json.dumps(list(mixtures.values())),
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return {name: json.loads(line) for name, line in zip(mixtures, done.stdout.splitlines(), strict=True)}


@pytest.mark.parametrize("mixture", WRONG)
def test_a_wrong_mixture_is_named_and_production_does_not_run_on_it(mixture: str, said: Said) -> None:
    codes, refused = said[mixture]
    assert codes == [f"config.{code}" for code in WRONG[mixture][1].split()]
    assert refused.startswith("PRODUCTION is on, and these settings do not fit together:")
    assert len(refused.splitlines()) == 1 + len(codes)


@pytest.mark.parametrize("mixture", RIGHT)
def test_a_right_mixture_is_taken(mixture: str, said: Said) -> None:
    codes, refused = said[mixture]
    assert (codes, refused) == ([], "")


def test_neither_worker_nor_beat_starts_on_a_wrong_mixture(monkeypatch: pytest.MonkeyPatch) -> None:
    """Celery tells any other exception of a receiver, and goes on."""

    def refuse() -> None:
        raise ImproperlyConfigured("these settings do not fit together")

    monkeypatch.setattr(checks, "refuse_to_serve", refuse)
    for begins in (celeryd_init, beat_init):
        with pytest.raises(SystemExit, match="do not fit together"):
            begins.send(sender=None)
