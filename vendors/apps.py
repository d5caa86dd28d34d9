from django.apps import AppConfig


class VendorsConfig(AppConfig):
    name = "vendors"

    def ready(self) -> None:
        from accounts import immutable, vocabulary
        from accounts.members import department_notes
        from vendors import panels, trail_words
        from vendors.care.panel import care_panel
        from vendors.contracts.panel import contract_panel
        from vendors.desk import matters
        from vendors.emergencies import refusals as emergency_refusals
        from vendors.emergencies import stops
        from vendors.expectations import refusals as expectation_refusals
        from vendors.expectations.ack_panel import acknowledgement_panel
        from vendors.expectations.on_the_desk import on_the_desk
        from vendors.incidents.panel import incident_panel
        from vendors.measures.cards import measure_panel
        from vendors.notices.desk_matters import notices_on_desk
        from vendors.notices.panel import notice_panel
        from vendors.proofs import panel as proofs
        from vendors.proofs.desk_matters import proofs_on_desk
        from vendors.rehearsals.panel import rehearsal_panel
        from vendors.timeline.panel import timeline_panel
        from vendors.voice import feedback

        vocabulary.register(trail_words.VOCABULARY)
        panels.register("expected", acknowledgement_panel, position=30)
        department_notes.tell_with(stops.notes_of)
        matters.register("expectations", on_the_desk, position=30)
        panels.register("measures", measure_panel, position=10)
        panels.register("contracts", contract_panel, position=40)
        panels.register("rehearsals", rehearsal_panel, position=45)
        panels.register("care", care_panel, position=42)
        panels.register("notices", notice_panel, position=47)
        panels.register("incidents", incident_panel, position=50)
        panels.register("timeline", timeline_panel, position=55)
        panels.register("proofs", proofs.of_vendor, position=57)
        panels.register("voice", feedback.panel, position=60)
        matters.register("proofs", proofs_on_desk, position=20)
        matters.register("notices", notices_on_desk, position=40)
        happened = "A step of a proof of cause is never changed or deleted: both sides go by what happened."
        written = "An entry of a timeline is never changed: a later one stands in for it, and both are kept."
        immutable.refuse(  # one list: registering again would take away what was registered before
            self.label,
            [
                *expectation_refusals.refusals(),
                *emergency_refusals.refusals(),
                *immutable.never_changes("vendors_proofstep", happened),
                # Deleted with its incident alone.
                immutable.RefusedWrite(table="vendors_timelineentry", operation=immutable.UPDATE, message=written),
            ],
        )
