"""A file of vendors as it was read."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, OrganisationRows


class VendorImportQuerySet(OrganisationRows, models.QuerySet["VendorImport"]):
    def outdated(self, now: datetime) -> VendorImportQuerySet:
        """Files that nobody needs any more: they may hold names of people."""
        return self.filter(created_at__lt=now - IMPORT_KEPT)


IMPORT_KEPT = timedelta(days=30)


class VendorImport(models.Model):
    """A file of vendors as it was read: looked at first, written into the register once, when somebody says so."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="vendor_imports")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(_("file"), max_length=200)
    content = (
        models.JSONField()
    )  # {"header": [...], "rows": [{"line": 2, "cells": [...], "faulty": [...]}], "sheet": ""}
    created_at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    summary = models.JSONField(default=dict)  # once applied: {"counts": {...}, "problems": [...]}

    objects = VendorImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import of vendors")
        verbose_name_plural = _("imports of vendors")
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return self.file_name
