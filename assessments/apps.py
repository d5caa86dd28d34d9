from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssessmentsConfig(AppConfig):
    name = "assessments"

    def ready(self) -> None:
        from accounts import trail
        from accounts.invitations import joined
        from assessments import secrecy
        from assessments.findings import panel as findings_panel
        from assessments.raters import asking
        from vendors import panels, withheld

        joined.connect(asking.take_in, dispatch_uid="raters_take_in")
        withheld.register(secrecy.vendors_being_rated)
        panels.register("measured", findings_panel.of_vendor, position=20)
        trail.register(
            names={
                "blank": _("instead of a grade"),
                "fact_unit": _("how often"),
                "rules": _("rules to rate"),
                "delegate": _("colleague"),
                "without": _("begun without"),
            },
            unsaid=[("assessments.evidence", "answer")],
            conceal=secrecy.readable_entries,
        )
