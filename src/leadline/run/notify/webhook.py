"""Post a notice to a web address: TLS checked, no redirect followed, no address ever told."""

import json
import time
from http.client import HTTPException
from urllib import request
from urllib.error import URLError
from urllib.parse import parse_qsl, urlsplit

from leadline.language import _
from leadline.run.masking import Mask
from leadline.run.notify.bodies import make_body, sign_dingtalk
from leadline.run.notify.event import Event
from leadline.run.notify.failing import TIMEOUT_SECONDS, DeliveryError, explain
from leadline.run.notify.targets import Webhook
from leadline.run.notify.wording import one_line

_MAXIMUM_ANSWER = 10_000
_MAXIMUM_QUOTE = 200
_SHORTEST_SECRET = 8
_TOO_MANY, _SERVER_ERROR = 429, 500
#: WeCom's and DingTalk's codes for "too many messages" and "busy": worth another try.
_BUSY_CODES = frozenset({-1, 45009, 130101, 410100})


def post(target: Webhook, event: Event) -> None:
    """Send the notice once.

    Raises
    ------
    DeliveryError
        If it was not taken; its text holds no part of the address or the secret.
    """
    url, secrets = _address_of(target)
    body = json.dumps(make_body(target.body, event), ensure_ascii=False).encode("utf-8", "replace")
    status, answer = _send(url, body)
    said = one_line(Mask(secrets).apply(answer.decode("utf-8", "replace")), _MAXIMUM_QUOTE)
    if not 200 <= status < 300:  # noqa: PLR2004 (HTTP's own number)
        again = status == _TOO_MANY or status >= _SERVER_ERROR
        raise DeliveryError(
            _("the server answered {status}: {said}", status=status, said=said or "–"), again=again
        )
    if target.body in ("wecom", "dingtalk"):
        _check_code(answer, said)


def _address_of(target: Webhook) -> tuple[str, list[str]]:
    """Return where to post, and every part of it that must not be told."""
    url = target.url.reveal().strip()
    secret = target.secret.reveal().strip() if target.secret else ""
    if not _is_sound(url):
        raise DeliveryError(
            _("what is kept there is no web address that begins with https:// or http://."), again=False
        )
    parts = urlsplit(url)
    values = [*parts.path.split("/"), *(value for _name, value in parse_qsl(parts.query))]
    telling = [
        url,
        secret,
        parts.path,
        parts.query,
        *(text for text in values if len(text) >= _SHORTEST_SECRET),
    ]
    return sign_dingtalk(url, secret, time.time_ns() // 1_000_000) if secret else url, telling


def _is_sound(url: str) -> bool:
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return is_address and parts.username is None and url.isascii() and url.isprintable() and " " not in url


def _send(url: str, body: bytes) -> tuple[int, bytes]:
    """Return the answer's status and the beginning of what it says."""
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "leadline"}
    message = request.Request(url, body, headers)  # noqa: S310 (http or https: _is_sound)
    try:
        with _opener().open(message, timeout=TIMEOUT_SECONDS) as response:
            return response.status, response.read(_MAXIMUM_ANSWER)
    except URLError as error:
        raise explain(error.reason if isinstance(error.reason, OSError) else error) from None
    except (HTTPException, OSError, ValueError) as error:
        raise explain(error) from None


def _opener() -> request.OpenerDirector:
    """Know http and https, and proxies by environment; a redirect or an error is an answer like any other."""
    opener = request.OpenerDirector()
    opener.add_handler(request.ProxyHandler())
    opener.add_handler(request.HTTPHandler())
    opener.add_handler(request.HTTPSHandler())
    return opener


def _check_code(answer: bytes, said: str) -> None:
    """WeCom and DingTalk answer 200 even to what they refuse; their code tells."""
    try:
        code = json.loads(answer)["errcode"]
    except (ValueError, KeyError, TypeError):
        code = None
    if code != 0:
        again = isinstance(code, int) and code in _BUSY_CODES
        raise DeliveryError(_("the server did not take it: {said}", said=said or "–"), again=again)
