"""A program of its own: what the PDF on its standard input carries, as one line of JSON on its standard output.

A PDF may be anything: objects that hold themselves, a file of a kilobyte that unpacks to a terabyte, a hundred thousand
attachments. So this process has little memory and little time, nothing of the project is imported, and none of its
secrets stands in the environment. It neither repairs nor decrypts: nothing that is ours needs it.
"""

from __future__ import annotations

import json
import resource
import sys
from base64 import b64encode
from contextlib import suppress
from io import BytesIO
from itertools import islice
from typing import Any

OUT_OF_MEMORY = 3  # what the process ends with
NO_MEMORY = "std::bad_alloc"
LONGEST_NAME = 255


def carried(content: bytes, orders: dict[str, Any]) -> dict[str, Any]:
    """`attachments`: name and content (base64) of each; or `refused`: why nothing is told."""
    import pikepdf

    try:
        with pikepdf.open(BytesIO(content), attempt_recovery=False, suppress_warnings=True) as pdf:
            if pdf.is_encrypted:
                return {"refused": "encrypted"}
            names = list(islice(pdf.attachments, orders["attachments"] + 1))
            if len(names) > orders["attachments"]:
                return {"refused": "too_much"}
            return _read([(name, pdf.attachments[name].get_file().read_bytes()) for name in names], orders)
    except pikepdf.PasswordError:
        return {"refused": "encrypted"}
    except pikepdf.PdfError as fault:  # which stands for memory, too, where it was denied while something was unpacked
        return {"refused": "too_much" if NO_MEMORY in str(fault) else "broken"}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {"refused": "broken"}


def _read(files: list[tuple[str, bytes]], orders: dict[str, Any]) -> dict[str, Any]:
    if sum(len(content) for _name, content in files) > orders["octets"]:
        return {"refused": "too_much"}
    told = [{"name": name[:LONGEST_NAME], "content": b64encode(content).decode()} for name, content in files]
    return {"attachments": told}


def bound(kind: int, most: int) -> None:
    with suppress(ValueError, OSError):  # it has less already; or this is macOS, which bounds no memory
        resource.setrlimit(kind, (most, most))


def main() -> None:
    orders = json.loads(sys.argv[1])
    bound(resource.RLIMIT_CPU, orders["seconds"])
    bound(resource.RLIMIT_CORE, 0)
    bound(resource.RLIMIT_AS, orders["memory"])
    try:
        sys.stdout.write(json.dumps(carried(sys.stdin.buffer.read(), orders)) + "\n")
    except MemoryError:
        sys.exit(OUT_OF_MEMORY)


if __name__ == "__main__":
    main()
