"""What is asked of a plan: arms and their shares, the effect worth finding, the errors allowed (V1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from leadline.errors import ParameterError
from leadline.language import N_, _

_HEADLINE = N_("The test cannot be planned")
_MOST_LOOKS = 20
_FEWEST_ARMS = 2


@dataclass(frozen=True, kw_only=True)
class PlanOrder:
    """What a test should be able to tell.

    Attributes
    ----------
    shares
        Arm → share of the units, adding up to 1; the control first.
    effect
        Relative effect worth finding: 0.1 is a tenth more (or less, where a fall is good).
    power, alpha
        Chance to find it; chance of any false alarm, two-sided, of all comparisons together.
    customers
        Units that can be tested; None if as many as needed.
    looks
        Times that the test is judged, the last included, equally far apart.
    spending
        How the error is spent over the looks.
    contacts_per_day
        Units that enter a day; None to take the history's days.
    outcome_days
        Days from the last contact until its outcome is known.
    """

    shares: Mapping[str, float]
    effect: float
    power: float = 0.80
    alpha: float = 0.05
    customers: int | None = None
    looks: int = 1
    spending: Literal["obrien_fleming", "pocock"] = "obrien_fleming"
    contacts_per_day: float | None = None
    outcome_days: int = 0

    @property
    def control(self) -> str:
        """The arm that the others are compared with."""
        return next(iter(self.shares))

    @property
    def ratios(self) -> list[float]:
        """Units of each other arm for one of the control."""
        first, *others = self.shares.values()
        return [share / first for share in others]

    def find_problems(self) -> list[str]:
        """List what cannot be asked."""
        problems = check_shares(self.shares)
        problems += [
            _("{name} == {value}, must be above 0 and below 1.", name=name, value=repr(value))
            for name, value in {"power": self.power, "alpha": self.alpha}.items()
            if not 0 < value < 1
        ]
        if 0 < self.power <= self.alpha < 1:
            problems.append(
                _(
                    "power == {power}, must be above alpha, which chance alone reaches.",
                    power=repr(self.power),
                )
            )
        if not self.effect > 0:
            problems.append(
                _("effect == {effect}, must be above 0: 0.1 is a rise by a tenth.", effect=repr(self.effect))
            )
        if not 1 <= self.looks <= _MOST_LOOKS:
            problems.append(
                _(
                    "looks == {looks}, must be 1 to {most_looks}.",
                    looks=repr(self.looks),
                    most_looks=_MOST_LOOKS,
                )
            )
        if self.customers is not None and self.customers < 2 * len(self.shares):
            problems.append(
                _(
                    "customers == {customers}, must be 2 or more for each arm.",
                    customers=f"{self.customers:,}",
                )
            )
        if self.contacts_per_day is not None and not self.contacts_per_day > 0:
            problems.append(
                _(
                    "contacts_per_day == {contacts_per_day}, must be above 0.",
                    contacts_per_day=repr(self.contacts_per_day),
                )
            )
        if self.outcome_days < 0:
            problems.append(
                _("outcome_days == {outcome_days}, must be 0 or more.", outcome_days=repr(self.outcome_days))
            )
        return problems


def parse_arms(texts: Sequence[str]) -> dict[str, float]:
    """Read arms as an analyst writes them, the control first: ``["held_out: 20%", "call: 80%"]``.

    Without shares the arms are equal.

    Raises
    ------
    ParameterError
        With every arm that cannot be read, is named twice or has no share where others have one, and shares
        that do not add up to 1.
    """
    problems, shares = [], {}
    for text in texts:
        name, _colon, told = text.rpartition(":") if ":" in text else (text, "", "")
        name, told = name.strip(), told.strip()
        share = _read_share(told)
        if not name or (told and share is None):
            problems.append(_("“{text}”: write a name, or a name and its share: “call: 50%”.", text=text))
        elif name in shares:
            problems.append(_("“{name}” is named twice.", name=name))
        else:
            shares[name] = share
    lacking = [name for name, share in shares.items() if share is None]
    if lacking and len(lacking) < len(shares):
        problems.append(
            _(
                "{lacking}: no share, and others have one. Give each its share, or none.",
                lacking=_(", ").join(lacking),
            )
        )
    equal = {name: 1 / len(shares) for name in shares}
    told_shares = equal if lacking else {name: share or 0.0 for name, share in shares.items()}
    problems = problems or check_shares(told_shares)
    if problems:
        raise ParameterError(_("The arms cannot be read"), problems)
    return told_shares


def check_shares(shares: Mapping[str, float]) -> list[str]:
    """List what is wrong with the arms' shares."""
    problems = [
        _("{arm}: share == {share}, must be above 0 and below 1.", arm=arm, share=repr(share))
        for arm, share in shares.items()
        if not 0 < share < 1 and len(shares) >= _FEWEST_ARMS
    ]
    if len(shares) < _FEWEST_ARMS:
        problems.append(_("{count} arm is no test. Name two or more, the control first.", count=len(shares)))
    elif abs(sum(shares.values()) - 1) > 1e-9:  # noqa: PLR2004 - what rounding leaves
        problems.append(_("the shares add up to {shares}, must be 1.", shares=f"{sum(shares.values()):g}"))
    return problems


def refuse(problems: Sequence[str]) -> None:
    """Raise all problems of a plan at once, if there are any."""
    if problems:
        raise ParameterError(_(_HEADLINE), problems)


def _read_share(text: str) -> float | None:
    try:
        return float(text[:-1]) / 100 if text.endswith("%") else float(text)
    except ValueError:
        return None
