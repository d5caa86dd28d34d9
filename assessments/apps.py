from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    name = "assessments"

    def ready(self) -> None:
        from accounts import absences, immutable, vocabulary
        from accounts.members import purposes
        from accounts.members.changes import shut
        from accounts.members.invitations import joined
        from assessments import preferences, secrecy, trail_words
        from assessments.commitments import kept as commitments_kept
        from assessments.findings import panel as findings_panel
        from assessments.hub.absences import absences_of
        from assessments.models import Assessment
        from assessments.raters import asking
        from assessments.schedule import lead_times, vendor_news
        from assessments.vendor_side import emergency_words
        from manifesto import usage
        from vendors import panels, withheld
        from vendors.contracts import offers
        from vendors.emergencies import proposals
        from vendors.notices import telling as notices
        from vendors.proofs import transitions as proofs

        joined.connect(asking.take_in, dispatch_uid="raters_take_in")
        proofs.handed_in.connect(vendor_news.tell_handed_in, dispatch_uid="proof_handed_in")
        notices.register(vendor_news.tell_departments)
        absences.tell_with(absences_of)
        shut.connect(preferences.close_calendar_of, dispatch_uid="calendar_closed")
        usage.register(Assessment.objects.uses_of_editions)
        purposes.tell_with(asking.purpose_of)
        offers.register(lead_times.judged)
        proposals.register(emergency_words.proposals)
        withheld.register(secrecy.vendors_being_rated)
        panels.register("measured", findings_panel.of_vendor, position=20)
        panels.register("commitments", commitments_kept.of_vendor, position=25)
        vocabulary.register(trail_words.VOCABULARY)
        happened = "A step of a commitment is never changed or deleted: both sides go by what happened."
        immutable.refuse(self.label, immutable.never_changes("assessments_commitmentstep", happened))
