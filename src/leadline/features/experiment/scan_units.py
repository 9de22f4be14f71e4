"""Scan the units of a test: rows in any number, moments out (V1)."""

from dataclasses import replace

import ibis
import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa

from leadline.data.open_table import CHUNK
from leadline.errors import DataError
from leadline.features.experiment.design_check import check_design
from leadline.features.experiment.findings import (
    find_disorder,
    find_identity,
    find_left_out,
    list_findings,
    read_first,
)
from leadline.features.experiment.fold import fold_counts, fold_moments, is_within
from leadline.features.experiment.moments import moment_features, whole_moments
from leadline.features.experiment.number_check import check_arms, check_numbers, check_values
from leadline.features.experiment.quantiles import count_cut, find_cuts, find_quantiles
from leadline.features.experiment.rows import (
    SECOND_ARM,
    add_up,
    free_names,
    is_absent,
    keep_known,
    list_cells,
    name_covariate,
    name_measure,
    read_rows,
    spell_cells,
    spell_value,
)
from leadline.features.experiment.scan import ARM, DAY, ExperimentDesign, ExperimentScan, MetricMoments
from leadline.language import _


def scan_units(units: ir.Table, design: ExperimentDesign) -> ExperimentScan:
    """Describe the units of a test by the moments of every metric, by arm, segments and day.

    One aggregate describes all metrics where nothing is missing; a metric that some units lack is described
    again from those that have it. Left out and told in `ExperimentScan.findings` are units without an arm, in
    two arms, and those that entered outside the period. Two scans of one table agree to the last digit if the
    engine has one thread, or the table has ``CHUNK`` and one row a unit.

    Parameters
    ----------
    units
        One row a unit, or several that are added up: sums of numbers; a conversion counts once; of cells and
        covariates the smallest value. A unit's rows are looked at in a second pass, if its column is named.
    design
        Which columns say what.

    Raises
    ------
    ParameterError
        If the table cannot be read as the design says.
    DataError
        If the arms or the metrics allow no comparison; each with all problems.
    """
    check_design(units, design)
    design = replace(design, control=spell_value(design.control, units[design.arm].type()))
    units, design = free_names(units, design)
    check_values(units, design)
    people, found = read_rows(units, design), []
    if design.unit:
        rows = spell_cells(people, design)
        identity = find_identity(units, rows, design)
        found = identity.findings
        people = add_up(rows, design) if identity.is_repeated else people
    found += find_disorder(people, design)
    if SECOND_ARM in people.columns:
        people = people.filter(is_absent(people[SECOND_ARM]))
    return _Scanner(people, design).scan(found)


