"""What the page's frame needs beyond the context."""

from django import template
from django.template import Engine
from django.template.context import RequestContext
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.members import roles
from accounts.models import Membership
from assessments.score.words import STATUSES
from config import places
from groundwork.words import apart, labelled
from reports.charts.marks import Mark, mark_sign, ring_svg, sign_sheet

register = template.Library()

RULES = (
    (gettext_lazy("Support the customer"), gettext_lazy("They stay until your business runs again.")),
    (gettext_lazy("Deliver consistently"), gettext_lazy("A good outcome does not hang on one engineer.")),
    (gettext_lazy("Guide the customer"), gettext_lazy("You always know what is asked, why, and what comes next.")),
    (gettext_lazy("Troubleshoot incisively"), gettext_lazy("A shared diagnosis, not a shower of fixes.")),
    (gettext_lazy("Be fast"), gettext_lazy("Rehearsed steps that start by themselves.")),
    (gettext_lazy("Prove it"), gettext_lazy("The root cause is shown, not claimed.")),
    (gettext_lazy("Get ahead of the curve"), gettext_lazy("Problems are prevented before they reach you.")),
)
EXAMPLE = ("met", "met", "partly", "met", "met", "broken", "met")


@register.simple_tag(takes_context=True)
def current(context: RequestContext, url: str) -> str:
    """The value of `aria-current` for a link of a submenu: this page, something below it, or neither."""
    request = context.get("request")
    if request is None or not url:
        return "false"
    if request.path == url:
        return "page"
    return "true" if request.path.startswith(url) else "false"


@register.simple_tag(takes_context=True)
def current_section(context: RequestContext, url: str, section: str) -> str:
    """The value of `aria-current` for the main menu's link to `url`: this page, another one of its section, or
    neither. `config.places` says where a page belongs."""
    request = context.get("request")
    if request is not None and request.path == url:
        return "page"
    return "true" if places.place_of(_route(context)).section == section else "false"


@register.simple_tag(takes_context=True)
def main_menu(context: RequestContext) -> SafeString:
    """The links of the main menu, which stand on the page twice and are drawn once."""
    engine: Engine = context.template.engine  # type: ignore[union-attr]  # it is being drawn
    return engine.get_template("_nav.html").render(context)


@register.simple_tag(takes_context=True)
def help_address(context: RequestContext) -> str:
    """Where the help explains this page, to whoever reads it; while the first steps stand on My work, they are what
    comes next."""
    steps = context.get("first_steps")
    if steps and steps.is_shown and steps.is_open:
        return reverse("first_steps")
    request = context.get("request")
    member = getattr(request, "member", None)
    back = request.path if request is not None else ""
    return places.help_address(_route(context), is_outside=member is not None and member.is_outside, back=back)


def _route(context: RequestContext) -> str:
    """The name of the route, of whatever page or error."""
    match = getattr(context.get("request"), "resolver_match", None)
    return match.view_name if match else ""


@register.filter
def duties(member: Membership) -> list[str]:
    """What a member may do in their organisation, a phrase each."""
    return roles.duties(member.role, member.organisation)


@register.simple_tag
def seven_rules() -> tuple[tuple[str, str], ...]:
    """Name and promise of each rule, for pages that stand before any release of the bank."""
    return tuple((str(name), str(promise)) for name, promise in RULES)


@register.simple_tag
def plain_mark(status: str) -> SafeString:
    """The mark of a status as an ornament beside its word."""
    return SafeString(mark_sign(status, size=20, title=""))


@register.simple_tag
def mark_signs() -> SafeString:
    """The drawings that the marks of this page refer to, and of whatever it fetches."""
    return SafeString(sign_sheet())


@register.simple_tag
def example_ring() -> SafeString:
    """The ring of an invented vendor: five of seven rules met."""
    marks = [
        Mark(number=number, name=str(name), status=status, status_label=str(STATUSES[status]))
        for number, ((name, _promise), status) in enumerate(zip(RULES, EXAMPLE, strict=True), start=1)
    ]
    told = apart(labelled(f"{mark.number} {mark.name}", mark.status_label) for mark in marks)
    drawn = ring_svg(
        marks, headline="5", subline=_("of 7 rules met"), title=_("Example of a verdict"), desc=told, prefix="example"
    )
    return SafeString(drawn)
