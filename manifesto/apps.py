from typing import Any

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

EDITORS = "Bank editors"


class ManifestoConfig(AppConfig):
    name = "manifesto"
    verbose_name = _("Question bank")

    def ready(self) -> None:
        from accounts import immutable, vocabulary
        from manifesto import trail_words
        from manifesto.refusals import refusals

        vocabulary.register(trail_words.VOCABULARY)
        immutable.refuse(self.label, refusals())
        post_migrate.connect(_make_group_of_editors, sender=self, dispatch_uid="bank_editors")


def _make_group_of_editors(sender: AppConfig, using: str, **_: Any) -> None:
    """The group “Bank editors” may do everything in the bank, and nothing else in the admin."""
    from django.contrib.auth.management import create_permissions

    create_permissions(sender, using=using, verbosity=0)  # its own turn may come later
    group, _created = apps.get_model("auth", "Group").objects.using(using).get_or_create(name=EDITORS)
    permissions = apps.get_model("auth", "Permission").objects.using(using)
    group.permissions.set(permissions.filter(content_type__app_label=sender.label))
