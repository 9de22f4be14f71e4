"""Each body as its reader documents it: within its size, and with nothing that a text could smuggle in."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest

from leadline.language import current_language
from leadline.run.notify import Event
from leadline.run.notify.bodies import (
    DINGTALK_BYTES,
    SLACK_CHARACTERS,
    SLACK_HEADER_CHARACTERS,
    WECOM_BYTES,
    make_body,
    sign_dingtalk,
)

BASE = "https://reports.example.com/daily/"


def text_of(kind: str, event: Event) -> str:
    """All that a reader of the message sees."""
    body = make_body(kind, event)
    match kind:
        case "wecom":
            return body["markdown"]["content"]
        case "dingtalk":
            return body["markdown"]["title"] + body["markdown"]["text"]
        case "slack":
            return body["text"] + "\n".join(block["text"]["text"] for block in body["blocks"])
        case _:
            return json.dumps(body, ensure_ascii=False)


KINDS = ["json", "wecom", "dingtalk", "slack"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_success_tells_question_answer_and_cards(event: Callable[..., Event], kind: str) -> None:
    text = text_of(kind, event())
    for part in (
        "branch_report",
        "Whom should we call first?",
        "3.9 times as many",
        "23.6%",
        "21.0% to 26.0%",
    ):
        assert part in text


@pytest.mark.parametrize("kind", KINDS)
def test_a_failure_tells_where_and_why(event: Callable[..., Event], kind: str) -> None:
    failed = event(status="refused", step="Load data", message="clients.csv is not a valid customers table")
    text = text_of(kind, failed)
    assert "Load data" in text
    assert "clients.csv is not a valid" in text


def test_the_json_body_is_as_documented(event: Callable[..., Event]) -> None:
    body = make_body("json", event(base_url=BASE))
    assert body == {
        "schema_version": 1,
        "name": "branch_report",
        "status": "done",
        "title": "Whom should we call first?",
        "answer": "Calling the top 20% finds 3.9 times as many buyers.",
        "cards": [{"label": "Hits", "text": "23.6% (95% CI 21.0% to 26.0%)"}],
        "failure": None,
        "planned": "2026-03-01T08:30:00+08:00",
        "ended": "2026-03-01T08:31:05+08:00",
        "run_id": "20260301T003000Z-tour-abc",
        "report": str(event().report),
        "link": f"{BASE}20260301T003000Z-tour-abc/report.html",
        "language": "en",
    }


@pytest.mark.parametrize("language", ["en", "zh"])
def test_long_texts_keep_to_each_providers_limits_and_the_link(
    event: Callable[..., Event], language: str
) -> None:
    long = "营业厅外呼命中率" * 2000
    kpis = tuple({"label": f"{long}{i}", "value": 1.0, "unit": "share"} for i in range(40))
    huge = event(
        name=long,
        title=long,
        answer=long,
        step=long,
        message=long,
        kpis=kpis,
        language=language,
        base_url=BASE,
    )
    wecom = make_body("wecom", huge)["markdown"]["content"]
    assert len(wecom.encode()) <= WECOM_BYTES
    assert wecom.endswith("/report.html)")
    dingtalk = json.dumps(make_body("dingtalk", huge), ensure_ascii=False)
    assert len(dingtalk.encode()) <= 20_000
    assert len(make_body("dingtalk", huge)["markdown"]["text"].encode()) <= DINGTALK_BYTES
    header, *sections = make_body("slack", huge)["blocks"]
    assert len(header["text"]["text"]) <= SLACK_HEADER_CHARACTERS
    assert all(len(section["text"]["text"]) <= SLACK_CHARACTERS for section in sections)
    assert "/report.html|" in sections[-1]["text"]["text"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_text_smuggles_in_neither_lines_nor_markup_nor_people(
    event: Callable[..., Event], kind: str
) -> None:
    evil = "x\r\n# Pay now\n[here](https://evil.example) <@all> <!channel> @all \u202eabc\u2066 \x00 `rm` <b>"
    text = text_of(kind, event(name=evil, title=evil, answer=evil, step=evil, message=evil, status="failed"))
    assert "\n# Pay" not in text
    assert not set(text) & set("\r\x00\u202e\u2066")
    if kind in ("wecom", "dingtalk"):
        assert "](https://evil" not in text
        assert "<" not in text
        assert "@all" not in text
    if kind == "slack":
        body = make_body("slack", event(name=evil, answer=evil))
        assert "<" not in body["text"]
        assert {block["text"]["type"] for block in body["blocks"]} == {"plain_text"}


def test_a_link_leads_to_the_report_and_cannot_be_broken_out_of(event: Callable[..., Event]) -> None:
    wecom = make_body("wecom", event(base_url=BASE))["markdown"]["content"]
    assert wecom.endswith(f"\n[Open the report]({BASE}20260301T003000Z-tour-abc/report.html)")
    assert str(event().report) not in wecom
    assert str(event().report) in make_body("wecom", event())["markdown"]["content"]


def test_dingtalks_signature_is_hmac_sha256_of_time_and_secret() -> None:
    url = sign_dingtalk("https://oapi.dingtalk.com/robot/send?access_token=t", "SECx", 1_767_225_600_000)
    query = parse_qs(urlsplit(url).query)
    told = hmac.new(b"SECx", b"1767225600000\nSECx", hashlib.sha256).digest()
    assert query == {
        "access_token": ["t"],
        "timestamp": ["1767225600000"],
        "sign": [base64.b64encode(told).decode()],
    }


def test_a_notice_speaks_the_reports_language_and_leaves_the_callers(event: Callable[..., Event]) -> None:
    make_body("wecom", event(language="zh"))
    assert current_language() == "en"
