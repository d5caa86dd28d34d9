"""How vendors stand, as rows; filled from the scorecards that are there."""

import json
from typing import Any

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models


CHUNK = 20  # snapshots of some 100 kB in memory at once


def fill(apps: Any, schema_editor: Any) -> None:
    using = schema_editor.connection.alias
    rows = apps.get_model("reports", "VendorStanding").objects.using(using)
    cards = apps.get_model("reports", "Scorecard").objects.using(using)
    latest: dict[int, int] = {}
    in_order = cards.order_by("approved_at", "pk").values_list("assessment__vendor", "pk")
    for vendor, card in in_order:
        latest[vendor] = card  # the last one stays
    filled = set(rows.values_list("vendor", flat=True))
    pks = [card for vendor, card in latest.items() if vendor not in filled]
    for start in range(0, len(pks), CHUNK):
        some = cards.filter(pk__in=pks[start : start + CHUNK]).select_related("assessment").prefetch_related("rules")
        rows.bulk_create([rows.model(**row_of(card)) for card in some])


def row_of(card: Any) -> dict[str, Any]:
    """As `reports.scorecard.standing_rows.row_of` does it in this version."""
    rules = sorted(card.rules.all(), key=lambda rule: rule.position)
    statuses = [rule.status for rule in rules]
    weakest = next((rule for rule in rules if rule.key == card.weakest_rule), None)
    content = json.loads(card.snapshot)
    told = [finding["rating"]["finding"] for finding in content.get("findings", [])]
    is_measured = content.get("measures") is not None
    return {
        "organisation_id": card.organisation_id,
        "vendor_id": card.assessment.vendor_id,
        "scorecard_id": card.pk,
        "approved_at": card.approved_at,
        "period_end": card.assessment.period_end,
        "verdict": card.verdict,
        "confidence": card.confidence,
        **{status: statuses.count(status) for status in ("met", "partly", "broken", "not_rated")},
        "lowest": weakest.percent if weakest else None,
        "lowest_rule": weakest.position if weakest else None,
        "contradicted": told.count("contradicted") if is_measured else None,
        "better": told.count("better_than_rated") if is_measured else None,
        **{f"status_{rule.position}": rule.status for rule in rules},
        **{f"percent_{rule.position}": rule.percent for rule in rules},
    }


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0012_first_day'),
        ('reports', '0004_comparisons'),
        ('vendors', '0013_what_was_seen_of_a_file'),
    ]

    operations = [
        migrations.CreateModel(
            name='VendorStanding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('approved_at', models.DateTimeField()),
                ('period_end', models.DateField()),
                ('verdict', models.CharField(max_length=10)),
                ('confidence', models.CharField(max_length=6)),
                ('met', models.PositiveSmallIntegerField()),
                ('partly', models.PositiveSmallIntegerField()),
                ('broken', models.PositiveSmallIntegerField()),
                ('not_rated', models.PositiveSmallIntegerField()),
                ('lowest', models.DecimalField(decimal_places=2, max_digits=5, null=True)),
                ('lowest_rule', models.PositiveSmallIntegerField(null=True)),
                ('contradicted', models.PositiveSmallIntegerField(null=True)),
                ('better', models.PositiveSmallIntegerField(null=True)),
                ('status_1', models.CharField(max_length=10)),
                ('status_2', models.CharField(max_length=10)),
                ('status_3', models.CharField(max_length=10)),
                ('status_4', models.CharField(max_length=10)),
                ('status_5', models.CharField(max_length=10)),
                ('status_6', models.CharField(max_length=10)),
                ('status_7', models.CharField(max_length=10)),
                ('percent_1', models.DecimalField(decimal_places=2, max_digits=5, null=True)),
                ('percent_2', models.DecimalField(decimal_places=2, max_digits=5, null=True)),
                ('percent_3', models.DecimalField(decimal_places=2, max_digits=5, null=True)),
                ('percent_4', models.DecimalField(decimal_places=2, max_digits=5, null=True)),
                ('percent_5', models.DecimalField(decimal_places=2, max_digits=5, null=True)),
                ('percent_6', models.DecimalField(decimal_places=2, max_digits=5, null=True)),
                ('percent_7', models.DecimalField(decimal_places=2, max_digits=5, null=True)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='vendor_standings', to='accounts.organisation')),
                ('scorecard', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='standing', to='reports.scorecard')),
                ('vendor', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='latest_standing', to='vendors.vendor')),
            ],
            options={
                'verbose_name': 'vendor’s standing',
                'verbose_name_plural': 'vendors’ standings',
                'ordering': ('vendor',),
                'indexes': [models.Index(fields=['organisation', '-broken', 'lowest'], name='standing_by_attention'), models.Index(fields=['organisation', 'approved_at'], name='standing_by_age'), models.Index(fields=['organisation', 'period_end'], name='standing_by_period')],
                'constraints': [models.CheckConstraint(condition=models.Q(('met', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.Value(7), '-', models.F('partly')), '-', models.F('broken')), '-', models.F('not_rated')))), name='standing_counts_seven_rules'), models.CheckConstraint(condition=models.Q(models.Q(('lowest', None), ('lowest_rule', None)), models.Q(('lowest__isnull', False), ('lowest_rule__range', (1, 7))), _connector='OR'), name='standing_lowest_has_its_rule')],
            },
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=False),
    ]
