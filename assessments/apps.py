from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssessmentsConfig(AppConfig):
    name = "assessments"

    def ready(self) -> None:
        from accounts import trail

        trail.register(names={"blank": _("instead of a grade"), "fact_unit": _("how often")})
