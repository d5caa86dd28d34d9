"""Scorecards that were made before there was a chain are its first seals, in the order of their making."""

from typing import Any

from django.db import migrations
from django.utils import timezone

from accounts.chain.seals import following
from reports.scorecard.sealing import FORMS, KIND, content_of

FORM = 1  # whatever form is the newest one by now: the models here have these columns


def seal_scorecards(apps: Any, schema_editor: Any) -> None:
    using = schema_editor.connection.alias
    card_rows = apps.get_model("reports", "Scorecard").objects.using(using)
    rule_rows = apps.get_model("reports", "ScorecardRule").objects.using(using)
    seals = apps.get_model("accounts", "Seal").objects.using(using)
    sealed = set(seals.filter(kind=KIND).values_list("key", flat=True))
    of_card, of_rule = FORMS[FORM]
    end, now = seals.order_by("-position").first(), timezone.now()
    for pk in card_rows.order_by("pk").values_list("pk", flat=True):
        if str(pk) in sealed:  # migrated, back, and migrated again
            continue
        card = card_rows.values(*of_card, "organisation__slug").get(pk=pk)
        slug = card.pop("organisation__slug")
        rules = rule_rows.filter(scorecard=pk).order_by("position", "pk").values(*of_rule)
        content = content_of(card, rules, slug=slug, form=FORM)
        end = seals.create(**following(end, kind=KIND, key=str(pk), content=content, now=now))


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_seals"),
        ("reports", "0002_vendor_copies"),
    ]

    operations = [migrations.RunPython(seal_scorecards, migrations.RunPython.noop)]
