from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self) -> None:
        from accounts import immutable
        from assessments import lifecycle
        from reports import snapshots

        message = "A scorecard is never changed or deleted: everything printed comes from it."
        immutable.refuse(
            "reports",
            immutable.never_changes("reports_scorecard", message)
            + immutable.never_changes("reports_scorecardrule", message),
        )

        def make_scorecard(sender: object, assessment: object, approval: object, **_: object) -> None:
            snapshots.make_scorecard(assessment, approval)  # type: ignore[arg-type]

        # Kept by name: a receiver that is only referenced weakly would be gone after this function.
        lifecycle.approved.connect(make_scorecard, weak=False, dispatch_uid="reports.make_scorecard")
