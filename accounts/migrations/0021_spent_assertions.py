"""What a provider said once is kept, so that it does not count twice."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0020_session_rounds'),
    ]

    operations = [
        migrations.CreateModel(
            name='SpentAssertion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mark', models.CharField(max_length=64)),
                ('until', models.DateTimeField(db_index=True)),
                ('provider', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.identityprovider')),
            ],
            options={
                'verbose_name': 'spent assertion',
                'verbose_name_plural': 'spent assertions',
                'constraints': [models.UniqueConstraint(fields=('provider', 'mark'), name='assertion_spent_once')],
            },
        ),
    ]
