from django.apps import AppConfig


class VendorsConfig(AppConfig):
    name = "vendors"

    def ready(self) -> None:
        from accounts import trail
        from vendors import feedback, panels, trail_words
        from vendors.incident_panel import incident_panel
        from vendors.measure_panel import measure_panel

        trail.register(trail_words.VERBS, names=trail_words.NAMES, codes=trail_words.CODES)
        panels.register("measures", measure_panel, position=10)
        panels.register("incidents", incident_panel, position=50)
        panels.register("voice", feedback.panel, position=60)
