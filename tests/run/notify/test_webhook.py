"""What is posted, to whom, and what is told of it when it fails."""

from collections.abc import Callable

import pytest

from leadline.parameters import SecretValue
from leadline.run.notify import Event, Webhook
from leadline.run.notify.failing import DeliveryError
from leadline.run.notify.webhook import post
from tests.run.notify.servers import CERTIFICATE, Answer, serve_hook

OK = Answer(body='{"errcode": 0, "errmsg": "ok"}')


def webhook(body: str = "json", secret: str | None = None) -> Webhook:
    return Webhook(url=SecretValue("env:HOOK"), body=body, secret=SecretValue(secret) if secret else None)


@pytest.mark.parametrize("body", ["wecom", "dingtalk"])
def test_a_refusal_behind_status_200_is_a_failure(
    event: Callable[..., Event], monkeypatch: pytest.MonkeyPatch, body: str
) -> None:
    refusal = Answer(body='{"errcode": 93000, "errmsg": "invalid webhook url, key s3cret-key-1"}')
    with serve_hook(refusal) as hook:
        monkeypatch.setenv("HOOK", hook.url)
        with pytest.raises(DeliveryError, match="93000") as caught:
            post(webhook(body), event())
    assert not caught.value.again
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("body", ['{"errcode": 45009, "errmsg": "freq out of limit"}', '{"errcode": -1}'])
def test_too_many_messages_are_worth_another_try(
    event: Callable[..., Event], monkeypatch: pytest.MonkeyPatch, body: str
) -> None:
    with serve_hook(Answer(body=body)) as hook:
        monkeypatch.setenv("HOOK", hook.url)
        with pytest.raises(DeliveryError) as caught:
            post(webhook("wecom"), event())
    assert caught.value.again


@pytest.mark.parametrize("body", ["<html>proxy login</html>", "[]", "", '{"errcode": "0"}'])
def test_an_answer_that_no_robot_gives_is_a_failure(
    event: Callable[..., Event], monkeypatch: pytest.MonkeyPatch, body: str
) -> None:
    with serve_hook(Answer(body=body)) as hook:
        monkeypatch.setenv("HOOK", hook.url)
        with pytest.raises(DeliveryError, match="did not take it"):
            post(webhook("wecom"), event())


def test_a_signed_address_reaches_dingtalk(
    event: Callable[..., Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve_hook(OK) as hook:
        monkeypatch.setenv("HOOK", hook.url)
        monkeypatch.setenv("SIGN", "SECabc")
        post(webhook("dingtalk", "env:SIGN"), event())
    (path, body) = hook.posts[0]
    assert path.startswith("/send?key=s3cret-key-1&timestamp=1")
    assert "&sign=" in path
    assert body["msgtype"] == "markdown"


def test_a_redirect_is_not_followed(event: Callable[..., Event], monkeypatch: pytest.MonkeyPatch) -> None:
    with serve_hook(Answer()) as elsewhere, serve_hook(Answer(302, "", {"Location": elsewhere.url})) as hook:
        monkeypatch.setenv("HOOK", hook.url)
        with pytest.raises(DeliveryError, match="answered 302"):
            post(webhook(), event())
    assert elsewhere.posts == []


@pytest.mark.parametrize("raw", [b"\x00\xffgarbage\r\n\r\n", b"", b"HTTP/1.1 two hundred\r\n\r\n"])
def test_garbage_is_a_failure_that_names_no_address(
    event: Callable[..., Event], monkeypatch: pytest.MonkeyPatch, raw: bytes
) -> None:
    with serve_hook(Answer(raw=raw)) as hook:
        monkeypatch.setenv("HOOK", hook.url)
        with pytest.raises(DeliveryError) as caught:
            post(webhook(), event())
    assert caught.value.again
    assert "s3cret" not in str(caught.value)


def test_an_unknown_certificate_is_refused_and_one_that_is_trusted_taken(
    event: Callable[..., Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve_hook(Answer(), tls=True) as hook:
        monkeypatch.setenv("HOOK", hook.url)
        with pytest.raises(DeliveryError, match="not to be trusted") as caught:
            post(webhook(), event())
        assert (hook.posts, caught.value.again) == ([], False)
        monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
        post(webhook(), event())
    assert len(hook.posts) == 1


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "ftp://127.0.0.1/s3cret",
        "127.0.0.1/s3cret",
        "http://user:s3cret@127.0.0.1/",
        "http://127.0.0.1/s3cret x",
        "http://127.0.0.1/s3cret\r\nHost: evil",
        "http:///s3cret",
        "http://[::1/s3cret",
        "http://127.0.0.1:99999/s3cret",
        "",
    ],
)
def test_what_is_no_web_address_is_refused_and_not_told(
    event: Callable[..., Event], monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("HOOK", address)
    with pytest.raises(DeliveryError, match="no web address") as caught:
        post(webhook(), event())
    assert "s3cret" not in str(caught.value)


def test_a_server_that_is_not_there_is_worth_another_try(
    event: Callable[..., Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve_hook(Answer()) as hook:
        address = hook.url
    monkeypatch.setenv("HOOK", address)
    with pytest.raises(DeliveryError, match="no connection to the server: Connection refused") as caught:
        post(webhook(), event())
    assert caught.value.again


def test_an_endless_answer_is_not_read_to_its_end(
    event: Callable[..., Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve_hook(Answer(500, "x" * 3_000_000)) as hook:
        monkeypatch.setenv("HOOK", hook.url)
        with pytest.raises(DeliveryError) as caught:
            post(webhook(), event())
    assert len(str(caught.value)) < 300