class _Scanner:
    """The estimation scan: people in, one row each."""

    def __init__(self, people: ir.Table, design: ExperimentDesign) -> None:
        self.design = design
        self.by = list_cells(design)
        self.people = people
        self.kept = keep_known(spell_cells(people, design), design)
        self.covariates: dict[str, tuple[str, ...]] = {
            name: (name,) for name in (name_covariate(one, design) for one in design.covariates)
        }

    def scan(self, found: list[dict[str, object]]) -> ExperimentScan:
        cuts = find_cuts(self.kept, self.design)
        for metric in self.design.metrics:
            if metric.key in cuts:
                value = name_measure(metric, self.design.metrics)
                self._add(
                    **{_name_cut(value): ibis.least(self.people[value].cast("float64"), cuts[metric.key])}
                )
        whole, lacking = self._describe_whole()
        if self._fill(lacking):
            whole, lacking = self._describe_whole()
        units = self._keep(fold_counts(whole, by=self.by, counts=["rows"]).rename(columns={"rows": "units"}))
        arms = check_arms(units, self.design)
        moments = {key: self._read(key, names, whole, lacking) for key, names in self._list_sets().items()}
        check_numbers(moments, self.kept, self.design, arms)
        return ExperimentScan(
            design=self.design,
            arms=arms,
            by=self.by,
            units=units,
            moments=moments,
            quantiles=find_quantiles(self.kept, self.design, arms),
            cuts=count_cut(self.kept, self.design, cuts),
            findings=list_findings(
                [*found, *find_left_out(spell_cells(self.people, self.design), self.design, whole)]
            ),
        )

    def _add(self, **columns: ir.Value) -> None:
        self.people = self.people.mutate(**columns)
        self.kept = keep_known(spell_cells(self.people, self.design), self.design)

    def _list_sets(self) -> dict[str, tuple[str, ...]]:
        """Return `Metric.key` → measures that are described together: value, denominator, covariates, raw."""
        covariates = tuple(name for names in self.covariates.values() for name in names)
        sets = {}
        for metric in self.design.metrics:
            if metric.kind == "quantile":
                continue
            value = name_measure(metric, self.design.metrics)
            first = (_name_cut(value),) if metric.winsorise else (value,)
            below = (metric.denominator,) if metric.denominator else ()
            raw = (value,) if metric.winsorise else ()
            sets[metric.key] = first + below + (covariates if metric.is_adjusted else ()) + raw
        return sets

    def _describe_whole(self) -> tuple[pd.DataFrame, set[str]]:
        """Describe all units as if they lacked nothing; say which measures they do lack."""
        sets = list(self._list_sets().values()) or [()]
        frame = self._run(whole_moments(self.people, by=self._parts, sets=sets))
        known = self._keep(frame)
        names = {name for names in sets for name in names}
        return frame, {
            name
            for name in names
            if (known[f"{name}_count"] < known["rows"]).any() or known[f"{name}_mean"].isna().any()
        }

    def _fill(self, lacking: set[str]) -> bool:
        """Fill covariates that some units lack, each followed by a flag of who does; whether any was.

        What a gap is filled with does not matter to an adjustment that has the flag; the median is near.
        """
        gaps = [name for name in self.covariates if name in lacking]
        if not gaps:
            return False
        known = {name: _null_if_nan(self.kept[name]) for name in gaps}
        middle = read_first(self.kept.aggregate(**{name: known[name].quantile(0.5) for name in gaps}))
        columns: dict[str, ir.Value] = {}
        for name in gaps:
            value = _null_if_nan(self.people[name])
            columns[name] = value.fill_null(middle[name] if middle[name] is not None else 0.0)
            columns[_name_gap(name)] = is_absent(value)
            self.covariates[name] = (name, _name_gap(name))
        self._add(**columns)
        return True

    def _read(
        self, key: str, names: tuple[str, ...], whole: pd.DataFrame, lacking: set[str]
    ) -> MetricMoments:
        if lacking & set(names):
            frame = self._run(moment_features(self.people, by=self._parts, columns=names))
        else:
            frame = whole.rename(columns={"rows": "count"})
        metric = next(metric for metric in self.design.metrics if metric.key == key)
        covariates = {name for known in self.covariates.values() for name in known} & set(names)
        return MetricMoments(
            frame=self._keep(fold_moments(frame, by=self.by, columns=names)),
            columns=names,
            value=names[0],
            denominator=metric.denominator,
            covariates=tuple(name for name in names if name in covariates),
            raw=names[-1] if metric.winsorise else "",
        )

    @property
    def _parts(self) -> list[str]:
        return [*self.by, CHUNK] if CHUNK in self.people.columns else list(self.by)

    def _run(self, table: ir.Table) -> pd.DataFrame:
        frame: pd.DataFrame = spell_cells(table, self.design).to_pyarrow().to_pandas()
        if DAY in frame:
            frame = frame.assign(**{DAY: pd.to_datetime(frame[DAY])})
        return frame.sort_values(self._parts, kind="stable", ignore_index=True)

    def _keep(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Leave out cells without an arm or outside the period."""
        return frame[frame[ARM].notna() & is_within(frame, self.design)].reset_index(drop=True)


def scan_frame(frame: pd.DataFrame | pa.Table, design: ExperimentDesign) -> ExperimentScan:
    """Scan a frame or an Arrow table, as `scan_units`, with one thread; zoned times count by UTC.

    Raises
    ------
    ParameterError, DataError
        As `scan_units`; and if a column mixes numbers and text.
    """
    if isinstance(frame, pd.DataFrame):
        try:
            frame = pa.Table.from_pandas(frame, preserve_index=False)
        except pa.ArrowException as error:
            problem = _("a column mixes numbers and text ({args}). Write it in one way.", args=error.args[-1])
            raise DataError.of(_("The units of the test cannot be read"), problem) from None
    connection = ibis.duckdb.connect(threads=1)
    try:
        connection.con.execute("SET enable_progress_bar = false")
        return scan_units(connection.create_table("units", frame), design)
    finally:
        connection.disconnect()


def _name_cut(value: str) -> str:
    return f"{value} (winsorised)"


def _name_gap(covariate: str) -> str:
    return f"{covariate} is missing"


def _null_if_nan(column: ir.Column) -> ir.Value:
    value = column.cast("float64")
    return value.isnan().ifelse(None, value)
