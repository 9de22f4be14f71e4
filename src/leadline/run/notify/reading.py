"""Read the ``notify:`` part of a job: closed keys, typed values, all problems at once."""

import re
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

from leadline.datasets import is_address
from leadline.errors import ParameterError
from leadline.language import _
from leadline.parameters import SecretValue
from leadline.run.notify.targets import Body, Folder, Mail, Security, Target, Webhook, When

MAXIMUM_TARGETS = 20
_KEYS = {
    "webhook": ("webhook", "body", "secret", "on"),
    "smtp": ("smtp", "port", "security", "user", "password", "from", "to", "attach", "on"),
    "file": ("file", "name", "on"),
}
_PORTS = {"starttls": 587, "ssl": 465, "none": 25}
_HIGHEST_PORT = 65_535
_HOST = re.compile(r"[A-Za-z0-9.:-]+")
_MAIL_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+")


def read_targets(document: Any, where: str) -> list[Target]:
    """Read the ``notify:`` part of a job: a list, or nothing.

    Parameters
    ----------
    document
        As `leadline.plain_yaml.read_yaml` returns it.
    where
        What holds it, for messages: ``job branch_report``.

    Raises
    ------
    ParameterError
        With all problems at once. Whether the secrets are there is asked by `find_missing_secrets`.
    """
    headline = _("{where}: notify cannot be used as written", where=where)
    if document is None:
        return []
    if not isinstance(document, list) or len(document) > MAXIMUM_TARGETS:
        problem = _(
            "notify must be a list of at most {limit} entries, each with a dash before it.",
            limit=MAXIMUM_TARGETS,
        )
        raise ParameterError.of(headline, problem)
    targets: list[Target] = []
    problems: list[str] = []
    for number, entry in enumerate(document, start=1):
        reader = _Entry(entry)
        target = reader.read()
        problems += [_("notify {number}: {problem}", number=number, problem=text) for text in reader.problems]
        if target is not None:
            targets.append(target)
    if problems:
        raise ParameterError.of(headline, *problems)
    return targets


class _Entry:
    """One entry of the list; what is wrong with it is kept in ``problems``."""

    def __init__(self, entry: Any) -> None:
        self.problems: list[str] = []
        self._entry: dict[str, Any] = entry if isinstance(entry, dict) else {}

    def read(self) -> Target | None:
        kinds = [kind for kind in _KEYS if kind in self._entry]
        if len(kinds) != 1:
            self.problems.append(
                _(
                    "it must name one of webhook, smtp and file, and no two of them. Write for instance "
                    "'- webhook: env:REPORT_WEBHOOK'."
                )
            )
            return None
        kind = kinds[0]
        self._refuse_unknown(kind)
        target: Target
        match kind:
            case "webhook":
                target = self._webhook()
            case "smtp":
                target = self._mail()
            case _:
                target = self._folder()
        return None if self.problems else target

    def _webhook(self) -> Webhook:
        body = self._choice("body", get_args(Body), "json")
        secret = self._secret("secret")
        if secret and body != "dingtalk":
            self.problems.append(
                _("secret signs messages to DingTalk; with body: {body} leave it out.", body=body)
            )
        url = self._secret("webhook") or SecretValue("env:_")
        return Webhook(url=url, body=body, secret=secret, on=self._choice("on", get_args(When), "both"))

    def _mail(self) -> Mail:
        security = self._choice("security", get_args(Security), "starttls")
        user, password = self._text("user"), self._secret("password")
        if bool(user) != bool(password):
            self.problems.append(_("user and password belong together: name both, or neither."))
        if user and security == "none":
            self.problems.append(_("a password is never sent unprotected: use security: starttls or ssl."))
        sender = self._addresses("from")
        return Mail(
            host=self._host(),
            port=self._port(security),
            security=security,
            sender=sender[0],
            to=self._addresses("to"),
            user=user,
            password=password,
            attach=self._choice("attach", ("report", "nothing"), "nothing") == "report",
            on=self._choice("on", get_args(When), "both"),
        )

    def _folder(self) -> Folder:
        text, name = self._text("file") or "", self._text("name")
        if not text or is_address(text) or "\0" in text:
            self.problems.append(_("file must be a folder of this computer, or of a drive that it has."))
        if name is not None and not re.fullmatch(r"[\w-][\w .-]{0,79}", name):
            self.problems.append(
                _(
                    "name == {value!r} must be a file's name of letters, digits, spaces, '.', '-' and '_', "
                    "without a folder.",
                    value=name,
                )
            )
        path = Path(text).expanduser() if text.startswith("~/") else Path(text)
        return Folder(path=path, name=name, on=self._choice("on", get_args(When), "success"))

    def _refuse_unknown(self, kind: str) -> None:
        for key in self._entry.keys() - set(_KEYS[kind]):
            near = get_close_matches(key, _KEYS[kind], n=1)
            self.problems.append(
                _("{key!r} is not known here. Did you mean {near!r}?", key=key, near=near[0])
                if near
                else _("{key!r} is not known here; there are {keys}.", key=key, keys=", ".join(_KEYS[kind]))
            )

    def _text(self, key: str) -> str | None:
        value = self._entry.get(key)
        if value is None:
            return None
        if not isinstance(value, str) or not value.isprintable() or not value.strip():
            self.problems.append(_("{key} must be a text of one line.", key=key))
            return None
        return value.strip()

    def _choice(self, key: str, allowed: tuple[str, ...], default: str) -> Any:
        value = self._entry.get(key)
        if value is None:
            return default
        if value not in allowed:
            self.problems.append(
                _(
                    "{key} == {value!r}, must be one of {allowed}.",
                    key=key,
                    value=value,
                    allowed=", ".join(allowed),
                )
            )
            return default
        return value

    def _secret(self, key: str) -> SecretValue | None:
        value = self._entry.get(key)
        if value is None and key != "webhook":
            return None
        try:
            return SecretValue(value if isinstance(value, str) else "")
        except ValueError:  # the value may be the secret itself: it is not repeated
            self.problems.append(
                _(
                    "{key} must name where the secret is kept (env:NAME or file:PATH), never the secret.",
                    key=key,
                )
            )
            return None

    def _host(self) -> str:
        value = self._text("smtp") or ""
        if not _HOST.fullmatch(value):
            self.problems.append(_("smtp must be the name of a mail server, such as mail.example.com."))
        return value

    def _port(self, security: str) -> int:
        value = self._entry.get("port")
        if value is None:
            return _PORTS[security]
        if not (
            isinstance(value, str)
            and value.isascii()
            and value.isdigit()
            and 0 < int(value[:6]) <= _HIGHEST_PORT
        ):
            self.problems.append(_("port == {value!r} must be a whole number from 1 to 65535.", value=value))
            return _PORTS[security]
        return int(value)

    def _addresses(self, key: str) -> tuple[str, ...]:
        value = self._entry.get(key)
        addresses = value if isinstance(value, list) else [value]
        wrong = [text for text in addresses if not (isinstance(text, str) and _MAIL_ADDRESS.fullmatch(text))]
        if wrong or not addresses or (key == "from" and len(addresses) > 1):
            self.problems.append(
                _(
                    "{key} == {value!r} must be a mail address such as reports@example.com.",
                    key=key,
                    value=value,
                )
            )
            return ("",)
        return tuple(dict.fromkeys(addresses))
