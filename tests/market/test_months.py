"""Months: streaks, persistence, the season, and the same values however many of them are drawn."""

from dataclasses import fields, replace

import numpy as np
import pytest

from leadline.market.city import City
from leadline.market.months import BACKWARD, OUTWARD, SUMMARY, Month, draw_months, draw_uses


@pytest.fixture(scope="module")
def months(city: City) -> dict[int, Month]:
    uses = draw_uses(city.parameters, city.rates, city.streams)
    return dict(draw_months(city.parameters, city.rates, uses, city.streams))


def test_a_part_of_the_months_is_the_same_as_in_the_whole(city: City, months: dict[int, Month]) -> None:
    uses = draw_uses(city.parameters, city.rates, city.streams, BACKWARD)
    part = dict(draw_months(city.parameters, city.rates, uses, city.streams, SUMMARY))
    assert set(months) == set(range(24)) == set(OUTWARD)
    for position, month in part.items():
        for declared in fields(Month):
            assert np.array_equal(getattr(month, declared.name), getattr(months[position], declared.name))


def test_the_summary_adds_up_the_last_three_months(city: City, months: dict[int, Month]) -> None:
    last = [months[position] for position in (9, 10, 11)]
    assert np.allclose(city.observed.traffic_mb, sum(month.traffic_mb for month in last), rtol=1e-5)
    assert np.array_equal(city.observed.broker_calls, sum(month.broker_calls for month in last))
    assert np.allclose(city.observed.spend_cny, sum(month.spend_cny for month in last) / 3, rtol=1e-5)
    used = sum(months[position].traffic_mb > 0 for position in range(12))
    assert np.array_equal(city.observed.data_months, used)


def test_use_comes_in_streaks(months: dict[int, Month], city: City) -> None:
    uses = np.array([months[position].traffic_mb > 0 for position in range(24)])
    middling = (city.rates.data_use > 0.4) & (city.rates.data_use < 0.6)
    after_use = uses[1:, middling][uses[:-1, middling]].mean()
    after_none = uses[1:, middling][~uses[:-1, middling]].mean()
    assert after_use - after_none == pytest.approx(city.parameters.data_use_persistence, abs=0.05)


def test_use_is_as_frequent_in_every_month(months: dict[int, Month], city: City) -> None:
    shares = [(month.traffic_mb > 0).mean() for month in months.values()]
    assert shares == pytest.approx([city.rates.data_use.mean()] * 24, abs=0.012)


def test_levels_last(months: dict[int, Month], city: City) -> None:
    logs = np.log(np.array([months[position].traffic_mb for position in range(24)]) + 1e-9)
    steady = (logs > -9).all(axis=0)
    moves = logs[:, steady] - city.rates.traffic[steady]
    lags = [np.corrcoef(moves[lag:].ravel(), moves[: 24 - lag].ravel())[0, 1] for lag in (1, 2)]
    assert lags[0] == pytest.approx(city.parameters.usage_persistence, abs=0.05)
    assert lags[1] == pytest.approx(city.parameters.usage_persistence**2, abs=0.06)
    each = [np.corrcoef(moves[month], moves[month + 1])[0, 1] for month in range(23)]
    assert each == pytest.approx([lags[0]] * 23, abs=0.05)  # also across the day of the list


def test_no_use_no_traffic_no_sessions(months: dict[int, Month]) -> None:
    for month in months.values():
        assert ((month.sessions > 0) == (month.traffic_mb > 0)).all()
        assert (month.pushes_answered <= month.pushes_received).all()
        assert (month.spend_cny > 0).all()


def test_the_opted_out_receive_no_messages(months: dict[int, Month], city: City) -> None:
    assert not months[11].pushes_received[city.observed.do_not_contact].any()
    assert months[11].pushes_received[~city.observed.do_not_contact].mean() == pytest.approx(2, abs=0.03)


def test_winter_is_busier(city: City, months: dict[int, Month]) -> None:
    january, july = (months[position].bank_calls.mean() for position in (6, 12))
    assert january > 1.08 * july
    flat = replace(city.parameters, season=0.0)
    uses = draw_uses(flat, city.rates, city.streams)
    even = dict(draw_months(flat, city.rates, uses, city.streams))
    assert even[6].bank_calls.mean() == pytest.approx(even[12].bank_calls.mean(), rel=0.03)
