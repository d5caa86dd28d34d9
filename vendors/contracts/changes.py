"""Changes of contracts and papers: each in one transaction, with what was before and after in the audit trail."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Membership
from accounts.trail import audit
from groundwork.refusals import Refusal
from vendors import facts_revision
from vendors.attachments import AttachmentError, check_file, digest, store
from vendors.contracts.agreed import OF_THE_DECISION, OF_THE_TERM, as_it_stands, forget_decision, settle
from vendors.models import Contract, ContractFile, Paper, Service, TermDecision

AGREED_FIELDS = ("reference", "starts_on", "ends_on", "notice", "notice_unit", "renews_months")
CONTRACT_FIELDS = (*AGREED_FIELDS, "owner", "note")
PAPER_FIELDS = ("kind", "name", "issued_on", "expires_on", "owner", "note")
MOST_FILES = 10  # beside one contract or paper


class ReferenceInUse(Refusal):
    field = "reference"


class Replaced(Refusal):
    """A newer paper stands in its place already."""


class NothingToDecide(Refusal):
    """It has ended, or has no end by which something would have to be decided."""


class DecidedMeanwhile(Refusal):
    """Another term runs by now, or somebody else was quicker."""


# Contracts -------------------------------------------------------------------------------------------------------
@transaction.atomic
def add_contract(
    member: Membership,
    contract: Contract,
    *,
    today: date,
    services: Iterable[Service] = (),
    files: Sequence[UploadedFile] = (),
) -> Contract:
    """With the term that runs today. Raises ReferenceInUse, and AttachmentError: then nothing is kept."""
    facts_revision.lock_vendors(contract.vendor_id)
    refuse_namesake(contract)
    settle(contract, today)
    contract.save()
    contract.services.set(services)
    after = audit.snapshot(contract, CONTRACT_FIELDS) | _services_told(contract)
    audit.record(member.user, "contract.added", contract, after=after)
    keep_files(member, contract, files)
    return contract


@transaction.atomic
def change_contract(
    member: Membership,
    contract: Contract,
    *,
    changed: Collection[str],
    today: date,
    services: Iterable[Service] | None = None,
    files: Sequence[UploadedFile] = (),
) -> Contract:
    """Write the `changed` fields only, so that what a colleague changes meanwhile stays; `services`: None leaves them.
    Another end is another term, about which nothing is decided yet. Raises ReferenceInUse and AttachmentError."""
    facts_revision.lock_vendors(contract.vendor_id)
    stored = Contract.objects.select_for_update().get(pk=contract.pk)
    fields = [name for name in CONTRACT_FIELDS if name in changed]
    before = audit.snapshot(stored, CONTRACT_FIELDS) | audit.snapshot(stored, OF_THE_TERM) | _services_told(stored)
    before |= audit.snapshot(stored, OF_THE_DECISION)
    for name in fields:
        setattr(stored, name, getattr(contract, name))
    refuse_namesake(stored)
    if stored.ends_on != before["ends_on"]:
        forget_decision(stored)
        stored.ended_on = None
    settle(stored, today)
    if services is not None:
        stored.services.set(services)
    after = audit.snapshot(stored, CONTRACT_FIELDS) | audit.snapshot(stored, OF_THE_TERM) | _services_told(stored)
    after |= audit.snapshot(stored, OF_THE_DECISION)
    if before != after:
        stored.save(update_fields=[*fields, *OF_THE_TERM, *OF_THE_DECISION, "updated_at"])
        audit.record(member.user, "contract.changed", stored, before=before, after=after)
    keep_files(member, stored, files)
    return stored


def refuse_namesake(contract: Contract) -> None:
    """Raises ReferenceInUse where the vendor has another contract of this reference, in capitals or not."""
    others = Contract.objects.filter(vendor=contract.vendor_id, reference__iexact=contract.reference)
    if others.exclude(pk=contract.pk).exists():
        raise ReferenceInUse(_("This vendor has a contract of this reference already."))


def _services_told(contract: Contract) -> dict[str, list[str]]:
    return {"services": [service.name for service in contract.services.all()]}


@transaction.atomic
def decide(
    member: Membership,
    contract: Contract,
    *,
    decision: TermDecision | None,
    reason: str,
    today: date,
    read: str = "",
    notice_given_on: date | None = None,
) -> Contract:
    """About the term that runs; None: it is open again. `notice_given_on`: of one that is to end. `read`: the contract
    `as_it_stands` on the page of whoever decides, empty where there was none. Raises NothingToDecide and
    DecidedMeanwhile."""
    stored = Contract.objects.select_for_update().get(pk=contract.pk)
    if stored.ended_on is not None or stored.decide_by is None:
        raise NothingToDecide(_("There is nothing to decide about this contract: it has ended, or it has no end."))
    if read and read != as_it_stands(stored):
        raise DecidedMeanwhile(
            _("Since you opened this page, somebody decided, or another term began. Read it again, then decide.")
        )
    before = audit.snapshot(stored, OF_THE_DECISION)
    if decision is None:
        forget_decision(stored)
    elif (stored.decision, stored.decision_reason) != (decision, reason):
        stored.decision, stored.decision_reason = decision, reason
        stored.decided_on, stored.decided_by = today, member.user
    stored.notice_given_on = notice_given_on if stored.decision == TermDecision.END else None
    after = audit.snapshot(stored, OF_THE_DECISION)
    if before != after:
        stored.save(update_fields=[*OF_THE_DECISION, "updated_at"])
        audit.record(member.user, "contract.decided", stored, before=before, after=after)
    return stored


@transaction.atomic
def end_contract(member: Membership, contract: Contract, *, ended_on: date | None) -> Contract:
    """On that day, whatever its term says; None: it runs after all."""
    stored = Contract.objects.select_for_update().get(pk=contract.pk)
    before = {"ended_on": stored.ended_on}
    stored.ended_on = ended_on
    if before != {"ended_on": ended_on}:
        stored.save(update_fields=["ended_on", "updated_at"])
        audit.record(member.user, "contract.ended", stored, before=before, after={"ended_on": ended_on})
    return stored


@transaction.atomic
def delete_contract(member: Membership, contract: Contract) -> None:
    """For good, with its files."""
    before = audit.snapshot(contract, CONTRACT_FIELDS) | _services_told(contract)
    audit.record(member.user, "contract.deleted", contract, before=before)
    _drop_files(contract)
    contract.delete()


# Papers ----------------------------------------------------------------------------------------------------------
@transaction.atomic
def add_paper(member: Membership, paper: Paper, *, files: Sequence[UploadedFile] = ()) -> Paper:
    """Raises AttachmentError: then nothing is kept."""
    paper.save()
    audit.record(member.user, "paper.added", paper, after=audit.snapshot(paper, PAPER_FIELDS))
    keep_files(member, paper, files)
    return paper


@transaction.atomic
def change_paper(
    member: Membership, paper: Paper, *, changed: Collection[str], files: Sequence[UploadedFile] = ()
) -> Paper:
    """Write the `changed` fields only. Raises AttachmentError."""
    fields = [name for name in PAPER_FIELDS if name in changed]
    stored = Paper.objects.select_for_update().get(pk=paper.pk)
    before, after = audit.snapshot(stored, fields), audit.snapshot(paper, fields)
    if before != after:
        paper.save(update_fields=fields)
        audit.record(member.user, "paper.changed", paper, before=before, after=after)
    keep_files(member, paper, files)
    return paper


@transaction.atomic
def replace_paper(member: Membership, old: Paper, new: Paper, *, files: Sequence[UploadedFile] = ()) -> Paper:
    """`new` stands in the place of `old`, which is kept behind it. Raises Replaced and AttachmentError."""
    stored = Paper.objects.select_for_update().get(pk=old.pk)
    if stored.replaced_by_id is not None:
        raise Replaced(_("A newer paper has taken the place of this one already."))
    add_paper(member, new, files=files)
    stored.replaced_by = new
    stored.save(update_fields=["replaced_by"])
    after = {"replaced_by": new.name, "expires_on": new.expires_on}
    before = {"replaced_by": None, "expires_on": stored.expires_on}
    audit.record(member.user, "paper.replaced", stored, before=before, after=after)
    return new


@transaction.atomic
def delete_paper(member: Membership, paper: Paper) -> None:
    """For good, with its files; the one that it replaced counts again."""
    audit.record(member.user, "paper.deleted", paper, before=audit.snapshot(paper, PAPER_FIELDS))
    _drop_files(paper)
    paper.delete()


# Files -----------------------------------------------------------------------------------------------------------
def keep_files(member: Membership, owner: Contract | Paper, files: Sequence[UploadedFile]) -> None:
    """Each file once; all are looked at before the first is written. Raises AttachmentError."""
    if not files:
        return
    present = set(owner.files.values_list("sha256", flat=True))
    found = {digest(file): (file, *check_file(file)) for file in files}
    fresh = {sha256: kept for sha256, kept in found.items() if sha256 not in present}
    if len(present) + len(fresh) > MOST_FILES:
        raise AttachmentError(_("At most %(count)s files are kept here. Delete one first.") % {"count": MOST_FILES})
    verb = "contract.file_added" if isinstance(owner, Contract) else "paper.file_added"
    for sha256, (file, name, kind) in fresh.items():
        row = ContractFile(
            vendor_id=owner.vendor_id,
            contract=owner if isinstance(owner, Contract) else None,
            paper=owner if isinstance(owner, Paper) else None,
            name=name,
            content_type=kind.content_type,
            size=file.size or 0,
            sha256=sha256,
            uploaded_by=member.user,
        )
        store(row, file, name=name)
        audit.record(member.user, verb, owner, after={"file": name, "sha256": sha256})


@transaction.atomic
def delete_file(member: Membership, file: ContractFile) -> None:
    """Take a file away; the bytes go when the change is certain."""
    owner = file.contract or file.paper
    if owner is None:
        raise ValueError("A file of neither a contract nor a paper: the database refuses such a row.")
    verb = "contract.file_deleted" if isinstance(owner, Contract) else "paper.file_deleted"
    audit.record(member.user, verb, owner, before={"file": file.name, "sha256": file.sha256})
    _drop_on_commit(file)
    file.delete()


def _drop_files(owner: Contract | Paper) -> None:
    for file in owner.files.all():
        _drop_on_commit(file)


def _drop_on_commit(file: ContractFile) -> None:
    storage, path = file.file.storage, str(file.file.name)
    # A lambda: with a partial and robust=True, a failing callback ends in an AttributeError of Django's own.
    transaction.on_commit(lambda: storage.delete(path), robust=True)
