"""What can come of looking at a file, in one sentence each: what it means, and what to do."""

from __future__ import annotations

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reports.verification.reading import Unread


class Outcome(StrEnum):
    GENUINE = "genuine"  # these very bytes were made here, from what is on record
    DAMAGED = "damaged"  # they were made here, and what is on record is not what it was, or does not compute
    FILE_CHANGED = "file_changed"  # what it was made from is ours; the file is not
    CONTENT_CHANGED = "content_changed"  # it names a scorecard of ours, and carries something else
    UNKNOWN = "unknown"
    UNREAD = "unread"


HEADLINES: dict[Outcome, Promise] = {
    Outcome.GENUINE: _("Genuine and unchanged"),
    Outcome.DAMAGED: _("Made here, but what is on record does not hold"),
    Outcome.FILE_CHANGED: _("The file was changed"),
    Outcome.CONTENT_CHANGED: _("The numbers or answers inside were changed"),
    Outcome.UNKNOWN: _("Not a document of this installation"),
    Outcome.UNREAD: _("The file cannot be checked"),
}
SENTENCES: dict[Outcome, Promise] = {
    Outcome.GENUINE: _("It is byte for byte a document that was made here."),
    Outcome.DAMAGED: _(
        "The document was made here, but its record was changed since, or its numbers do not follow from its answers: "
        "see below, and tell whoever runs this installation."
    ),
    Outcome.FILE_CHANGED: _(
        "What is attached inside is ours and unchanged, but the file is not one that was made here: its pages may say "
        "something else. Do not rely on them; download the document again."
    ),
    Outcome.CONTENT_CHANGED: _(
        "The file names a scorecard of yours, but what is attached inside is not its snapshot. Do not rely on it; "
        "download the document again."
    ),
    Outcome.UNKNOWN: _(
        "No document that was made here has these bytes, and nothing inside belongs to one. It comes from elsewhere, "
        "it was changed, or it belongs to another organisation."
    ),
}
WHY_UNREAD: dict[Unread, Promise] = {
    Unread.NO_PDF: _("This is not a PDF. Choose the file as you received it."),
    Unread.TOO_LARGE: _("The file is larger than any document that is made here, so it is none of them."),
    Unread.ENCRYPTED: _(
        "The file is locked with a password. Documents that are made here never are, so it was changed."
    ),
    Unread.BROKEN: _("The file is damaged or cut short, so it is not as it was made. Ask for it again."),
    Unread.TOO_MUCH: _("What is inside takes more memory or time than any document that is made here; it is none."),
    Unread.BUSY: _("Too many files are being checked at the moment. Try again in a minute."),
}
