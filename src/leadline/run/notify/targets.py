"""Who is told, as the ``notify:`` part of a schedule names them."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

from leadline.language import _
from leadline.parameters import SecretValue

When = Literal["success", "failure", "both"]
Body = Literal["json", "wecom", "dingtalk", "slack"]
Security = Literal["starttls", "ssl", "none"]


@dataclass(frozen=True, kw_only=True)
class Webhook:
    """A web address that is posted to; whoever knows the address may post, so it is a secret.

    ``secret`` signs what is sent to DingTalk; no other body has one.
    """

    kind: ClassVar = "webhook"
    url: SecretValue
    body: Body = "json"
    secret: SecretValue | None = None
    on: When = "both"

    @property
    def label(self) -> str:
        """What a message calls it: where its address is kept, not the address."""
        return f"webhook {self.url.reference}"


@dataclass(frozen=True, kw_only=True)
class Mail:
    """A mail through an SMTP server; ``attach`` adds the report."""

    kind: ClassVar = "smtp"
    host: str
    port: int
    security: Security
    sender: str
    to: tuple[str, ...]
    user: str | None = None
    password: SecretValue | None = None
    attach: bool = False
    on: When = "both"

    @property
    def label(self) -> str:
        """What a message calls it."""
        return f"smtp {self.host}:{self.port}"


@dataclass(frozen=True, kw_only=True)
class Folder:
    """A folder into which the report is copied under a name that stays: ``name``, or the job's."""

    kind: ClassVar = "file"
    path: Path
    name: str | None = None
    on: When = "success"

    @property
    def label(self) -> str:
        """What a message calls it."""
        return f"file {self.path}"


Target = Webhook | Mail | Folder


def wants(target: Target, *, succeeded: bool) -> bool:
    """Tell whether a target hears of successes, or of failures."""
    return target.on == "both" or (target.on == "success") == succeeded


def find_missing_secrets(target: Target) -> list[str]:
    """Return a problem for every secret of a target that cannot be read in this environment."""
    match target:
        case Webhook():
            secrets = [target.url, target.secret]
        case Mail():
            secrets = [target.password]
        case Folder():
            secrets = []
    problems = []
    for secret in filter(None, secrets):
        try:
            secret.reveal()
        except ValueError as error:
            problems.append(_("{secret} {problem}.", secret=secret.reference, problem=error))
    return problems
