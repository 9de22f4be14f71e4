"""Labels as of a day: nothing later is seen, and what is not known yet is no "no"."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from leadline.data.loop.ledger import LoopLedger
from leadline.errors import DataError, ParameterError
from tests.data.loop.ledger_rows import CONTACTED, contacts, open_ledger, outcomes

DAY = dt.timedelta(days=1)


@pytest.fixture
def ledger(tmp_path: Path) -> LoopLedger:
    """Ten customers called on 1 July, observed to the end of August; two of another campaign, not at all."""
    ledger = open_ledger(tmp_path, "r1", "r2")
    channels = ["call"] * 8 + ["none"] * 2
    ledger.add_contacts(contacts(range(10), channel=channels), round_id="r1")
    days: dict[int, str | None] = dict.fromkeys(range(10))
    days |= {0: "2025-07-01", 1: "2025-07-11", 2: "2025-07-12", 3: "2025-06-30", 8: "2025-07-05"}
    ledger.add_outcomes(outcomes(days), round_id="r1", observed_until=dt.date(2025, 8, 31))
    ledger.add_contacts(contacts([0, 50], "c2", contacted_on=pd.Timestamp("2025-07-20")), round_id="r2")
    return ledger


def subscribed(frame: pd.DataFrame) -> set[str]:
    return set(frame.loc[frame["is_subscribed"], "customer_id"])


def test_a_label_counts_from_the_contact_to_the_last_day_of_the_horizon(ledger: LoopLedger) -> None:
    labels = ledger.labels(as_of=dt.date(2025, 7, 15), horizon_days=10, campaign="c1")
    assert list(labels.frame["customer_id"]) == ["0", "1", "2", "4", "5", "6", "7", "8", "9"]
    assert subscribed(labels.frame) == {"0", "1", "8"}, (
        "day 11 is the tenth after the contact, day 12 is late"
    )
    assert (labels.open_windows, labels.unobserved, labels.subscribed_before) == (0, 0, 1)
    assert labels.summary == (
        "9 contacts with an outcome known by Jul 15, 2025, 3 of them subscribed within 10 days. "
        "Left out: 0 whose window is open, 0 not observed to its end, 1 subscribed before."
    )


def test_a_row_says_where_it_comes_from(ledger: LoopLedger) -> None:
    frame = ledger.labels(as_of=dt.date(2025, 8, 31), horizon_days=10).frame
    assert list(frame.columns) == [
        "campaign_id",
        "customer_id",
        "round_id",
        "model",
        "channel",
        "arm",
        "contacted_on",
        "is_reached",
        "is_subscribed",
    ]
    assert set(frame["model"]) == {"model of r1"}
    assert dict(frame.groupby("channel")["arm"].unique().map(list)) == {
        "call": ["treated"],
        "none": ["held_out"],
    }
    assert frame["contacted_on"].dtype == "datetime64[us]"
    assert frame["is_subscribed"].dtype == "bool"


def test_an_open_window_is_left_out_even_where_the_yes_is_known(ledger: LoopLedger) -> None:
    day = CONTACTED + 9 * DAY
    labels = ledger.labels(as_of=day, horizon_days=10, campaign="c1")
    assert labels.frame.empty
    assert (labels.open_windows, labels.subscribed_before) == (9, 1)
    assert len(ledger.labels(as_of=day + DAY, horizon_days=10, campaign="c1").frame) == 9


def test_nothing_after_the_day_is_seen(ledger: LoopLedger) -> None:
    asked = {"as_of": dt.date(2025, 7, 11), "horizon_days": 7}
    before = ledger.labels(**asked)
    assert before.open_windows + len(before.frame) + before.subscribed_before == 10, "no contact of 20 July"
    later = pd.Timestamp("2025-07-12")
    ledger.add_contacts(contacts(range(60, 70), "c3", contacted_on=later), round_id="r2")
    ledger.add_outcomes(
        outcomes(dict.fromkeys(range(60, 70), "2025-07-12"), "c3"),
        round_id="r2",
        observed_until=dt.date(2025, 8, 31),
    )
    after = ledger.labels(**asked)
    pd.testing.assert_frame_equal(before.frame, after.frame)
    assert before.open_windows == after.open_windows


def test_a_no_holds_only_as_far_as_was_observed(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    ledger.add_contacts(contacts([1, 2, 3]), round_id="r1")
    first = outcomes({1: None, 2: "2025-07-03"})
    ledger.add_outcomes(first, round_id="r1", observed_until=dt.date(2025, 7, 8))
    asked = {"as_of": dt.date(2025, 12, 31), "horizon_days": 30}
    labels = ledger.labels(**asked)
    assert labels.frame.empty, "seven days were observed, thirty are asked"
    assert labels.unobserved == 3
    assert len(ledger.labels(as_of=dt.date(2025, 12, 31), horizon_days=7).frame) == 2, (
        "3 has no outcome at all"
    )
    then = outcomes({1: "2025-07-25", 2: "2025-07-03"})
    ledger.add_outcomes(then, round_id="r1", observed_until=dt.date(2025, 7, 31))
    labels = ledger.labels(**asked)
    assert subscribed(labels.frame) == {"1", "2"}
    assert labels.unobserved == 1


def test_a_corrected_row_is_read_once_and_in_its_new_form(ledger: LoopLedger) -> None:
    rows = contacts([5], channel="sms")
    ledger.add_contacts(rows, round_id="r1", correct=True)
    frame = ledger.labels(as_of=dt.date(2025, 8, 31), horizon_days=10).frame
    assert frame.loc[frame["customer_id"] == "5", "channel"].tolist() == ["sms"]
    assert len(frame) == 9


@pytest.mark.parametrize("days", [0, -1, 1.5, True])
def test_a_horizon_is_whole_days(ledger: LoopLedger, days: int) -> None:
    with pytest.raises(
        ParameterError, match="horizon_days == .*, must be a whole number of days, at least 1"
    ):
        ledger.labels(as_of=CONTACTED, horizon_days=days)


def test_history_counts_contacts_up_to_the_day_and_no_hold_out(ledger: LoopLedger) -> None:
    history = ledger.contact_history(as_of=dt.date(2025, 7, 20), window_days=20).set_index("customer_id")
    assert set(history.index) == {*map(str, range(8)), "50"}
    assert history.loc["0", "contacts_in_window"] == 2
    assert history.loc["0", "last_contacted_on"] == pd.Timestamp("2025-07-20")
    assert history.loc["1", "last_contacted_on"] == pd.Timestamp("2025-07-01")
    narrow = ledger.contact_history(as_of=dt.date(2025, 7, 20), window_days=19).set_index("customer_id")
    assert narrow.loc["0", "contacts_in_window"] == 1, "1 July is the twentieth day back"
    assert narrow.loc["1", "contacts_in_window"] == 0, "contacted once, before the window"
    early = ledger.contact_history(as_of=dt.date(2025, 7, 19))
    assert "50" not in set(early["customer_id"])


def test_an_empty_ledger_has_no_labels(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path)
    labels = ledger.labels(as_of=CONTACTED, horizon_days=7)
    assert labels.frame.empty
    assert labels.summary.startswith("0 contacts")
    assert ledger.contact_history(as_of=CONTACTED).empty


def test_an_unknown_campaign_is_named_with_those_there_are(ledger: LoopLedger) -> None:
    with pytest.raises(ParameterError, match="campaign == '77'.*It knows: c1, c2"):
        ledger.labels(as_of=CONTACTED, horizon_days=10, campaign="77")


def test_nobody_watched_a_day_still_to_come(ledger: LoopLedger) -> None:
    tomorrow = dt.datetime.now().astimezone().date() + dt.timedelta(days=1)
    with pytest.raises(DataError, match="a day still to come"):
        ledger.add_outcomes(outcomes({1: None}), round_id="r1", observed_until=tomorrow)
