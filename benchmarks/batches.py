"""Seconds a document of a batch, against the same documents made one by one in the same process."""

from __future__ import annotations

from time import perf_counter

from django.db import transaction

from accounts.models import Membership, Role
from reports import worker
from reports.batches import making
from reports.batches.job import Wish, request_batch
from reports.models import Batch, Binding, DocumentKind, FileState, Scorecard


def report(most: int = 200) -> str:
    """Of the scorecards of the demo data, at most so many: each is drawn, none is ready. Undone afterwards."""
    member = Membership.objects.filter(role=Role.READER, organisation__slug="harbour")[0]
    cards = list(Scorecard.objects.for_member(member).select_related("assessment__vendor").order_by("pk")[:most])
    worker.produce(cards[0], language="en")  # the first one pays for fonts and stylesheet
    start = perf_counter()
    for card in cards:
        worker.produce(card, language="en")
    singly = (perf_counter() - start) / len(cards)
    rows = [("one by one (the floor)", singly, 1.0)]
    for binding, name in ((Binding.ZIP, "in a batch, as a ZIP"), (Binding.BOUND, "in a batch, bound as one PDF")):
        some = cards[:11] if binding == Binding.BOUND else cards
        each = _seconds(member, some, binding) / len(some)
        rows.append((f"{name} of {len(some)}", each, each / singly))
    lines = ["| scorecards in one process | seconds a document | ratio |", "|---|--:|--:|"]
    return "\n".join([*lines, *(f"| {name} | {value:.3f} | {ratio:.2f} |" for name, value, ratio in rows), ""])


def _seconds(member: Membership, cards: list[Scorecard], binding: Binding) -> float:
    wish = Wish(title="Benchmark", kind=DocumentKind.SCORECARD, binding=binding, language="en")
    with transaction.atomic():
        batch = request_batch(member, wish, cards, tell_workers=False)
        start = perf_counter()
        making.make(batch.pk, making.Makers(render=worker.render, bind=worker.bind), clock=lambda: 0.0)
        taken = perf_counter() - start
        made = Batch.objects.get(pk=batch.pk)
        if made.state != FileState.READY:
            raise RuntimeError(f"The batch ended as {made.state}: {made.failure}")
        made.file.delete(save=False)
        transaction.set_rollback(True)
    return taken
