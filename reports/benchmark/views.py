"""The benchmark: what it says, and whether the organisation shares in it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import MemberRequest
from groundwork.pages import confirm_page, crumbs
from manifesto.models import Rule
from reports.benchmark import answers
from reports.models import RULE_POSITIONS, BenchmarkAnswer
from vendors.models import Tier


@require_safe
def benchmark(request: MemberRequest) -> HttpResponse:
    """By tier the seven rules, where the organisation shares; else what sharing means."""
    shares = request.member.organisation.benchmarks_since is not None
    context = {
        "shares_since": request.member.organisation.benchmarks_since,
        "tiers": _tiers() if shares else [],
    }
    return render(request, "reports/benchmark/benchmark.html", context)


@require_POST
def benchmark_join(request: MemberRequest) -> HttpResponse:
    if answers.join(request.member, now=timezone.now()):
        messages.success(request, _("Your organisation shares in the benchmark from now on."))
    return redirect("benchmark")


@require_http_methods(["GET", "HEAD", "POST"])
def benchmark_leave(request: MemberRequest) -> HttpResponse:
    if request.method == "POST":
        if answers.leave(request.member, now=timezone.now()):
            messages.success(request, _("Your organisation has left the benchmark, and its figures are taken out."))
        return redirect("benchmark")
    return confirm_page(
        request,
        heading=_("Leave the benchmark"),
        submit=_("Leave the benchmark"),
        back="benchmark",
        crumbs=crumbs("portfolio", _("Portfolio"), "benchmark", _("Benchmark"), _("Leave the benchmark")),
        at_stake=(
            _("Every figure to which your organisation contributed is withdrawn at once, for everybody."),
            _("You no longer see how other organisations fare. You can join again at any time."),
        ),
    )


def _tiers() -> list[tuple[str, list[tuple[int, str, BenchmarkAnswer | None]]]]:
    """Each tier with its seven rules: number, name, what is said of it. Two queries."""
    latest, names = BenchmarkAnswer.objects.latest_by_cell(), _names()
    return [
        (str(tier.label), [(rule, names.get(rule, ""), latest.get((rule, tier.value))) for rule in RULE_POSITIONS])
        for tier in Tier
    ]


def _names() -> dict[int, str]:
    """The seven by their number, in the reader's language, as the newest edition names them. One query."""
    rules = Rule.objects.filter(release__published_at__isnull=False).order_by("release__published_at", "release")
    return {rule.position: rule.name for rule in rules}
