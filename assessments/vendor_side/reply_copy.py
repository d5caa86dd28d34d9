"""The vendor's copy of its reply: plain text, as it was sent, beside the result that it was shown; to download, and
mailed to whoever sent it."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.mailed_links import links as mailed_links
from assessments.models import Reply, ReplyRequest, VendorLink
from assessments.preferences import within_reach
from assessments.vendor_side.reply import ShownResult, ShownRule, replies_to_write, shown_in_words
from assessments.vendor_side.reply_words import own_words
from groundwork import words


def file_name(request: ReplyRequest) -> str:
    """`reply-A-2026-001.txt`, in the active language; plain ASCII."""
    return "-".join((slugify(_("reply")), request.assessment.reference)) + ".txt"


def copy_of(request: ReplyRequest, link: VendorLink) -> str:
    """In the active language. For a reply that was sent."""
    shown = shown_in_words(request)
    return "\n\n".join([*_head(request, link, shown), *_rules(request, shown)]) + "\n"


def mail_copy(request: ReplyRequest, link: VendorLink) -> bool:
    """Mail it to whoever sent the reply, in the language of their link. False where there is no address, or the mail
    server does not take it: the page offers the copy too. Not within a transaction."""
    with translation.override(link.language):
        parts = list(_rules(request, shown_in_words(request)))
    asker = within_reach(link.assessment, link.created_by)
    context = {
        "link": link,
        "organisation": link.assessment.organisation,
        "vendor": link.assessment.vendor,
        "assessment": link.assessment,
        "sent_at": request.submitted_at,
        "parts": parts,
        "asker": asker,
    }
    template = "assessments/vendor_side/email/vendor_reply_copy"
    return mailed_links.send(link, template, context=context, asker=asker)


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


def _rules(request: ReplyRequest, shown: ShownResult) -> Iterator[str]:
    said = replies_to_write(request)
    return (_rule(rule, said[rule.key]) for rule in shown.rules)


def _rule(rule: ShownRule, reply: Reply) -> str:
    status = ", ".join(filter(None, (rule.status_label, rule.percent)))
    result = words.labelled(f"{rule.position}. {rule.name}", status)
    return "\n".join(line for line in (result, *rule.measured, own_words(reply.stance), reply.text) if line)
