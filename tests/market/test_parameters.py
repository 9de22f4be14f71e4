"""Every number is documented, and every impossible one is named at once."""

import math
from dataclasses import fields

import pytest

from leadline.errors import ParameterError
from leadline.market.parameters import MarketParameters


def test_every_number_has_unit_meaning_and_source() -> None:
    table = MarketParameters().describe()
    assert len(table) == len(fields(MarketParameters)) > 60
    assert table[["unit", "meaning", "source"]].map(lambda text: bool(text.strip())).all(axis=None)
    assert table["source"].map(lambda source: source == "assumed" or source.startswith("calibrated: ")).all()
    calibrated = set(table.loc[table["source"] != "assumed", "parameter"])
    assert {"utility_base", "utility_other_broker", "match", "signal"} <= calibrated


def test_all_impossible_values_are_named_at_once() -> None:
    with pytest.raises(ParameterError) as caught:
        MarketParameters.from_dict(
            {
                "consent_rate": 1.2,
                "capacity_per_million": [-1, 1, 1, 1, 1],
                "reach": [0.5, math.nan, 0.5, 0.5, 0.5],
                "push": [1.0],
                "circle_size": 2.5,
                "city_size": 10,
                "trades_log_sd": "wide",
                "consent_rat": 0.5,
            }
        )
    text = str(caught.value)
    assert caught.value.exit_code == 2
    assert "(8 problems)" in text
    for part in (
        "consent_rate == 1.2, must be <= 1",
        "capacity_per_million of sms == -1, must be >= 0",
        "reach of call == nan, must be a finite number",
        "push == (1.0,), must be 5 numbers: sms, call, branch, trial, referral",
        "circle_size == 2.5, must be a whole number",
        "city_size == 10, must be >= 2000",
        "trades_log_sd == 'wide', must be a finite number",
        "no parameter 'consent_rat'. Did you mean 'consent_rate'?",
    ):
        assert part in text


def test_changes_remake_the_same_parameters() -> None:
    changed = MarketParameters(holder_rate=0.2, push=(1.0, 2.0, 3.0, 4.0, 5.0))
    assert changed.changes() == {"holder_rate": 0.2, "push": [1.0, 2.0, 3.0, 4.0, 5.0]}
    assert MarketParameters.from_dict(changed.changes()) == changed
    assert MarketParameters().changes() == {}


def test_capacity_grows_with_the_market() -> None:
    parameters = MarketParameters()
    assert parameters.capacity(1_000_000) == parameters.capacity_per_million
    assert parameters.capacity(500_000)[1] == parameters.capacity_per_million[1] // 2
