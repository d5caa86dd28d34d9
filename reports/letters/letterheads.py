"""The paper of an organisation: where it is, what stands at the foot, and its logo, which is looked at before it is
kept: drawn anew in a modest size, so that nothing of the file that came remains but its picture."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from io import BytesIO
from typing import IO

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

from accounts.models import Membership, Organisation
from accounts.trail import audit
from groundwork import words
from groundwork.refusals import Refusal
from groundwork.saved import Conflict, Outcome, Saved
from reports.models import Letterhead

LARGEST_FILE = 2 * 1024 * 1024  # bytes
MOST_PIXELS = 25_000_000  # of the picture that comes: a small file can hold a huge one
SIZE = (720, 270)  # pixels at most, kept: 60 by 22 mm on paper at 300 dots an inch
LARGEST_KEPT = 150_000  # bytes: each letter holds a copy
FORMATS = ("PNG", "JPEG")
TOLD = ("address", "place", "foot", "logo_sha256")


class LogoRefused(Refusal):
    field = "logo"


@dataclass(frozen=True, kw_only=True)
class Paper:
    """What an administrator types. `logo`: a new one, as `drawn` gives it; None: as it is."""

    address: str
    place: str
    foot: str
    logo: bytes | None = None
    without_logo: bool = False


def of(organisation: Organisation) -> Letterhead | None:
    """One query; None: nobody has set it up, and letters begin with the organisation's name."""
    return Letterhead.objects.filter(organisation=organisation).first()


def logo_of(head: Letterhead | None) -> bytes:
    """The picture (PNG); empty where there is none, or the file is gone or is another one than was kept."""
    if head is None or not head.logo:
        return b""
    try:
        with head.logo.open("rb") as file:
            content: bytes = file.read()
    except FileNotFoundError:
        return b""
    return content if hashlib.sha256(content).hexdigest() == head.logo_sha256 else b""


def drawn(file: IO[bytes], *, size: int) -> bytes:
    """The logo as it is kept: PNG, scaled down, with nothing but its pixels. Raises LogoRefused."""
    if size > LARGEST_FILE:
        told = {"limit": words.size(LARGEST_FILE)}
        raise LogoRefused(_("The logo is too large: choose a file of at most %(limit)s.") % told)
    try:
        file.seek(0)
        with Image.open(file, formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise LogoRefused(_("The logo has too many pixels: save it smaller and choose it again."))
            picture.verify()
        file.seek(0)
        with Image.open(file, formats=FORMATS) as picture:  # verifying uses it up
            return _kept(picture)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as fault:
        message = _("This file is no PNG or JPEG picture. Save the logo as PNG or JPEG and choose it again.")
        raise LogoRefused(message) from fault


def _kept(picture: Image.Image) -> bytes:
    has_holes = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
    plain = picture.convert("RGBA" if has_holes else "RGB")
    plain.thumbnail(SIZE)
    for colours in (0, 256, 64):
        content = BytesIO()
        last = plain.quantize(colours) if colours else plain
        last.save(content, format="PNG", optimize=True)
        if content.tell() <= LARGEST_KEPT:
            return content.getvalue()
    raise LogoRefused(_("The logo has too many details: a drawn one is needed, not a photograph."))


def keep(member: Membership, paper: Paper, *, version: int) -> Outcome[Letterhead]:
    """Conflict where somebody else has changed it since `version`."""
    with transaction.atomic():
        Organisation.objects.select_for_update(no_key=True).get(pk=member.organisation_id)
        row = of(member.organisation) or Letterhead(organisation=member.organisation)
        if row.version != version:
            return Conflict(stored=row)
        before, old_logo = audit.snapshot(row, TOLD), row.logo.name
        row.address, row.place, row.foot = paper.address, paper.place, paper.foot
        if paper.logo is not None:
            row.logo_sha256 = hashlib.sha256(paper.logo).hexdigest()
            row.logo.save(f"{secrets.token_hex(16)}.png", ContentFile(paper.logo), save=False)
        elif paper.without_logo:
            row.logo, row.logo_sha256 = "", ""
        after = audit.snapshot(row, TOLD)
        if after != before or row.pk is None:
            row.version += 1
            row.save()
            audit.record(member.user, "letterhead.changed", row, before=before, after=after)
        if old_logo and old_logo != row.logo.name:
            transaction.on_commit(lambda: row.logo.storage.delete(old_logo))
    return Saved(version=row.version)
