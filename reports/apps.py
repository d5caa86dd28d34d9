from typing import Any

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self) -> None:
        from accounts import immutable, vocabulary
        from accounts.chain import kinds
        from assessments.lifecycle import transitions
        from assessments.vendor_side import answers as vendor_answers
        from reports import trail_words
        from reports.board import sheet as board_sheet
        from reports.emergency_sheets import printed
        from reports.emergency_sheets import sheet as emergency_sheet
        from reports.fact_sheets import expectations as expectations_sheet
        from reports.fact_sheets import incident as incident_sheet
        from reports.fact_sheets import kinds as sheet_kinds
        from reports.fact_sheets import proof as proof_sheet
        from reports.letters import kind as letter
        from reports.models import FactSheetKind
        from reports.packs import blank, filled
        from reports.portfolio import rows as portfolio_rows
        from reports.scorecard import sealing, snapshots, standing
        from reports.trends import panel as trends_panel
        from reports.vendor_copy import copies
        from vendors import panels, standings
        from vendors.emergencies import folder

        vocabulary.register(trail_words.VOCABULARY)
        sheet_kinds.register(FactSheetKind.EMERGENCY, emergency_sheet.KIND)
        folder.register(printed.printed_folder)
        standings.register(standing.standings)
        standings.register_columns(portfolio_rows.columns_of_register)
        panels.register("standing", standing.standing_panel, position=0)
        panels.register("trends", trends_panel.trends_panel, position=5)
        kinds.register(sealing.KIND, sealing.kind())
        sheet_kinds.register(FactSheetKind.EXPECTATIONS, expectations_sheet.KIND)
        sheet_kinds.register(FactSheetKind.LETTER, letter.KIND)
        sheet_kinds.register(FactSheetKind.INCIDENT, incident_sheet.KIND)
        sheet_kinds.register(FactSheetKind.PROOF, proof_sheet.KIND)
        sheet_kinds.register(FactSheetKind.BOARD, board_sheet.KIND)
        sheet_kinds.register(FactSheetKind.PACK, filled.KIND)
        sheet_kinds.register(FactSheetKind.BLANK, blank.KIND)
        message = "A scorecard is never changed or deleted: everything printed comes from it."
        copied = "A vendor's copy is never changed or deleted: it says what was handed in."
        sheet = "A sheet of facts is never changed or deleted: its documents are printed from it."
        compared = "A comparison is never changed or deleted: its documents are printed from it."
        immutable.refuse(
            "reports",
            immutable.never_changes("reports_scorecard", message)
            + immutable.never_changes("reports_scorecardrule", message)
            + immutable.never_changes("reports_vendorcopy", copied)
            + immutable.never_changes("reports_comparison", compared)
            + immutable.never_changes("reports_factsheet", sheet)
            + immutable.never_changes("reports_comparedscorecard", compared),
        )

        def make_scorecard(sender: object, assessment: Any, approval: Any, **__: object) -> None:
            snapshots.make_scorecard(assessment, approval)

        # Kept by name: a receiver that is only referenced weakly would be gone after this function.
        transitions.approved.connect(make_scorecard, weak=False, dispatch_uid="reports.make_scorecard")

        def make_copy(sender: object, response: Any, link: Any, **__: object) -> None:
            copies.make_copy(response, link)

        vendor_answers.handed_in.connect(make_copy, weak=False, dispatch_uid="reports.make_copy")
