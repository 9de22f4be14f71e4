"""Recorded, but not told at a report's head: effects of a test that is not trusted, or still runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from leadline.language import _
from leadline.results import Kpi, Result

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False)
class WithheldResult:
    """A result without its cards and warnings; all else is the result's own."""

    result: Result

    @property
    def summary(self) -> str:
        """That nothing is told."""
        return _("Withheld: the page says why.")

    @property
    def table(self) -> "pd.DataFrame":
        """The result's own."""
        return self.result.table

    @property
    def kpis(self) -> Sequence[Kpi]:
        """None: a card would be read as an answer."""
        return ()

    @property
    def warnings(self) -> Sequence[str]:
        """None: they speak of what is not told."""
        return ()

    def figure(self) -> "Figure":
        """Return the result's own."""
        return self.result.figure()

    def to_dict(self) -> dict[str, Any]:
        """Return the result's own."""
        return self.result.to_dict()

    def _repr_html_(self) -> str:
        return self.result._repr_html_()


def withhold(results: Sequence[Result | None], *, is_told: bool) -> list[Result]:
    """Return the results that are there; without cards and warnings where they are not to be told."""
    known = [result for result in results if result is not None]
    return known if is_told else [WithheldResult(result) for result in known]
