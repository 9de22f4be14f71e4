import datetime as dt
from collections.abc import Callable

import pandas as pd
import pytest

from leadline.errors import DataError, ParameterError
from leadline.evaluate.tracking.corridor import plan_corridor
from leadline.evaluate.tracking.track import track_campaign

START, END = dt.date(2025, 7, 1), dt.date(2025, 9, 30)
Make = Callable[..., pd.DataFrame]


def test_counts_are_those_of_the_day(make_units: Make) -> None:
    units = make_units()
    looks = track_campaign(units, started_on=START, ended_on=END).looks.set_index("date")
    day = pd.Timestamp("2025-07-15")
    seen = units[units["entered_on"] <= day]
    held_out = seen[seen["arm"] == "held_out"]
    row = looks.loc[day]
    assert row["control_units"] == len(held_out)
    assert row["control_yes"] == (held_out["subscribed_on"] <= day).sum()
    assert row["treated_units"] == len(seen) - len(held_out)
    assert looks["treated"].iloc[-1] == pytest.approx(
        (units.loc[units["arm"] != "held_out", "subscribed_on"] <= pd.Timestamp(END)).mean()
    )


def test_a_campaign_that_brings_too_little_raises_an_alert_that_stays(make_units: Make) -> None:
    units = make_units(12_000, call=0.065)
    corridor = plan_corridor(0.08, last_day=91)
    result = track_campaign(units, started_on=START, ended_on=END, corridor=corridor, name="Launch")
    assert result.state == "below"
    day, side = result.alert
    row = result.looks.set_index("date").loc[day]
    assert row["difference_upper"] < row["lower"]
    before = result.looks[result.looks["date"] < day]
    assert (before["difference_upper"] >= before["lower"]).all()
    assert result.summary.startswith("ALERT: Launch fell below its planned corridor on")
    assert day in set(result.table["date"])
    assert result.to_dict()["tracking_alert"] == {"date": day.date().isoformat(), "side": side}
    again = track_campaign(units, started_on=START, ended_on=END, as_of=day.date(), corridor=corridor)
    assert again.alert == result.alert  # what comes later changes nothing


def test_a_campaign_above_its_corridor_is_told_as_well(make_units: Make) -> None:
    units = make_units(12_000, call=0.25, sms=0.25)
    result = track_campaign(units, ended_on=END, corridor=plan_corridor(0.02, last_day=91))
    assert result.state == "above"
    assert "rose above" in result.summary


def test_one_on_plan_raises_none(make_units: Make) -> None:
    units = make_units(12_000, call=0.11, sms=0.11)
    wide = plan_corridor(0.05, last_day=91, half_after_days=10, tolerance=0.99)
    result = track_campaign(units, started_on=START, ended_on=END, corridor=wide)
    assert result.alert is None
    assert result.state == "within"
    assert track_campaign(units, ended_on=END).state == "unplanned"
    assert "No plan" in track_campaign(units, ended_on=END).summary


def test_steps_of_the_table(make_units: Make) -> None:
    units = make_units()
    tables = {
        every: track_campaign(units, started_on=START, ended_on=END, every=every).table["date"]
        for every in ("day", "week", "month")
    }
    assert len(tables["day"]) == 92
    assert tables["week"].iloc[1] - tables["week"].iloc[0] == pd.Timedelta("7D")
    assert list(tables["month"].dt.strftime("%m-%d")) == ["07-31", "08-31", "09-30"]


def test_the_unknown_and_the_early_are_left_out_and_told(make_units: Make) -> None:
    units = make_units()
    units.loc[:9, ["is_subscribed"]] = pd.NA
    units.loc[10, ["is_subscribed", "subscribed_on"]] = [True, pd.Timestamp("2025-06-01")]
    result = track_campaign(units, started_on=START, ended_on=END, as_of=dt.date(2025, 8, 1))
    assert result.looks[["treated_units", "control_units"]].iloc[-1].sum() == 4_000 - 11
    assert len(result.warnings) == 3
    assert "runs until" in result.warnings[-1]


def test_what_cannot_be_followed_is_refused(make_units: Make) -> None:
    units = make_units(400)
    with pytest.raises(DataError, match="nobody is “control”"):
        track_campaign(units, control="control")
    with pytest.raises(DataError, match="everybody is “held_out”"):
        track_campaign(units[units["arm"] == "held_out"])
    undated = units.assign(subscribed_on=pd.NaT, entered_on=units["entered_on"].where(units.index > 2))
    with pytest.raises(DataError) as caught:
        track_campaign(undated)
    assert len(caught.value.problems) == 2
    with pytest.raises(DataError, match="must be days"):
        track_campaign(units.assign(entered_on="soon"))
    with pytest.raises(ParameterError, match="lies before the first"):
        track_campaign(units, started_on=START, as_of=dt.date(2025, 6, 1))
    with pytest.raises(ParameterError, match="expected_share"):
        track_campaign(units, expected_share=0)
    with pytest.raises(DataError, match="not both arms hold 10 customers"):
        track_campaign(units.head(20), started_on=START)


def test_the_figure_speaks(make_units: Make) -> None:
    result = track_campaign(make_units(), ended_on=END, corridor=plan_corridor(0.08, last_day=91))
    figure = result.figure()
    assert figure.get_label() == result.summary
    assert len(figure.axes) == 2
    assert result.figure() is not figure
    assert "Planned corridor" in result._repr_html_()
