"""A PDF may be anything: what it carries is read with little memory and little time, or it is said why not."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from io import BytesIO

import pikepdf
import pytest

from reports.verification import reading
from reports.verification.reading import Carried, Unread, UnreadableError, attachments_of


def made(*, files: dict[str, bytes] | None = None, **saving: object) -> bytes:
    out = BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        for name, content in (files or {}).items():
            document.attachments[name] = pikepdf.AttachedFileSpec(document, content, filename=name)
        document.save(out, **saving)
    return out.getvalue()


def bomb() -> bytes:
    """Half a megabyte that unpacks to 600."""
    packer = zlib.compressobj(9)
    zeros = b"\0" * 10_000_000
    content = b"".join(packer.compress(zeros) for _ in range(60)) + packer.flush()
    out = BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.attachments["bomb"] = pikepdf.AttachedFileSpec(document, b"x", filename="bomb")
        document.attachments["bomb"].obj.EF.F.write(content, filter=pikepdf.Name.FlateDecode)
        document.save(out, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    return out.getvalue()


def circular() -> bytes:
    """A tree of names that holds itself."""
    out = BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        names = document.make_indirect(pikepdf.Dictionary())
        names.Kids = pikepdf.Array([names])
        document.Root.Names = pikepdf.Dictionary(EmbeddedFiles=names)
        document.save(out)
    return out.getvalue()


def test_the_files_inside_are_told_by_name() -> None:
    files = {"a.json": b"{}", "b.txt": "é".encode()}
    assert attachments_of(made(files=files)) == tuple(Carried(name=name, content=files[name]) for name in files)
    assert attachments_of(made()) == ()


LOCKED = {"encryption": pikepdf.Encryption(owner="o", user="u")}
OPEN_TO_READ = {"encryption": pikepdf.Encryption(owner="o", user="")}
HOSTILE: dict[str, tuple[bytes | Callable[[], bytes], Unread]] = {
    "text": (b"Dear sirs", Unread.NO_PDF),
    "empty": (b"", Unread.NO_PDF),
    "head alone": (b"%PDF-1.7\n", Unread.BROKEN),
    "cut short": (made()[:-100], Unread.BROKEN),
    "locked": (made(**LOCKED), Unread.ENCRYPTED),
    "locked for changes": (made(**OPEN_TO_READ), Unread.ENCRYPTED),
    "many attachments": (made(files={f"{n}": b"x" for n in range(40)}), Unread.TOO_MUCH),
    "more than may be carried": (lambda: made(files={"a": b"x" * 21_000_000}), Unread.TOO_MUCH),
    "large": (lambda: b"%PDF-" + b"x" * reading.LARGEST, Unread.TOO_LARGE),
    "bomb": (bomb, Unread.TOO_MUCH),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_document_of_ours_is_refused_with_its_reason(name: str) -> None:
    content, why = HOSTILE[name]
    with pytest.raises(UnreadableError) as refused:
        attachments_of(content() if callable(content) else content)
    assert refused.value.why == why


def test_a_tree_that_holds_itself_ends() -> None:
    try:
        assert attachments_of(circular()) == ()
    except UnreadableError as refused:
        assert refused.why in (Unread.BROKEN, Unread.TOO_MUCH)


def test_none_of_our_secrets_is_within_reach_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[dict[str, str]] = []
    run = reading.subprocess.run

    def noting(*args: object, env: dict[str, str], **rest: object) -> object:
        seen.append(env)
        return run(*args, env=env, **rest)  # type: ignore[call-overload]

    monkeypatch.setenv("SECRET_KEY", "x")
    monkeypatch.setattr(reading.subprocess, "run", noting)
    attachments_of(made())
    assert set(seen[0]) <= {"LD_LIBRARY_PATH", "PATH"}
