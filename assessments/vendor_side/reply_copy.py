"""The vendor's copy of its reply: plain text, as it was sent, beside the result that it was shown."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from assessments.models import Reply, ReplyRequest, VendorLink
from assessments.vendor_side.reply import ShownResult, ShownRule, replies_to_write, shown_in_words
from groundwork import words


def copy_of(request: ReplyRequest, link: VendorLink) -> str:
    """In the active language. For a reply that was sent."""
    shown, said = shown_in_words(request), replies_to_write(request)
    parts = [*_head(request, link, shown), *(_rule(rule, said[rule.key]) for rule in shown.rules)]
    return "\n\n".join(parts) + "\n"


def _head(request: ReplyRequest, link: VendorLink, shown: ShownResult) -> Iterator[str]:
    assessment = request.assessment
    values = {
        "vendor": assessment.vendor,
        "organisation": assessment.organisation,
        "reference": assessment.reference,
        "name": link.name,
        "day": words.day(request.submitted_at) if request.submitted_at else "",
    }
    yield _("Reply of %(vendor)s to the result of %(organisation)s (%(reference)s)") % values
    yield _("Sent on %(day)s by %(name)s. It changes no score.") % values
    yield shown.headline


def _rule(rule: ShownRule, reply: Reply) -> str:
    status = ", ".join(filter(None, (rule.status_label, rule.percent)))
    result = words.labelled(f"{rule.position}. {rule.name}", status)
    said = reply.get_stance_display() if reply.stance else _("No reply to this rule")
    return "\n".join(line for line in (result, said, reply.text) if line)
