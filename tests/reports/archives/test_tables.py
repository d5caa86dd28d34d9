"""Every model is a table of the archive, or left out with its reason; and no field that sounds like a secret leaves."""

from __future__ import annotations

import re

from django.apps import apps
from django.db import models

from accounts.models import Organisation
from reports.archives import schema
from reports.archives.tables import LEFT_OUT, LEFT_OUT_FIELDS, LEFT_OUT_OF, OWN, TABLES, fields_of

SECRET = re.compile(r"password|token|secret|hash$|^key$|otp")
NO_SECRETS = {"manifesto.Rule.key", "manifesto.Question.key", "vendors.Expectation.key", "vendors.IncidentSource.key",
              "reports.ScorecardRule.key"}  # fmt: skip


def missing(labels: set[str], listed: set[str]) -> set[str]:
    return labels ^ listed


def test_a_model_in_neither_list_is_found() -> None:
    assert missing({"vendors.Vendor", "vendors.Brand"}, {"vendors.Vendor"}) == {"vendors.Brand"}


def test_every_model_is_a_table_or_left_out_with_a_reason() -> None:
    labels = {model._meta.label for model in apps.get_models(include_auto_created=True)}
    listed = [*(table.label for table in TABLES), *LEFT_OUT]
    assert missing(labels, set(listed)) == set()
    assert len(listed) == len(set(listed))
    assert all(len(why) > 10 for _what, why in schema.reasons())


def test_each_table_is_reached_from_the_organisation() -> None:
    for table in OWN:
        for way in table.ways:
            model: type[models.Model] = table.model
            for step in way.split("__"):
                field = model._meta.pk if step == "pk" else model._meta.get_field(step)
                model = field.related_model if field.remote_field else model
            assert model is Organisation, table.label


def test_no_field_that_sounds_like_a_secret_leaves() -> None:
    leaving = {f"{table.label}.{field.name}" for table in TABLES for field in fields_of(table.model)}
    assert {name for name in leaving if SECRET.search(name.rpartition(".")[2])} == NO_SECRETS
    assert SECRET.search("token_hash")
    fields = {field.name for table in TABLES for field in table.model._meta.local_concrete_fields}
    assert LEFT_OUT_FIELDS.keys() <= fields
    for label, names in LEFT_OUT_OF.items():
        assert names.keys() <= {field.name for field in apps.get_model(label)._meta.local_concrete_fields}
