from django.db import migrations, models

ROLES = [
    ("assessor", "Assessor"),
    ("approver", "Approver"),
    ("reader", "Reader"),
    ("admin", "Administrator"),
    ("rater", "Outside rater"),
]
KNOWN = models.Q(role__in=[role for role, _label in ROLES])


class Migration(migrations.Migration):
    """Nobody gets another role by it: whoever was made a reader by being asked to rate stays one."""

    dependencies = [("accounts", "0008_attempt_counts")]

    operations = [
        migrations.RemoveConstraint(model_name="invitation", name="invitation_role_known"),
        migrations.RemoveConstraint(model_name="membership", name="membership_role_known"),
        migrations.AlterField(
            model_name="invitation",
            name="role",
            field=models.CharField(choices=ROLES, default="reader", max_length=10, verbose_name="role"),
        ),
        migrations.AlterField(
            model_name="membership",
            name="role",
            field=models.CharField(choices=ROLES, max_length=10, verbose_name="role"),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(condition=KNOWN, name="invitation_role_known"),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(condition=KNOWN, name="membership_role_known"),
        ),
    ]
