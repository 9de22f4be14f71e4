"""A test by an analyst's parameters: a campaign, a table of units, or one of aggregates (V1)."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import pyarrow as pa

from leadline.data.loop.tables import HELD_OUT
from leadline.data.open_tables import open_tables
from leadline.data.sources import Source, Table
from leadline.errors import DataError, ParameterError
from leadline.features.experiment.aggregates import read_aggregates
from leadline.features.experiment.campaign import (
    campaign_metrics,
    design_campaign,
    find_campaign,
    read_campaign,
)
from leadline.features.experiment.contacts import contact_features
from leadline.features.experiment.metric import parse_metrics
from leadline.features.experiment.read import read_experiment
from leadline.features.experiment.scan import ARM, DAY, ExperimentDesign, ExperimentScan
from leadline.features.experiment.scan_units import scan_frame
from leadline.features.names import name_columns
from leadline.language import _, format_value

#: What is known of customers before a campaign and speaks of their outcome; taken as far as it is there.
CAMPAIGN_COVARIATES = ("trades_3m", "spend_cny_mean", "age_years")
CAMPAIGN_SEGMENTS = ("broadband", "data_service")
_CALLS = "calls"


@dataclass(frozen=True, eq=False, kw_only=True)
class Experiment:
    """A test as it entered a notebook.

    Attributes
    ----------
    scan, source
        What one scan found, and where.
    campaign_id
        '' without a campaign.
    contact_costs
        Arm → mean cost of a contact, CNY; None where it is not known.
    contacts
        Who talks with whom across arms, as `contact_features` gives; None where no calls are known.
    is_ripe
        Whether all outcomes are known: a campaign's may come until its end. Before, the arms can be compared
        by what came so far, but contacts have cost all that they will, and brought only a part.
    """

    scan: ExperimentScan
    source: Source
    campaign_id: str = ""
    contact_costs: Mapping[str, float] | None = None
    contacts: pd.DataFrame | None = None
    is_ripe: bool = True

    def _repr_html_(self) -> str:
        """Show what was read, and how many units each arm has."""
        units = self.scan.units
        if self.scan.is_cumulative:
            units = units[units[DAY] == units[DAY].max()]
        counts = units.groupby(ARM)["units"].sum()
        arms = _("; ").join(
            _("{arm} {units}", arm=arm, units=format_value(int(counts.get(arm, 0)), "count"))
            for arm in self.scan.arms
        )
        read = Table(pd.DataFrame(), self.source)._repr_html_()
        return f"{read}<p>{escape(_('Units by arm: {arms}.', arms=arms))}</p>"


def open_experiment(
    data: str | Path,
    *,
    rows: Literal["units", "aggregates"] = "units",
    mapping: str | Path | None = None,
    only: Sequence[str] = (),
    campaign: str | None = None,
    ledger: str | Path | None = None,
    as_of: dt.date | None = None,
    metrics: Sequence[str] = (),
    arm: str | None = None,
    control: str | None = None,
    covariates: Sequence[str] | None = None,
    segments: Sequence[str] | None = None,
    **columns: Any,
) -> Experiment:
    """Open a test, however it lies.

    Parameters
    ----------
    data
        A folder of campaigns (`read_campaign`), a table of units (`read_experiment`) or of aggregates
        (`read_aggregates`).
    rows
        What a row of a table is.
    mapping, only
        As in `read_experiment`.
    campaign, ledger, as_of
        As in `read_campaign`.
    metrics
        As in `parse_metrics`; of a campaign by default those that it has.
    arm, control
        Column of the arm, and the arm that all others are compared with; a campaign has its own.
    covariates, segments
        Columns; None means those of a campaign, and of a table none.
    columns
        Other fields of `ExperimentDesign`: unit, day, exposed_at, outcome_at, start, end. None is as absent.

    Raises
    ------
    ParameterError, DataError
        As those that read; and if a table's arm, control or metrics are not named.
    """
    given = {name: value for name, value in columns.items() if value is not None}
    parsed = parse_metrics(metrics) if metrics else ()
    if rows == "aggregates":
        wanted: dict[str, Any] = {"arm": arm, "control": control, "segments": tuple(segments or ())}
        if covariates:
            given["covariates"] = covariates
        scan, source = read_aggregates(
            data, metrics=parsed, mapping=mapping, only=only, until=as_of, **wanted, **given
        )
        return Experiment(scan=scan, source=source)
    if given.pop("is_cumulative", None) is not None:
        raise ParameterError.of(
            _("{data} cannot be judged as a test", data=data), _("is_cumulative: is for rows=aggregates.")
        )
    if ledger or is_campaign(data):
        if only:
            problem = _("only: chooses rows of one table; of campaigns name the campaign.")
            raise ParameterError.of(_("The campaign cannot be judged so"), problem)
        named = {"arm": arm, "control": control, "metrics": parsed}
        given |= {name: value for name, value in named.items() if value}
        where = {"mapping": mapping, "as_of": as_of, "ledger": ledger}
        return _open_campaign(data, campaign, where, (covariates, segments), given)
    needs = {"arm": arm, "control": control, "metrics": metrics}
    lacking = [
        _("{name}: it is empty, and a table does not say it.", name=name)
        for name, value in needs.items()
        if not value
    ]
    if lacking:
        raise ParameterError(_("{data} cannot be judged as a test", data=data), lacking)
    design = ExperimentDesign(
        arm=str(arm),
        control=str(control),
        metrics=parsed,
        covariates=tuple(covariates or ()),
        segments=tuple(segments or ()),
        labels=name_columns(),
        **given,
    )
    scan, source = read_experiment(data, design, mapping=mapping, only=only, until=as_of)
    return Experiment(scan=scan, source=source)


def _open_campaign(
    data: str | Path,
    campaign: str | None,
    where: Mapping[str, Any],
    groups: tuple[Sequence[str] | None, Sequence[str] | None],
    given: dict[str, Any],
) -> Experiment:
    facts = find_campaign(data, campaign, **where)
    table = read_campaign(data, facts.campaign_id, **where)
    known = table.frame.columns
    is_over = not facts.ended_on or (where["as_of"] or facts.ended_on) >= facts.ended_on
    if is_over and "end" not in given:
        # Outcomes count until a campaign's end, customers enter earlier: it is over with the last to enter.
        given["end"] = table.frame["entered_on"].max().date()
    _choose_metrics(table.frame, given)
    left = _("held out")
    control = given.pop("control", HELD_OUT)
    design = design_campaign(
        facts,
        control=left if control == HELD_OUT else control,
        covariates=_take(groups[0], CAMPAIGN_COVARIATES, known),
        segments=_take(groups[1], CAMPAIGN_SEGMENTS, known),
        labels=name_columns(),
        **given,
    )
    frame = table.frame.assign(arm=table.frame["arm"].replace(HELD_OUT, left))
    paid = frame["contact_cost_cny"]
    if where["ledger"] and paid.notna().any():
        paid = paid.fillna(0.0)  # whom the list named and nobody contacted has cost nothing
    costs = paid.groupby(frame[design.arm]).mean().drop(design.control, errors="ignore")
    return Experiment(
        scan=scan_frame(frame, design),
        source=table.source,
        campaign_id=facts.campaign_id,
        contact_costs=None if costs.isna().any() else {str(name): float(one) for name, one in costs.items()},
        contacts=_count_contacts(data, frame, design),
        is_ripe=is_over,
    )


def _choose_metrics(frame: pd.DataFrame, given: dict[str, Any]) -> None:
    """Take a campaign's metrics; not its revenue while what some buyers bring is not known.

    The rest, who brought nothing, would stand for all.
    """
    bought = frame["is_subscribed"].eq(other=True)
    if not frame.loc[bought, "revenue_cny"].isna().any():
        return
    problem = _("what some buyers bring is not known by this day. Leave it out, or take a later as_of.")
    if named := [metric.key for metric in given.get("metrics", ()) if "revenue_cny" in metric.columns]:
        raise DataError(_("The campaign cannot be judged so"), [f"{key}: {problem}" for key in named])
    given.setdefault("metrics", parse_metrics([one for one in campaign_metrics() if "revenue" not in one]))


def _count_contacts(data: str | Path, frame: pd.DataFrame, design: ExperimentDesign) -> pd.DataFrame | None:
    """Count who of each arm talks with another, if the folder holds calls."""
    if design.unit is None or not Path(data).is_dir():
        return None
    with open_tables(data, may_be_empty=True) as tables:
        if _CALLS not in tables:
            return None
        units = tables.lend(pa.Table.from_pandas(frame[[design.unit, design.arm]], preserve_index=False))
        told = contact_features(units, tables[_CALLS], unit=design.unit, arm=design.arm)
        counted: pd.DataFrame = told.to_pyarrow().to_pandas()
        return counted


def is_campaign(data: str | Path) -> bool:
    """Tell whether ``data`` is a folder that holds contacts, and so campaigns."""
    folder = Path(data)
    return folder.is_dir() and any(entry.name.split(".")[0] == "contacts" for entry in folder.iterdir())


def _take(named: Sequence[str] | None, usual: Sequence[str], known: pd.Index) -> tuple[str, ...]:
    return tuple(named) if named is not None else tuple(name for name in usual if name in known)
