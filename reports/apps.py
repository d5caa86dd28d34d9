from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self) -> None:
        from accounts import immutable, trail
        from assessments.lifecycle import transitions
        from assessments.score.words import CONFIDENCES
        from assessments.vendor_side import answers as vendor_answers
        from reports.scorecard import snapshots
        from reports.scorecard import words as wording
        from reports.vendor_copy import copies

        trail.register(
            names={
                "number": _("scorecard number"),
                "verdict": _("verdict"),
                "rules_met": _("rules met"),
                "weakest_rule": _("weakest rule"),
                "confidence": _("confidence"),
            },
            codes={
                ("reports.scorecard", "verdict"): {code.value: said for code, said in wording.VERDICT.items()},
                ("reports.scorecard", "confidence"): CONFIDENCES,
                ("reports.scorecard", "weakest_rule"): snapshots.rule_names,
            },
        )

        message = "A scorecard is never changed or deleted: everything printed comes from it."
        copied = "A vendor's copy is never changed or deleted: it says what was handed in."
        immutable.refuse(
            "reports",
            immutable.never_changes("reports_scorecard", message)
            + immutable.never_changes("reports_scorecardrule", message)
            + immutable.never_changes("reports_vendorcopy", copied),
        )

        def make_scorecard(sender: object, assessment: object, approval: object, **__: object) -> None:
            snapshots.make_scorecard(assessment, approval)  # type: ignore[arg-type]

        # Kept by name: a receiver that is only referenced weakly would be gone after this function.
        transitions.approved.connect(make_scorecard, weak=False, dispatch_uid="reports.make_scorecard")

        def make_copy(sender: object, response: object, link: object, **__: object) -> None:
            copies.make_copy(response, link)  # type: ignore[arg-type]

        vendor_answers.handed_in.connect(make_copy, weak=False, dispatch_uid="reports.make_copy")
