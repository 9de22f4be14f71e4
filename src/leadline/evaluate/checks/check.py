"""One check of a test: what was asked, the verdict, what was found, what to do."""

from typing import Literal, NamedTuple

from leadline.language import _, format_value

Verdict = Literal["good", "warning", "failed", "not asked"]


class Check(NamedTuple):
    """One check.

    ``check`` names it; ``question`` is what a reader sees; ``found`` says what was found, or of a check not
    asked why not; ``remedy`` what to do ('' where nothing is to be done).
    """

    check: str
    question: str
    verdict: Verdict
    found: str
    remedy: str = ""


def tell_p(p_value: float) -> str:
    """Write a p-value: "p 0.023", "p below 0.001"."""
    return _("p {p_value}", p_value=format_value(float(p_value), "p_value"))
