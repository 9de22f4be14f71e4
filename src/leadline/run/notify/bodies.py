"""A notice as WeCom, DingTalk, Slack, or a program of one's own wants it, within each one's size.

Sources: WeCom group robots (markdown: 4,096 bytes), DingTalk custom robots (a message: 20,000 bytes; signed
address), Slack incoming webhooks (a block's text: 3,000 characters, a header's: 150).
"""

import base64
import hashlib
import hmac
from typing import Any
from urllib.parse import quote_plus

from leadline.run.notify.event import Event
from leadline.run.notify.targets import Body
from leadline.run.notify.wording import Wording, first_line, one_line, word

#: Version of the ``json`` body; a field may be added without a new one.
SCHEMA_VERSION = 1
WECOM_BYTES = 4096
DINGTALK_BYTES = 16_000  # of 20,000, which the message around the text shares
SLACK_CHARACTERS = 3000
SLACK_HEADER_CHARACTERS = 150

#: Signs that WeCom and DingTalk read as markup, a link, or the call of a person → their look-alikes.
_LOOK_ALIKES = str.maketrans("<>[]`*#@\\", "＜＞［］｀＊＃＠＼")


def make_body(kind: Body, event: Event) -> dict[str, Any]:
    """Return the body of a webhook, to be sent as JSON."""
    return {"json": _json, "wecom": _wecom, "dingtalk": _dingtalk, "slack": _slack}[kind](event)


def sign_dingtalk(url: str, secret: str, timestamp: int) -> str:
    """Return DingTalk's address with its time (milliseconds since 1970) and signature."""
    digest = hmac.new(secret.encode(), f"{timestamp}\n{secret}".encode(), hashlib.sha256).digest()
    mark = "&" if "?" in url else "?"
    return f"{url}{mark}timestamp={timestamp}&sign={quote_plus(base64.b64encode(digest))}"


def _json(event: Event) -> dict[str, Any]:
    notice = word(event)
    return {
        "schema_version": SCHEMA_VERSION,
        "name": one_line(event.name),
        "status": event.status,
        "title": notice.title,
        "answer": notice.answer,
        "cards": [{"label": label, "text": text} for label, text in notice.cards],
        "failure": None
        if event.succeeded
        else {"step": one_line(event.step), "message": first_line(event.message)},
        "planned": event.planned.isoformat() if event.planned else None,
        "ended": event.ended.isoformat() if event.ended else None,
        "run_id": event.run_id,
        "report": str(event.report) if event.report else None,
        "link": event.link or None,
        "language": event.language,
    }


def _wecom(event: Event) -> dict[str, Any]:
    notice = word(event)
    content = _markdown(notice, "**{}**", WECOM_BYTES)
    return {"msgtype": "markdown", "markdown": {"content": content}}


def _dingtalk(event: Event) -> dict[str, Any]:
    notice = word(event)
    text = _markdown(notice, "#### {}", DINGTALK_BYTES, line_break="\n\n")
    return {
        "msgtype": "markdown",
        "markdown": {"title": notice.headline.translate(_LOOK_ALIKES), "text": text},
    }


def _slack(event: Event) -> dict[str, Any]:
    notice = word(event)
    header = {
        "type": "plain_text",
        "text": one_line(notice.headline, SLACK_HEADER_CHARACTERS),
        "emoji": False,
    }
    blocks: list[dict[str, Any]] = [{"type": "header", "text": header}]
    # plain_text: what an answer says can neither call people nor hide a link
    if text := "\n".join(line for line in notice.lines if line != notice.link):
        shown = text if len(text) <= SLACK_CHARACTERS else f"{text[: SLACK_CHARACTERS - 1]}…"
        blocks.append({"type": "section", "text": {"type": "plain_text", "text": shown, "emoji": False}})
    if notice.link:
        link = f"<{_escape_slack(notice.link)}|{_escape_slack(notice.link_text)}>"
        blocks.append({"type": "section", "text": {"type": "mrkdwn", "text": link}})
    return {"text": _escape_slack(notice.headline), "blocks": blocks}


def _escape_slack(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _markdown(notice: Wording, heading: str, limit: int, line_break: str = "\n") -> str:
    """Write a notice as markdown; what does not fit is left out from its end, never the link."""
    texts = [line for line in notice.lines if line != notice.link]
    lines = [
        heading.format(notice.headline.translate(_LOOK_ALIKES)),
        *(line.translate(_LOOK_ALIKES) for line in texts),
    ]
    link = f"{line_break}[{notice.link_text}]({notice.link})" if notice.link else ""
    room = limit - len(link.encode())
    text = line_break.join(lines)
    if len(text.encode()) > room:
        text = text.encode()[: room - len("…".encode())].decode("utf-8", "ignore") + "…"
    return text + link
