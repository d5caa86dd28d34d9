from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ManifestoConfig(AppConfig):
    name = "manifesto"
    verbose_name = _("Question bank")

    def ready(self) -> None:
        from accounts import immutable
        from manifesto.refusals import refusals

        immutable.refuse(self.label, refusals())
