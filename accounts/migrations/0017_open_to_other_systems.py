"""Rows that other systems know get names that do not count; keys to the API, events, the own sign-in get tables."""

import django.db.models.deletion
import django.db.models.functions.text
import uuid
from django.conf import settings
from django.db import migrations, models

from groundwork.public_ids import fill

TABLES = ("accounts_department", "accounts_membership")


def name_rows(apps, schema_editor):
    for table in TABLES:
        fill(schema_editor, table)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0016_benchmark_and_erasure'),
    ]

    operations = [
        migrations.AddField(
            model_name='auditentry',
            name='through',
            field=models.CharField(blank=True, max_length=120, verbose_name='through'),
        ),
        migrations.AddField(
            model_name='department',
            name='uuid',
            field=models.UUIDField(default=uuid.uuid4, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='membership',
            name='is_break_glass',
            field=models.BooleanField(default=False, verbose_name='may sign in with a password in an emergency'),
        ),
        migrations.AddField(
            model_name='membership',
            name='is_service',
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddField(
            model_name='membership',
            name='uuid',
            field=models.UUIDField(default=uuid.uuid4, editable=False, null=True),
        ),
        migrations.RunPython(name_rows, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='department',
            name='uuid',
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
        ),
        migrations.AlterField(
            model_name='membership',
            name='uuid',
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
        ),
        migrations.AddField(
            model_name='user',
            name='made_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='services', to=settings.AUTH_USER_MODEL),
        ),
        migrations.CreateModel(
            name='ApiToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('scopes', models.JSONField(default=list, verbose_name='scopes')),
                ('start', models.CharField(max_length=12)),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('made_at', models.DateTimeField(verbose_name='made on')),
                ('expires_at', models.DateTimeField(verbose_name='valid until')),
                ('last_used_at', models.DateTimeField(blank=True, null=True, verbose_name='last used')),
                ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='withdrawn on')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='api_tokens', to='accounts.membership')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='api_tokens', to='accounts.organisation')),
            ],
            options={
                'verbose_name': 'API token',
                'verbose_name_plural': 'API tokens',
                'ordering': ('-made_at', '-pk'),
            },
        ),
        migrations.CreateModel(
            name='ProvisionedPerson',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('user_name', models.CharField(max_length=254)),
                ('external_id', models.CharField(blank=True, max_length=255)),
                ('name', models.CharField(blank=True, max_length=120)),
                ('is_active', models.BooleanField(default=True)),
                ('made_at', models.DateTimeField(auto_now_add=True)),
                ('changed_at', models.DateTimeField(auto_now=True)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('membership', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='provisioned', to='accounts.membership')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='provisioned_people', to='accounts.organisation')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'person of the directory',
                'verbose_name_plural': 'people of the directory',
            },
        ),
        migrations.CreateModel(
            name='ProvisionedGroup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('name', models.CharField(max_length=255, verbose_name='group')),
                ('external_id', models.CharField(blank=True, max_length=255)),
                ('role', models.CharField(blank=True, choices=[('assessor', 'Assessor'), ('approver', 'Approver'), ('reader', 'Reader'), ('admin', 'Administrator'), ('rater', 'Outside rater')], max_length=10, verbose_name='role')),
                ('made_at', models.DateTimeField(auto_now_add=True)),
                ('changed_at', models.DateTimeField(auto_now=True)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='provisioned_groups', to='accounts.organisation')),
                ('people', models.ManyToManyField(blank=True, related_name='groups', to='accounts.provisionedperson')),
            ],
            options={
                'verbose_name': 'group of the directory',
                'verbose_name_plural': 'groups of the directory',
            },
        ),
        migrations.CreateModel(
            name='WebhookEndpoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('address', models.URLField(max_length=500, verbose_name='address')),
                ('kinds', models.JSONField(default=list, verbose_name='events')),
                ('secret', models.TextField(editable=False)),
                ('former_secret', models.TextField(blank=True, editable=False)),
                ('former_until', models.DateTimeField(blank=True, editable=False, null=True)),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('paused_because', models.CharField(blank=True, editable=False, max_length=40)),
                ('made_at', models.DateTimeField(auto_now_add=True, verbose_name='made on')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='webhooks', to='accounts.organisation')),
            ],
            options={
                'verbose_name': 'webhook',
                'verbose_name_plural': 'webhooks',
                'ordering': ('name', 'pk'),
            },
        ),
        migrations.CreateModel(
            name='WebhookEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(max_length=40)),
                ('about', models.CharField(max_length=80)),
                ('payload', models.JSONField()),
                ('at', models.DateTimeField(db_index=True)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='webhook_events', to='accounts.organisation')),
            ],
            options={
                'verbose_name': 'webhook event',
                'verbose_name_plural': 'webhook events',
            },
        ),
        migrations.CreateModel(
            name='WebhookDelivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.UUIDField(blank=True, null=True)),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('nudges', models.PositiveSmallIntegerField(default=0)),
                ('next_nudge_at', models.DateTimeField(blank=True, null=True)),
                ('about', models.CharField(max_length=80)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('delivered', 'Delivered'), ('dead', 'Given up')], default='waiting', max_length=10)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('due_at', models.DateTimeField()),
                ('last_tried_at', models.DateTimeField(blank=True, null=True)),
                ('status', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('failure', models.CharField(blank=True, max_length=40)),
                ('said', models.CharField(blank=True, max_length=500)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('endpoint', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='accounts.webhookendpoint')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='accounts.webhookevent')),
            ],
            options={
                'verbose_name': 'webhook delivery',
                'verbose_name_plural': 'webhook deliveries',
            },
        ),
        migrations.CreateModel(
            name='AnsweredRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=255)),
                ('fingerprint', models.CharField(max_length=64)),
                ('status', models.PositiveSmallIntegerField(null=True)),
                ('headers', models.JSONField(default=dict)),
                ('body', models.TextField(blank=True)),
                ('at', models.DateTimeField(db_index=True)),
                ('token', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answered', to='accounts.apitoken')),
            ],
            options={
                'verbose_name': 'answered request',
                'verbose_name_plural': 'answered requests',
                'constraints': [models.UniqueConstraint(fields=('token', 'key'), name='answered_request_once_per_key'), models.CheckConstraint(condition=models.Q(('key', ''), _negated=True), name='answered_request_has_key')],
            },
        ),
        migrations.CreateModel(
            name='IdentityProvider',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('protocol', models.CharField(choices=[('oidc', 'OpenID Connect'), ('saml', 'SAML 2.0')], max_length=4, verbose_name='protocol')),
                ('name', models.CharField(max_length=80, verbose_name='name on the button')),
                ('is_active', models.BooleanField(default=False, verbose_name='in use')),
                ('issuer', models.URLField(blank=True, max_length=500, verbose_name='issuer')),
                ('client_id', models.CharField(blank=True, max_length=255, verbose_name='client ID')),
                ('client_secret', models.TextField(blank=True, editable=False)),
                ('entity_id', models.CharField(blank=True, max_length=500, verbose_name='entity ID of the provider')),
                ('sso_url', models.URLField(blank=True, max_length=500, verbose_name='address of the sign-in')),
                ('slo_url', models.URLField(blank=True, max_length=500, verbose_name='address of the sign-out')),
                ('certificates', models.TextField(blank=True, verbose_name='certificates')),
                ('email_claim', models.CharField(default='email', max_length=255, verbose_name='claim with the address')),
                ('name_claim', models.CharField(default='name', max_length=255, verbose_name='claim with the name')),
                ('groups_claim', models.CharField(blank=True, default='groups', max_length=255, verbose_name='claim with the groups')),
                ('roles', models.JSONField(default=dict, verbose_name='roles of groups')),
                ('role_without_group', models.CharField(blank=True, choices=[('assessor', 'Assessor'), ('approver', 'Approver'), ('reader', 'Reader'), ('admin', 'Administrator'), ('rater', 'Outside rater')], max_length=10, verbose_name='role without a group')),
                ('adds_members', models.BooleanField(default=True, verbose_name='adds members at their first sign-in')),
                ('forced_since', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='the only way in since')),
                ('last_trial', models.JSONField(blank=True, editable=False, null=True)),
                ('last_failure', models.JSONField(blank=True, editable=False, null=True)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('made_at', models.DateTimeField(auto_now_add=True)),
                ('changed_at', models.DateTimeField(auto_now=True)),
                ('organisation', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='identity_provider', to='accounts.organisation')),
            ],
            options={
                'verbose_name': 'sign-in of the organisation',
                'verbose_name_plural': 'sign-ins of organisations',
                'constraints': [models.CheckConstraint(condition=models.Q(('protocol__in', ['oidc', 'saml'])), name='identity_provider_protocol_known'), models.CheckConstraint(condition=models.Q(('forced_since', None), ('is_active', True), _connector='OR'), name='identity_provider_forced_while_in_use')],
            },
        ),
        migrations.CreateModel(
            name='MailDomain',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('domain', models.CharField(max_length=253, verbose_name='mail domain')),
                ('added_at', models.DateTimeField(auto_now_add=True)),
                ('confirmed_at', models.DateTimeField(blank=True, null=True, verbose_name='confirmed on')),
                ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mail_domains', to='accounts.organisation')),
            ],
            options={
                'verbose_name': 'mail domain',
                'verbose_name_plural': 'mail domains',
                'ordering': ('domain',),
                'constraints': [models.UniqueConstraint(models.F('organisation'), django.db.models.functions.text.Lower('domain'), name='mail_domain_once_per_organisation'), models.UniqueConstraint(django.db.models.functions.text.Lower('domain'), condition=models.Q(('confirmed_at__isnull', False)), name='mail_domain_confirmed_for_one')],
            },
        ),
        migrations.AddConstraint(
            model_name='provisionedperson',
            constraint=models.UniqueConstraint(models.F('organisation'), django.db.models.functions.text.Lower('user_name'), name='provisioned_person_once_per_name'),
        ),
        migrations.AddConstraint(
            model_name='provisionedgroup',
            constraint=models.UniqueConstraint(models.F('organisation'), django.db.models.functions.text.Lower('name'), name='provisioned_group_once_per_name'),
        ),
        migrations.AddIndex(
            model_name='webhookdelivery',
            index=models.Index(fields=['state', 'due_at'], name='webhook_delivery_due'),
        ),
        migrations.AddIndex(
            model_name='webhookdelivery',
            index=models.Index(fields=['endpoint', 'about', 'id'], name='webhook_delivery_in_order'),
        ),
        migrations.AddConstraint(
            model_name='webhookdelivery',
            constraint=models.UniqueConstraint(fields=('event', 'endpoint'), name='webhook_delivery_once_per_endpoint'),
        ),
        migrations.AddConstraint(
            model_name='webhookdelivery',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'delivered', 'dead'])), name='webhook_delivery_state_known'),
        ),
    ]
