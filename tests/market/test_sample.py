"""The sample market: made once, found again, and the same that its truth is remade from."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from leadline.errors import DataError
from leadline.market import note, sample
from leadline.market.parameters import MarketParameters


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("LEADLINE_CACHE", str(tmp_path))
    monkeypatch.setattr(sample, "_SAMPLE_CUSTOMERS", 2_000)
    return tmp_path


def test_the_sample_is_made_on_first_use_and_found_again(small: Path) -> None:
    place = sample.open_market("market")
    made = (place / "customers.parquet").stat().st_mtime_ns
    assert sample.open_market("market") == place
    assert (place / "customers.parquet").stat().st_mtime_ns == made
    assert place.is_relative_to(small)


def test_another_simulation_makes_another_folder(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = sample.open_market("market")
    places = {place}
    for name, value in {"_SAMPLE_SEED": 12, "_SAMPLE_CUSTOMERS": 2_001, "MARKET_VERSION": 99}.items():
        monkeypatch.setattr(sample, name, value)
        monkeypatch.setattr(sample, "write_market", lambda folder, *_: folder.mkdir())
        places.add(sample.open_market("market"))
    monkeypatch.setattr(sample, "MarketParameters", lambda: MarketParameters(holder_rate=0.2))
    places.add(sample.open_market("market"))
    assert len(places) == 5


def test_a_sample_that_is_there_is_opened_without_making_anybody(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = sample.open_market("market")
    monkeypatch.setattr(note, "make_city", None)
    assert sample.open_market("market") == place


def test_any_other_name_is_a_folder_of_the_users(small: Path) -> None:
    place = small / "mine"
    place.mkdir()
    (place / "market.json").write_text('{"customers": 20000}')
    assert sample.open_market(str(place)) == place


def test_a_market_too_small_to_ask_anybody_is_refused(small: Path) -> None:
    sample.write_market(small / "mine", MarketParameters(), 3, 2_000)
    with pytest.raises(DataError, match="it has 2,000 customers.*20,000 or more"):
        sample.open_market(str(small / "mine"))


def test_the_truth_is_that_of_the_tables(small: Path) -> None:
    place = small / "mine"
    rows = sample.write_market(place, MarketParameters(), 3, 2_000)
    assert rows["customers"] == 2_000
    market = sample.remake_truth(place)
    customers = pd.read_parquet(place / "customers.parquet")
    np.testing.assert_array_equal(customers["customer_id"], market.truth.customer_id)
    np.testing.assert_array_equal(customers["consent"], market.observed.consent)


def test_a_folder_that_is_no_market_is_refused(small: Path) -> None:
    with pytest.raises(DataError, match="market make"):
        sample.remake_truth(small)


def test_the_planned_shares_are_those_of_the_draw(tmp_path: Path) -> None:
    place = tmp_path / "market"
    sample.write_market(place, MarketParameters(launch_holdout=0.5), 3, 20_000)
    assert sample.find_planned_shares(place, "2") == {"held_out": 0.5, "call": 0.25, "sms": 0.25}
    assert set(sample.find_planned_shares(place, "1").values()) == {1 / 6}
    contacts = pd.read_parquet(place / "contacts.parquet").query("campaign_id == 2")
    assert abs((contacts["channel"] == "none").mean() - 0.5) < 0.15
    assert sample.find_planned_shares(tmp_path, "1") is None
