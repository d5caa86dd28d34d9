from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssessmentsConfig(AppConfig):
    name = "assessments"

    def ready(self) -> None:
        from accounts import trail
        from accounts.invitations import joined
        from assessments import measured_panel, raters, visibility
        from vendors import panels, withheld

        joined.connect(raters.take_in, dispatch_uid="raters_take_in")
        withheld.register(visibility.vendors_being_rated)
        panels.register("measured", measured_panel.of_vendor, position=20)
        trail.register(
            names={
                "blank": _("instead of a grade"),
                "fact_unit": _("how often"),
                "rules": _("rules to rate"),
                "delegate": _("colleague"),
                "without": _("begun without"),
            },
            unsaid=[("assessments.evidence", "answer")],
            conceal=visibility.readable_entries,
        )
