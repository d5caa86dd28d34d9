"""What forms sent, and how often somebody tried: rows that run out by themselves."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class TakenForm(models.Model):
    """A form that arrived: taken once, however often it is sent. `accounts.sending.once` writes and sweeps them."""

    key = models.CharField(max_length=64, unique=True)  # of the page, whoever sent it, the address and what was sent
    taken_at = models.DateTimeField(db_index=True)
    led_to = models.TextField(blank=True)  # where the sender was led; empty while the first one is worked on

    class Meta:
        verbose_name = _("form taken")
        verbose_name_plural = _("forms taken")

    def __str__(self) -> str:
        return self.led_to


class KeptForm(models.Model):
    """What somebody had typed into a form that could not be taken, kept for that person alone, for a while."""

    token = models.CharField(max_length=43, unique=True)
    who = models.CharField(max_length=40)  # “user:12”: whom the page was made for
    page = models.TextField()  # the address of the page that the form stood on
    action = models.TextField()  # the path that it was sent to
    fields = models.JSONField()  # name → what was typed, a list each; never a password or a token
    files = models.JSONField(default=list)  # the names of files, which cannot be kept
    kept_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("form kept")
        verbose_name_plural = _("forms kept")
        indexes = [models.Index(fields=["who", "-kept_at"], name="kept_form_by_person")]

    def __str__(self) -> str:
        return self.action


class AttemptCount(models.Model):
    """How often somebody tried to sign in lately: what the processes of an installation without Redis share.

    Only the cache reads and writes it (`config/cache.py`); the columns are those of Django's cache in a table.
    """

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("count of attempts")
        verbose_name_plural = _("counts of attempts")

    def __str__(self) -> str:
        return self.cache_key
