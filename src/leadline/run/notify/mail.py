"""Send a notice as mail: plain text and small HTML, over TLS that is checked."""

import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import localtime
from hashlib import sha256
from html import escape

from leadline.language import _
from leadline.run.masking import Mask
from leadline.run.notify.event import Event
from leadline.run.notify.failing import TIMEOUT_SECONDS, DeliveryError, explain
from leadline.run.notify.targets import Mail
from leadline.run.notify.wording import Wording, one_line, word

#: A larger report is not attached: many servers refuse the mail whole.
MAXIMUM_ATTACHMENT_BYTES = 10_000_000
_MAXIMUM_QUOTE = 200
_PERMANENT = 500
_UTF8 = {"charset": "utf-8"}
#: A mail asks for nothing; where it is opened in a browser, neither.
_POLICY = "default-src 'none'"


def mail(target: Mail, event: Event) -> None:
    """Send the mail once.

    Raises
    ------
    DeliveryError
        If no recipient, or not every one, was taken; its text holds no password.
    """
    password = target.password.reveal() if target.password else ""
    message = write_mail(target, event)
    try:
        with _connect(target) as server:
            if target.user:
                server.login(target.user, password)
            refused = server.send_message(message, from_addr=target.sender, to_addrs=list(target.to))
    except smtplib.SMTPRecipientsRefused as error:
        code = max((code for code, _text in error.recipients.values()), default=_PERMANENT)
        raise _not_taken(error.recipients, again=code < _PERMANENT) from None
    except smtplib.SMTPResponseException as error:
        said = (
            error.smtp_error.decode("utf-8", "replace")
            if isinstance(error.smtp_error, bytes)
            else error.smtp_error
        )
        quote = one_line(Mask([password]).apply(said), _MAXIMUM_QUOTE)
        raise DeliveryError(
            _("the mail server answered {status}: {said}", status=error.smtp_code, said=quote or "–"),
            again=error.smtp_code < _PERMANENT,
        ) from None
    except smtplib.SMTPNotSupportedError:
        raise DeliveryError(
            _("the mail server does not offer what is asked for; check security, port and user."), again=False
        ) from None
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise explain(error) from None
    if refused:
        raise _not_taken(refused, again=False)


def write_mail(target: Mail, event: Event) -> EmailMessage:
    """Write the mail: headers of one line whatever an answer says, and one Message-ID for all tries."""
    notice = word(event)
    message = EmailMessage(policy=SMTP)
    message["Subject"] = notice.headline
    message["From"] = Address(addr_spec=target.sender)
    message["To"] = [Address(addr_spec=address) for address in target.to]
    message["Date"] = localtime()
    message["Message-ID"] = f"<{sha256(repr(event).encode()).hexdigest()[:32]}@{_domain(target)}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
    message.set_content("\n".join([notice.headline, "", *notice.lines]))
    message.add_alternative(_html(notice), subtype="html")
    report = event.report
    if target.attach and report and report.is_file() and report.stat().st_size <= MAXIMUM_ATTACHMENT_BYTES:
        name = f"{report.parent.name}.html"
        message.add_attachment(
            report.read_bytes(), maintype="text", subtype="html", filename=name, params=_UTF8
        )
    return message


@contextmanager
def _connect(target: Mail) -> Iterator[smtplib.SMTP]:
    """Open the connection, protected where asked for; it is closed on leaving, whatever happened."""
    # The sender's domain introduces us: to look up this computer's name may take longer than the mail.
    where, name, limit = (target.host, target.port), _domain(target), TIMEOUT_SECONDS
    context = ssl.create_default_context()
    server = (
        smtplib.SMTP_SSL(*where, local_hostname=name, timeout=limit, context=context)
        if target.security == "ssl"
        else smtplib.SMTP(*where, local_hostname=name, timeout=limit)
    )
    try:
        if target.security == "starttls":
            server.starttls(context=context)
        yield server
        with suppress(smtplib.SMTPException, OSError):  # the mail was taken: how one parts is no matter
            server.quit()
    finally:
        server.close()


def _domain(target: Mail) -> str:
    return target.sender.partition("@")[2]


def _html(notice: Wording) -> str:
    cards = "".join(
        f'<tr><td style="padding:2px 16px 2px 0">{escape(label)}</td><td><b>{escape(text)}</b></td></tr>'
        for label, text in notice.cards
    )
    facts = "".join(
        f'<tr><td style="padding:2px 16px 2px 0">{escape(label)}</td><td>{escape(text)}</td></tr>'
        for label, text in notice.facts
    )
    paragraphs = "".join(f"<p>{escape(text)}</p>" for text in (notice.title, notice.answer) if text)
    link = f'<p><a href="{escape(notice.link)}">{escape(notice.link_text)}</a></p>' if notice.link else ""
    return (
        f'<!doctype html><html><head><meta http-equiv="Content-Security-Policy" content="{_POLICY}"></head>'
        f"<body><h2>{escape(notice.headline)}</h2>{paragraphs}"
        f"<table>{cards}{facts}</table>{link}</body></html>"
    )


def _not_taken(refused: Mapping[str, tuple[int, bytes]], *, again: bool) -> DeliveryError:
    return DeliveryError(
        _("the mail server did not take it for {addresses}.", addresses=", ".join(sorted(refused))),
        again=again,
    )
