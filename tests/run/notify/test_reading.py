"""The ``notify:`` part of a job, read strictly; secrets are named, never written."""

from pathlib import Path
from typing import Any

import pytest

from leadline.errors import ParameterError
from leadline.parameters import SecretValue
from leadline.plain_yaml import read_yaml
from leadline.run.notify import Folder, Mail, Webhook, find_missing_secrets, read_targets

GOOD = """
- webhook: env:WECOM
  body: wecom
  on: failure
- webhook: file:/run/secrets/dingtalk
  body: dingtalk
  secret: env:SIGN
- smtp: mail.example.com
  user: reports
  password: env:MAIL
  from: reports@example.com
  to: [desk@example.com, branch@example.com, desk@example.com]
  attach: report
- smtp: 10.0.0.9
  security: none
  from: reports@example.com
  to: desk@example.com
- file: /srv/reports
  name: weekly 周报
"""


def problems_of(document: Any) -> list[str]:
    with pytest.raises(ParameterError) as caught:
        read_targets(document, "job weekly")
    assert caught.value.headline == "job weekly: notify cannot be used as written"
    return list(caught.value.problems)


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    (tmp_path / "notify.yml").write_text(GOOD, "utf-8")
    mail: dict[str, Any] = {"sender": "reports@example.com", "to": ("desk@example.com",)}
    assert read_targets(read_yaml(tmp_path / "notify.yml"), "job weekly") == [
        Webhook(url=SecretValue("env:WECOM"), body="wecom", on="failure"),
        Webhook(
            url=SecretValue("file:/run/secrets/dingtalk"), body="dingtalk", secret=SecretValue("env:SIGN")
        ),
        Mail(
            host="mail.example.com",
            port=587,
            security="starttls",
            sender="reports@example.com",
            to=("desk@example.com", "branch@example.com"),
            user="reports",
            password=SecretValue("env:MAIL"),
            attach=True,
        ),
        Mail(host="10.0.0.9", port=25, security="none", **mail),
        Folder(path=Path("/srv/reports"), name="weekly 周报", on="success"),
    ]


def test_no_notices_are_no_problem() -> None:
    assert read_targets(None, "job weekly") == []
    assert read_targets([], "job weekly") == []


def test_all_problems_are_told_at_once() -> None:
    problems = problems_of(
        [
            {"webhook": "env:A", "body": "teams", "secrte": "env:B"},
            {
                "smtp": "mail.example.com",
                "port": "70000",
                "from": "reports",
                "to": ["a@b.c", "x\nBcc: y@z.w"],
            },
            {"file": "/srv", "name": "../x", "on": "always"},
            {"file": "/srv", "webhook": "env:A"},
            "env:A",
        ]
    )
    assert [problem.split(":")[0] for problem in problems] == [
        *(f"notify {number}" for number in (1, 1, 2, 2, 2, 3, 3, 4, 5)),
    ]
    assert "Did you mean 'secret'?" in problems[0]
    assert "one of json, wecom, dingtalk, slack" in problems[1]


@pytest.mark.covers("parameters", "secret_in_schedule")
@pytest.mark.parametrize(
    "entry",
    [
        {"webhook": "https://hooks.example.com/s3cret"},
        {"webhook": "env:A", "body": "dingtalk", "secret": "s3cret"},
        {"webhook": ["s3cret"]},
        {"smtp": "https://s3cret@mail", "from": "a@b.c", "to": "a@b.c"},
        {"smtp": "mail", "user": "u", "password": "s3cret", "from": "a@b.c", "to": "a@b.c"},
        {"file": "https://hooks.example.com/s3cret"},
    ],
)
def test_a_secret_written_into_the_file_is_refused_and_not_repeated(entry: dict[str, Any]) -> None:
    problems = problems_of([entry])
    assert problems
    assert "s3cret" not in " ".join(problems)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"webhook": "env:A", "secret": "env:B"}, "secret signs messages to DingTalk"),
        ({"webhook": None}, "webhook must name where the secret is kept"),
        ({"smtp": "m", "user": "u", "from": "a@b.c", "to": "a@b.c"}, "user and password belong together"),
        (
            {
                "smtp": "m",
                "security": "none",
                "user": "u",
                "password": "env:P",
                "from": "a@b.c",
                "to": "a@b.c",
            },
            "never sent unprotected",
        ),
        ({"smtp": "m", "from": ["a@b.c", "d@e.f"], "to": "a@b.c"}, "from =="),
        ({"smtp": "m", "from": "a@b.c", "to": []}, "to =="),
        ({"smtp": "m", "from": "a@b.c"}, "to =="),
        ({"file": "  "}, "file must be"),
        ({"file": "/srv", "name": ".hidden"}, "name =="),
    ],
)
def test_what_cannot_work_is_said(entry: dict[str, Any], expected: str) -> None:
    assert expected in " ".join(problems_of([entry]))


def test_a_list_is_a_list_and_not_endless() -> None:
    assert problems_of({"webhook": "env:A"})
    assert problems_of([{"file": "/srv"}] * 21)


def test_secrets_that_are_not_there_can_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HERE", "x")
    monkeypatch.delenv("GONE", raising=False)
    target = Webhook(url=SecretValue("env:HERE"), body="dingtalk", secret=SecretValue("env:GONE"))
    assert find_missing_secrets(target) == ["env:GONE names the environment variable GONE, which is not set."]
    assert find_missing_secrets(Folder(path=Path("/srv"))) == []
