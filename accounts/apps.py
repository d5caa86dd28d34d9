from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from accounts import absences, immutable, trail_words, visitor, vocabulary
        from accounts.chain import carried, kinds, trail_days
        from accounts.members.changes import shut
        from accounts.single_sign_on import emergencies
        from accounts.tokens import connected
        from groundwork import whole_numbers

        whole_numbers.register()
        vocabulary.register(trail_words.VOCABULARY)
        immutable.connect()
        message = "An entry of the audit trail is never changed or deleted."
        sealed = "A seal is never changed or deleted: the chain would not be one."
        immutable.refuse(
            self.label,
            immutable.never_changes("accounts_auditentry", message) + immutable.never_changes("accounts_seal", sealed),
        )
        kinds.register(trail_days.KIND, trail_days.kind())
        kinds.register(carried.KIND, carried.kind())
        absences.tell_with(connected.absences_of)
        shut.connect(absences.tell_administrators, dispatch_uid="absences_told")
        user_logged_in.connect(visitor.at_sign_in, dispatch_uid="visitor_at_sign_in")
        user_logged_in.connect(emergencies.at_sign_in, dispatch_uid="emergencies_at_sign_in")
