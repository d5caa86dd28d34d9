"""Mails: plain text with a simple HTML twin, both made from one template, in the language of whoever receives them.

A template extends `shape.frame` and fills the blocks subject, heading, body and more; paragraphs are parted by blank
lines. What looks different in text and in HTML it includes by name: `shape.button` and `shape.link` take `url` and
`label`, `shape.strong`, `shape.quote` and `shape.section` take `text`.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from dataclasses import dataclass
from email.utils import formataddr, make_msgid
from time import sleep
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import structlog
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.db import connections
from django.template import Context, Engine
from django.utils import translation

from accounts.models import SERVICES, Organisation, User

log = structlog.get_logger(__name__)
CHOICE = "organisation"  # in an address: the organisation that it belongs to, for members of several
SUBJECT = {"frame": "accounts/email/_subject.txt"}
TEXT = {
    "frame": "accounts/email/_frame.txt",
    "button": "accounts/email/_link.txt",
    "link": "accounts/email/_link.txt",
    "strong": "accounts/email/_words.txt",
    "quote": "accounts/email/_words.txt",
    "section": "accounts/email/_words.txt",
    "is_html": "",
}
HTML = {
    "frame": "accounts/email/_frame.html",
    "button": "accounts/email/_button.html",
    "link": "accounts/email/_link.html",
    "strong": "accounts/email/_strong.html",
    "quote": "accounts/email/_quote.html",
    "section": "accounts/email/_section.html",
    "is_html": "yes",
}
_is_quiet: ContextVar[bool] = ContextVar("mail_is_quiet", default=False)


@contextmanager
def quiet() -> Iterator[None]:
    """Within it nobody is written to: people made up for a demonstration have no mailbox."""
    before = _is_quiet.set(True)
    try:
        yield
    finally:
        _is_quiet.reset(before)


@dataclass(frozen=True, kw_only=True)
class CalendarPart:
    """An appointment that a mail brings. `method`: REQUEST or CANCEL, as its content says, too: from it programs know
    that it is meant for the calendar of whoever reads. `name`: of the file, for programs that do not."""

    method: str
    content: bytes
    name: str


def send(
    template: str,
    to: str,
    *,
    language: str,
    context: Mapping[str, Any],
    headers: Mapping[str, str] | None = None,
    asker: User | None = None,
    calendar: CalendarPart | None = None,
) -> None:
    """Send the mail of a template to one address. Raises OSError where the mail server does not take it (SMTPException
    is one). `asker`: in whose name it goes out, and whom an answer to it reaches; nobody else's address stands in it.
    """
    if _is_quiet.get() or to.endswith(f"@{SERVICES}"):
        return
    with translation.override(language):
        message = compose(template, to, {**context, "email": to, "language": language})
        reached = asker and asker.judge  # of a service, whoever looks after it
        message.reply_to = [address_of(reached)] if reached and reached.is_active else []
        message.extra_headers.update(headers or {})
        if calendar:
            message.attach_alternative(calendar.content.decode(), f"text/calendar; method={calendar.method}")
            message.attach(calendar.name, calendar.content, "application/ics")
        deliver(message)


def deliver(message: EmailMessage) -> None:
    """Hand it to the mail server. Raises OSError where that does not take it, for whatever reason."""
    message.extra_headers.setdefault("Message-ID", message_id())
    try:
        message.send()
    except (ImproperlyConfigured, ValueError) as error:  # a folder of mails that is closed, an address that is none
        raise OSError(str(error)) from error


def message_id() -> str:
    """A new one, of our own address: “@localhost” speaks against a mail, and two installations could make the same."""
    return make_msgid(domain=urlsplit(settings.BASE_URL).hostname or "localhost")


def compose(template: str, to: str, context: Mapping[str, Any]) -> EmailMultiAlternatives:
    """The mail in the active language, not sent. `template`: without its `.txt`."""
    subject = one_line(_rendered(template, SUBJECT, context))
    message = EmailMultiAlternatives(subject, text_of(template, context), to=[to])
    message.attach_alternative(_rendered(template, HTML, context), "text/html")
    return message


def text_of(template: str, context: Mapping[str, Any]) -> str:
    """Its plain text, or that of a part of a mail, in the active language."""
    lines = (line.rstrip() for line in _rendered(template, TEXT, context).splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _rendered(template: str, shape: Mapping[str, str], context: Mapping[str, Any]) -> str:
    values = Context({**context, "shape": shape}, autoescape=shape is HTML)
    return Engine.get_default().get_template(f"{template}.txt").render(values)


def try_to_send(
    template: str, to: str, *, language: str, context: Mapping[str, Any], asker: User | None = None
) -> bool:
    """Send it; False, and a line in the log, where the mail server does not take it: what was done stands."""
    try:
        send(template, to, language=language, context=context, asker=asker)
    except OSError as error:
        log.error("mail_not_sent", template=template, error=str(error))
        return False
    return True


# One mail at a time: a mail server that hangs holds up mails, and no page.
_beside = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mail")
PAUSE = 0.5  # seconds until the answer is out: made beside it, a mail slows it down by some hundredths, and that shows


def beside_the_answer(template: str, send_it: Callable[[], None]) -> None:
    """Send a mail without anybody waiting for it: neither from what the page answers nor from how long it takes can a
    stranger tell whether an address has an account. What becomes of it is told by the log alone."""
    _beside.submit(copy_context().run, _try_beside, template, send_it)


def _try_beside(template: str, send_it: Callable[[], None]) -> None:
    sleep(PAUSE)
    try:
        send_it()
    except OSError as error:
        log.error("mail_not_sent", template=template, error=str(error))
    except Exception:
        log.exception("mail_not_made", template=template)  # nobody is left whom an exception would reach
    finally:
        close_connections()


def close_connections() -> None:
    """Those of this thread: no request ends here that would do it."""
    connections.close_all()


def page_address(path: str, organisation: Organisation) -> str:
    """The whole address of a page of that organisation, which opens in it whichever its reader worked in last. What
    the path asks for itself (`?apart=1`) stays."""
    parts = urlsplit(path)
    asked = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != CHOICE]
    query = urlencode([*asked, (CHOICE, organisation.slug)])
    return settings.BASE_URL + urlunsplit(("", "", parts.path, query, parts.fragment))


def address_of(user: User) -> str:
    """With the name, as it stands in a header."""
    return formataddr((one_line(user.name), user.email))


def one_line(text: str) -> str:
    """A header holds one line, whatever an organisation is called."""
    return " ".join(text.split())
