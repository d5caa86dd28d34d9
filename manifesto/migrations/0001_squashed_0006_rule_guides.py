import django.core.validators
import django.db.models.constraints
import django.db.models.deletion
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('manifesto', '0001_initial'), ('manifesto', '0002_release_published_has_date'), ('manifesto', '0003_words_for_columns'), ('manifesto', '0004_words_for_editions'), ('manifesto', '0005_supplementary_questions'), ('manifesto', '0006_rule_guides')]

    initial = True

    dependencies = [
        ('account', '0009_emailaddress_unique_primary_email'),
        ('accounts', '0001_squashed_0022_words_for_mail_domains'),
        ('admin', '0003_logentry_add_action_flag_choices'),
        ('mfa', '0003_authenticator_type_uniq'),
        ('sessions', '0001_initial'),
        ('socialaccount', '0006_alter_socialaccount_extra_data'),
    ]

    operations = [
        migrations.CreateModel(
            name='Release',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('edition', models.CharField(max_length=20, unique=True, verbose_name='edition')),
                ('title', models.CharField(blank=True, max_length=160, verbose_name='title')),
                ('title_en', models.CharField(blank=True, max_length=160, null=True, verbose_name='title')),
                ('title_fr', models.CharField(blank=True, max_length=160, null=True, verbose_name='title')),
                ('title_nl', models.CharField(blank=True, max_length=160, null=True, verbose_name='title')),
                ('note', models.TextField(blank=True, verbose_name='note')),
                ('note_en', models.TextField(blank=True, null=True, verbose_name='note')),
                ('note_fr', models.TextField(blank=True, null=True, verbose_name='note')),
                ('note_nl', models.TextField(blank=True, null=True, verbose_name='note')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('published', 'Published'), ('retired', 'Retired')], default='draft', max_length=10, verbose_name='state')),
                ('met_threshold', models.PositiveSmallIntegerField(default=75, validators=[django.core.validators.MaxValueValidator(100)], verbose_name='met from (percent)')),
                ('broken_threshold', models.PositiveSmallIntegerField(default=50, validators=[django.core.validators.MaxValueValidator(100)], verbose_name='broken below (percent)')),
                ('minimum_coverage', models.PositiveSmallIntegerField(default=75, validators=[django.core.validators.MaxValueValidator(100)], verbose_name='minimum coverage (percent)')),
                ('knockout_below', models.PositiveSmallIntegerField(default=2, validators=[django.core.validators.MaxValueValidator(4)], verbose_name='knock-out below grade')),
                ('based_on', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='manifesto.release', verbose_name='made from')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='made on')),
                ('published_at', models.DateTimeField(blank=True, null=True, verbose_name='published on')),
                ('published_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='published by')),
                ('retired_at', models.DateTimeField(blank=True, null=True, verbose_name='retired on')),
            ],
            options={
                'verbose_name': 'edition',
                'verbose_name_plural': 'editions',
                'ordering': ('-created_at',),
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'published', 'retired'])), name='release_state_known'), models.CheckConstraint(condition=models.Q(('broken_threshold__lt', models.F('met_threshold')), ('met_threshold__lte', 100)), name='release_thresholds_in_order'), models.CheckConstraint(condition=models.Q(('minimum_coverage__lte', 100)), name='release_coverage_is_percent'), models.CheckConstraint(condition=models.Q(models.Q(('published_at', None), ('state', 'draft')), models.Q(models.Q(('state', 'draft'), _negated=True), ('published_at__isnull', False)), _connector='OR'), name='release_published_has_date')],
            },
        ),
        migrations.CreateModel(
            name='Rule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('release', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rules', to='manifesto.release', verbose_name='edition')),
                ('key', models.SlugField(choices=[('support', 'support'), ('consistency', 'consistency'), ('guidance', 'guidance'), ('troubleshooting', 'troubleshooting'), ('speed', 'speed'), ('proof', 'proof'), ('prevention', 'prevention')], verbose_name='key')),
                ('position', models.PositiveSmallIntegerField(verbose_name='position')),
                ('name', models.CharField(blank=True, max_length=80, verbose_name='name')),
                ('name_en', models.CharField(blank=True, max_length=80, null=True, verbose_name='name')),
                ('name_fr', models.CharField(blank=True, max_length=80, null=True, verbose_name='name')),
                ('name_nl', models.CharField(blank=True, max_length=80, null=True, verbose_name='name')),
                ('promise', models.CharField(blank=True, max_length=240, verbose_name='promise')),
                ('promise_en', models.CharField(blank=True, max_length=240, null=True, verbose_name='promise')),
                ('promise_fr', models.CharField(blank=True, max_length=240, null=True, verbose_name='promise')),
                ('promise_nl', models.CharField(blank=True, max_length=240, null=True, verbose_name='promise')),
                ('guidance', models.TextField(blank=True, verbose_name='guidance')),
                ('guidance_en', models.TextField(blank=True, null=True, verbose_name='guidance')),
                ('guidance_fr', models.TextField(blank=True, null=True, verbose_name='guidance')),
                ('guidance_nl', models.TextField(blank=True, null=True, verbose_name='guidance')),
            ],
            options={
                'verbose_name': 'rule',
                'verbose_name_plural': 'rules',
                'ordering': ('release', 'position'),
                'constraints': [models.UniqueConstraint(fields=('release', 'key'), name='rule_key_once_per_release'), models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('release', 'position'), name='rule_position_once_per_release'), models.CheckConstraint(condition=models.Q(('position__range', (1, 7))), name='rule_position_one_to_seven')],
            },
        ),
        migrations.CreateModel(
            name='RuleGuide',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='guide', to='manifesto.rule', verbose_name='rule')),
                ('good', models.TextField(blank=True, verbose_name='what good looks like')),
                ('good_en', models.TextField(blank=True, null=True, verbose_name='what good looks like')),
                ('good_fr', models.TextField(blank=True, null=True, verbose_name='what good looks like')),
                ('good_nl', models.TextField(blank=True, null=True, verbose_name='what good looks like')),
                ('asking', models.TextField(blank=True, verbose_name='how to ask')),
                ('asking_en', models.TextField(blank=True, null=True, verbose_name='how to ask')),
                ('asking_fr', models.TextField(blank=True, null=True, verbose_name='how to ask')),
                ('asking_nl', models.TextField(blank=True, null=True, verbose_name='how to ask')),
                ('evasions', models.TextField(blank=True, verbose_name='what evasions sound like')),
                ('evasions_en', models.TextField(blank=True, null=True, verbose_name='what evasions sound like')),
                ('evasions_fr', models.TextField(blank=True, null=True, verbose_name='what evasions sound like')),
                ('evasions_nl', models.TextField(blank=True, null=True, verbose_name='what evasions sound like')),
                ('proof', models.TextField(blank=True, verbose_name='what proof to ask for')),
                ('proof_en', models.TextField(blank=True, null=True, verbose_name='what proof to ask for')),
                ('proof_fr', models.TextField(blank=True, null=True, verbose_name='what proof to ask for')),
                ('proof_nl', models.TextField(blank=True, null=True, verbose_name='what proof to ask for')),
                ('measure', models.TextField(blank=True, verbose_name='which measure tells')),
                ('measure_en', models.TextField(blank=True, null=True, verbose_name='which measure tells')),
                ('measure_fr', models.TextField(blank=True, null=True, verbose_name='which measure tells')),
                ('measure_nl', models.TextField(blank=True, null=True, verbose_name='which measure tells')),
                ('example', models.TextField(blank=True, verbose_name='an example')),
                ('example_en', models.TextField(blank=True, null=True, verbose_name='an example')),
                ('example_fr', models.TextField(blank=True, null=True, verbose_name='an example')),
                ('example_nl', models.TextField(blank=True, null=True, verbose_name='an example')),
            ],
            options={
                'verbose_name': 'rule page',
                'verbose_name_plural': 'rule pages',
            },
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('release', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='manifesto.release', verbose_name='edition')),
                ('rule', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='manifesto.rule', verbose_name='rule')),
                ('key', models.SlugField(max_length=60, verbose_name='key')),
                ('position', models.PositiveSmallIntegerField(verbose_name='position')),
                ('weight', models.DecimalField(decimal_places=2, default=Decimal('1'), max_digits=6, validators=[django.core.validators.MinValueValidator(Decimal('0.01'))], verbose_name='weight')),
                ('knockout', models.BooleanField(default=False, verbose_name='knock-out')),
                ('supplementary', models.BooleanField(default=False, verbose_name='supplementary')),
                ('fact', models.CharField(choices=[('none', 'No fact'), ('percentage', 'Percentage'), ('frequency', 'Frequency')], default='none', max_length=12, verbose_name='recorded fact')),
                ('revision', models.PositiveIntegerField(default=1, verbose_name='revision')),
                ('text', models.TextField(blank=True, verbose_name='question')),
                ('text_en', models.TextField(blank=True, null=True, verbose_name='question')),
                ('text_fr', models.TextField(blank=True, null=True, verbose_name='question')),
                ('text_nl', models.TextField(blank=True, null=True, verbose_name='question')),
                ('short', models.CharField(blank=True, max_length=60, verbose_name='label')),
                ('short_en', models.CharField(blank=True, max_length=60, null=True, verbose_name='label')),
                ('short_fr', models.CharField(blank=True, max_length=60, null=True, verbose_name='label')),
                ('short_nl', models.CharField(blank=True, max_length=60, null=True, verbose_name='label')),
                ('why', models.TextField(blank=True, verbose_name='why it matters')),
                ('why_en', models.TextField(blank=True, null=True, verbose_name='why it matters')),
                ('why_fr', models.TextField(blank=True, null=True, verbose_name='why it matters')),
                ('why_nl', models.TextField(blank=True, null=True, verbose_name='why it matters')),
                ('evidence', models.TextField(blank=True, verbose_name='evidence to ask for')),
                ('evidence_en', models.TextField(blank=True, null=True, verbose_name='evidence to ask for')),
                ('evidence_fr', models.TextField(blank=True, null=True, verbose_name='evidence to ask for')),
                ('evidence_nl', models.TextField(blank=True, null=True, verbose_name='evidence to ask for')),
            ],
            options={
                'verbose_name': 'question',
                'verbose_name_plural': 'questions',
                'ordering': ('rule', 'position'),
                'constraints': [models.UniqueConstraint(fields=('release', 'key'), name='question_key_once_per_release'), models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('rule', 'position'), name='question_position_once_per_rule'), models.CheckConstraint(condition=models.Q(('fact__in', ['none', 'percentage', 'frequency'])), name='question_fact_known'), models.CheckConstraint(condition=models.Q(('revision__gte', 1)), name='question_revision_positive'), models.CheckConstraint(condition=models.Q(('supplementary', False), ('knockout', False), _connector='OR'), name='question_supplementary_knocks_nothing_out')],
            },
        ),
        migrations.CreateModel(
            name='Level',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='levels', to='manifesto.question')),
                ('grade', models.PositiveSmallIntegerField(verbose_name='grade')),
                ('text', models.TextField(blank=True, verbose_name='anchored text')),
                ('text_en', models.TextField(blank=True, null=True, verbose_name='anchored text')),
                ('text_fr', models.TextField(blank=True, null=True, verbose_name='anchored text')),
                ('text_nl', models.TextField(blank=True, null=True, verbose_name='anchored text')),
            ],
            options={
                'verbose_name': 'level',
                'verbose_name_plural': 'levels',
                'ordering': ('question', 'grade'),
                'constraints': [models.UniqueConstraint(fields=('question', 'grade'), name='level_grade_once_per_question'), models.CheckConstraint(condition=models.Q(('grade__range', (0, 4))), name='level_grade_on_scale')],
            },
        ),
    ]
