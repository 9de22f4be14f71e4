"""Mail through a real server: protected, with a password that is never told."""

import asyncio
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from threading import Thread
from typing import Any

import pytest
from aiosmtpd.controller import UnthreadedController
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session

from leadline.parameters import SecretValue
from leadline.run.notify import Event, Mail
from leadline.run.notify.failing import DeliveryError
from leadline.run.notify.mail import mail
from tests.run.notify.servers import CERTIFICATE

TO = ("desk@example.com", "branch@example.com")


class Postbox:
    """Keeps what arrives; refuses recipients of ``refuse`` with its answer, and all data with ``answer``."""

    def __init__(self, refuse: dict[str, str], answer: str) -> None:
        self.envelopes: list[Envelope] = []
        self._refuse, self._answer = refuse, answer

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, _server: Any, _session: Session, envelope: Envelope, address: str, _: Any
    ) -> str:
        if address in self._refuse:
            return self._refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 (aiosmtpd's name)
        self, _server: Any, _session: Session, envelope: Envelope
    ) -> str:
        self.envelopes.append(envelope)
        return self._answer

    def only_mail(self) -> EmailMessage:
        """The one mail that arrived."""
        (envelope,) = self.envelopes
        message = message_from_bytes(envelope.original_content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        return message


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


def _authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    assert isinstance(data, LoginPassword)
    return AuthResult(success=(data.login, data.password) == (b"reports", b"s3cret-pass"), handled=False)


@contextmanager
def serve_mail(
    security: str = "starttls", *, refuse: dict[str, str] | None = None, answer: str = "250 OK"
) -> Iterator[tuple[Postbox, Callable[..., Mail]]]:
    """A mail server that asks for a password once the line is protected; and a target that uses it."""
    postbox = Postbox(refuse or {}, answer)
    options: dict[str, Any] = {
        "server_hostname": "localhost",
        "authenticator": _authenticate,
        "auth_required": security != "none",
    }
    if security == "ssl":
        options |= {"ssl_context": _context(), "auth_require_tls": False}  # aiosmtpd sees STARTTLS only
    elif security == "starttls":
        options |= {"tls_context": _context(), "require_starttls": True}
    loop = asyncio.new_event_loop()
    controller = UnthreadedController(postbox, hostname="127.0.0.1", port=0, loop=loop, **options)
    controller.begin()
    assert controller.server is not None

    def serve() -> None:
        asyncio.set_event_loop(loop)  # aiosmtpd asks for the thread's loop
        loop.run_forever()

    thread = Thread(target=serve)
    thread.start()
    port = controller.server.sockets[0].getsockname()[1]

    def target(**changes: Any) -> Mail:
        plain: dict[str, Any] = {"host": "127.0.0.1", "port": port, "security": security, "to": TO}
        plain["sender"] = "reports@example.com"
        if security != "none":
            plain |= {"user": "reports", "password": SecretValue("env:MAIL_PASSWORD")}
        return Mail(**(plain | changes))

    try:
        yield postbox, target
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        controller.end()
        loop.close()


@pytest.fixture(autouse=True)
def _trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    monkeypatch.setenv("MAIL_PASSWORD", "s3cret-pass")


@pytest.mark.parametrize("security", ["starttls", "ssl", "none"])
def test_a_mail_arrives_as_text_and_as_html(event: Callable[..., Event], security: str) -> None:
    with serve_mail(security) as (postbox, target):
        mail(target(), event(answer="比随机多 3.9 倍 <b>", base_url="https://r.example.com/x&y"))
    message = postbox.only_mail()
    assert postbox.envelopes[0].rcpt_tos == list(TO)
    assert message["Subject"] == "✓ branch_report: the report is ready"
    assert (message["From"], message["To"]) == ("reports@example.com", ", ".join(TO))
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    assert "比随机多 3.9 倍 <b>" in text.get_content()
    assert "比随机多 3.9 倍 &lt;b&gt;" in html.get_content()
    assert "x&amp;y/20260301T003000Z-tour-abc/report.html" in html.get_content()
    assert list(message.iter_attachments()) == []


def test_the_report_comes_along_when_asked_for(event: Callable[..., Event]) -> None:
    told = event()
    with serve_mail("none") as (postbox, target):
        mail(target(attach=True), told)
    (attachment,) = postbox.only_mail().iter_attachments()
    assert attachment.get_filename() == "20260301T003000Z-tour-abc.html"
    assert told.report is not None
    assert attachment.get_content().encode() == told.report.read_bytes()


def test_a_report_too_large_for_mail_stays_where_it_is(event: Callable[..., Event]) -> None:
    told = event()
    assert told.report is not None
    with told.report.open("r+b") as file:
        file.truncate(10_000_001)
    with serve_mail("none") as (postbox, target):
        mail(target(attach=True), told)
    assert list(postbox.only_mail().iter_attachments()) == []


def test_a_name_cannot_add_a_header_or_a_recipient(event: Callable[..., Event]) -> None:
    with serve_mail("none") as (postbox, target):
        mail(target(), event(name="weekly\r\nBcc: thief@example.com\r\n\r\nBuy"))
    assert postbox.only_mail()["Bcc"] is None
    assert postbox.envelopes[0].rcpt_tos == list(TO)
    assert postbox.only_mail()["Subject"] == "✓ weekly Bcc: thief@example.com Buy: the report is ready"


def test_each_try_carries_the_same_mark_and_another_event_another(event: Callable[..., Event]) -> None:
    marks = []
    with serve_mail("none") as (postbox, target):
        for told in (event(), event(), event(name="other")):
            mail(target(), told)
            marks.append(message_from_bytes(postbox.envelopes[-1].original_content)["Message-ID"])
    assert marks[0] == marks[1] != marks[2]


def test_a_wrong_password_is_not_tried_again_nor_told(
    event: Callable[..., Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", "wr0ng-pass")
    with serve_mail() as (postbox, target), pytest.raises(DeliveryError, match="535") as caught:
        mail(target(), event())
    assert (postbox.envelopes, caught.value.again) == ([], False)
    assert "wr0ng" not in str(caught.value)


def test_no_password_goes_to_a_server_that_is_not_to_be_trusted(
    event: Callable[..., Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    for security in ("starttls", "ssl"):
        with (
            serve_mail(security) as (postbox, target),
            pytest.raises(DeliveryError, match="not to be trusted") as caught,
        ):
            mail(target(), event())
        assert (postbox.envelopes, caught.value.again) == ([], False)


def test_a_server_without_starttls_gets_nothing(event: Callable[..., Event]) -> None:
    with serve_mail("none") as (postbox, target), pytest.raises(DeliveryError, match="does not offer"):
        mail(target(security="starttls"), event())
    assert postbox.envelopes == []


@pytest.mark.parametrize(("answer", "again"), [("451 try later", True), ("552 mailbox full", False)])
def test_only_a_refusal_for_now_is_worth_another_try(
    event: Callable[..., Event], answer: str, again: bool
) -> None:
    with (
        serve_mail("none", answer=answer) as (_postbox, target),
        pytest.raises(DeliveryError, match=answer.replace(" ", ": ", 1)) as caught,
    ):
        mail(target(), event())
    assert caught.value.again is again


@pytest.mark.parametrize("code", ["450 later", "550 unknown"])
def test_who_was_refused_is_named(event: Callable[..., Event], code: str) -> None:
    with serve_mail("none", refuse={TO[1]: code}) as (postbox, target):
        with pytest.raises(DeliveryError, match="for branch@example.com") as caught:
            mail(target(), event())
        assert len(postbox.envelopes) == 1
        assert not caught.value.again  # another try would tell the first one twice
        with pytest.raises(DeliveryError, match="for branch@example.com") as caught:
            mail(target(to=(TO[1],)), event())
    assert caught.value.again is code.startswith("4")
