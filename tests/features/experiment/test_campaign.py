import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from leadline.data.loop.ledger import LoopLedger
from leadline.errors import DataError
from leadline.features.experiment.campaign import design_campaign, find_campaign, read_campaign
from leadline.features.experiment.campaign_units import UNIT_COLUMNS
from leadline.features.experiment.scan_units import scan_frame

STARTED = pd.Timestamp("2025-07-01")


def make_tables() -> dict[str, pd.DataFrame]:
    """Two campaigns of the same four customers; in the second 2 subscribes late and 1 has no outcome."""
    contacts = pd.DataFrame(
        {
            "campaign_id": [1] * 4 + [2] * 4,
            "customer_id": [1, 2, 3, 4, 4, 3, 2, 1],
            "channel": ["none", "sms", "call", "call", "none", "sms", "call", "call"],
            "contacted_on": [STARTED - pd.Timedelta(days=90)] * 4
            + [STARTED, STARTED, STARTED + pd.Timedelta(days=3), STARTED + pd.Timedelta(days=30)],
            "is_reached": pd.array([None, True, False, True, None, True, True, False], "boolean"),
            "cost_cny": [0.0, 0.06, 3.5, 3.5, 0.0, 0.06, 3.5, 3.5],
        }
    )
    outcomes = pd.DataFrame(
        {
            "campaign_id": [1] * 4 + [2] * 3,
            "customer_id": [1, 2, 3, 4, 4, 3, 2],
            "is_subscribed": [False, True, False, False, False, True, True],
            "subscribed_on": pd.to_datetime(
                [None, "2025-04-20", None, None, None, "2025-07-05", "2025-08-15"]
            ),
            "revenue_cny": [np.nan, 90.0, np.nan, np.nan, np.nan, 120.0, 110.0],
        }
    )
    campaigns = pd.DataFrame(
        {
            "campaign_id": [1, 2],
            "name": ["Pilot", "Launch"],
            "product_id": [1, 1],
            "started_on": [STARTED - pd.Timedelta(days=91), STARTED],
            "ended_on": pd.to_datetime(["2025-06-30", "2025-09-30"]),
            "design": ["at random", "at random"],
        }
    )
    customers = pd.DataFrame({"customer_id": [1, 2, 3, 4], "age_years": [31, 42, 53, 64]})
    return {"contacts": contacts, "outcomes": outcomes, "campaigns": campaigns, "customers": customers}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, frame in make_tables().items():
        frame.to_parquet(tmp_path / f"{name}.parquet")
    return tmp_path


def test_a_campaign_is_one_row_a_customer_with_what_was_known_before(folder: Path) -> None:
    units = read_campaign(folder, "Launch").frame.set_index("customer_id")
    assert list(units.index) == ["1", "2", "3", "4"]
    assert units["arm"].to_dict() == {"4": "held_out", "3": "sms", "2": "call", "1": "call"}
    assert units.loc["4", "channel"] == "none"
    assert units["age_years"].to_dict() == {"1": 31, "2": 42, "3": 53, "4": 64}
    assert units.loc["4", "contact_cost_cny"] == 0
    assert units.loc["4", "revenue_cny"] == 0
    assert units.loc["3", "revenue_cny"] == 120
    assert pd.isna(units.loc["1", "is_subscribed"])
    assert np.isnan(units.loc["1", "revenue_cny"])
    assert pd.isna(units.loc["4", "is_reached"])


def test_the_day_of_the_analysis_hides_what_came_after(folder: Path) -> None:
    table = read_campaign(folder, as_of=dt.date(2025, 7, 20))
    units = table.frame.set_index("customer_id")
    assert list(units.index) == ["2", "3", "4"]  # customer 1 enters on the 31st
    assert not units.loc["2", "is_subscribed"]
    assert pd.isna(units.loc["2", "subscribed_on"])
    assert units.loc["2", "revenue_cny"] == 0
    assert np.isnan(units.loc["3", "revenue_cny"])  # twelve months are not over
    assert any("still runs" in note for note in table.source.notes)
    later = read_campaign(folder, as_of=dt.date(2026, 7, 5)).frame.set_index("customer_id")
    assert later.loc["3", "revenue_cny"] == 120
    assert np.isnan(later.loc["2", "revenue_cny"])


def test_campaigns_are_found_by_id_or_name_and_the_latest_by_default(folder: Path) -> None:
    assert find_campaign(folder, "1").name == find_campaign(folder, "Pilot").name == "Pilot"
    assert find_campaign(folder).started_on == STARTED.date()
    assert find_campaign(folder, as_of=dt.date(2025, 5, 1)).name == "Pilot"
    with pytest.raises(DataError, match=r"Did you mean 'Launch'\? Known: Pilot \(1\), Launch \(2\)"):
        find_campaign(folder, "Lanch")
    with pytest.raises(DataError, match="no campaign had begun"):
        find_campaign(folder, as_of=dt.date(2024, 5, 1))


def test_a_firms_own_csv_in_chinese_gives_the_same(folder: Path, tmp_path: Path) -> None:
    ours = tmp_path / "own"
    ours.mkdir()
    names = {
        "customer_id": "客户号",
        "channel": "渠道",
        "contacted_on": "联系日",
        "is_subscribed": "是否开通",
        "subscribed_on": "开通日",
        "revenue_cny": "收入",
        "cost_cny": "成本",
        "is_reached": "接通",
    }
    for name in ("contacts", "outcomes"):
        frame = make_tables()[name].query("campaign_id == 2").drop(columns="campaign_id")
        frame.rename(columns=names).to_csv(ours / f"{name}.csv", index=False, encoding="gb18030")
    mapping = tmp_path / "names.yml"
    mapping.write_text("\n".join(f"{our}: {their}" for our, their in names.items()), "utf-8")
    mine = read_campaign(ours, mapping=mapping).frame
    same = read_campaign(folder, "2").frame[list(UNIT_COLUMNS)]
    pd.testing.assert_frame_equal(mine[list(UNIT_COLUMNS)], same, check_dtype=False)


def test_the_ledger_gives_all_of_its_list_by_the_arm_drawn(folder: Path, tmp_path: Path) -> None:
    ledger = LoopLedger(tmp_path / "ledger")
    ledger.open_round("r1", name="r1", product_id="1", model="m", as_of=dt.date(2025, 6, 30))
    listed = pd.DataFrame(
        {
            "customer_id": ["1", "2", "3", "4"],
            "rank": [1, 2, 3, 4],
            "score": [0.9, 0.8, 0.7, 0.6],
            "tier": ["A", "A", "B", "B"],
            "channel": ["call", "none", "call", "none"],
            "arm": ["treated", "held_out", "treated", "held_out"],
        }
    )
    permission = pd.DataFrame(
        {"customer_id": listed["customer_id"], "consent": True, "do_not_contact": False}
    )
    ledger.add_list(listed, round_id="r1", campaign_id="c1", permission=permission, made_by="Li")
    made = pd.DataFrame(
        {
            "campaign_id": "c1",
            "customer_id": ["1", "2", "9"],  # 2 was contacted though held out; 9 is on no list
            "channel": "call",
            "contacted_on": STARTED + pd.to_timedelta([2, 0, 1], unit="D"),
            "is_reached": True,
            "cost_cny": 3.5,
        }
    )
    ledger.add_contacts(made, round_id="r1")
    known = make_tables()["outcomes"].query("campaign_id == 2").assign(campaign_id="c1")
    ledger.add_outcomes(
        known.astype({"customer_id": "str"}), round_id="r1", observed_until=dt.date(2025, 9, 30)
    )
    table = read_campaign(folder, ledger=tmp_path / "ledger")
    units = table.frame.set_index("customer_id")
    assert list(units["arm"]) == ["treated", "held_out", "treated", "held_out"]
    assert set(units["entered_on"]) == {STARTED}
    assert units.loc["3", "is_subscribed"]
    assert list(units["tier"]) == ["A", "A", "B", "B"]
    assert units.loc["1", "age_years"] == 31
    assert pd.isna(units.loc["3", "contacted_on"])
    assert len([text for text in table.source.warnings if "held out" in text or "no list" in text]) == 2
    facts = find_campaign(None, ledger=tmp_path / "ledger")
    assert (facts.campaign_id, facts.started_on, facts.ended_on) == (
        "c1",
        STARTED.date(),
        dt.date(2025, 9, 30),
    )
    assert "age_years" not in read_campaign(None, ledger=tmp_path / "ledger").frame
    # Who is contacted two days later has, as of the first day, not been contacted.
    early = read_campaign(None, ledger=tmp_path / "ledger", as_of=STARTED.date()).frame.set_index(
        "customer_id"
    )
    assert list(early.index) == list(units.index)
    assert early.loc["1", ["contacted_on", "is_reached", "contact_cost_cny"]].isna().all()
    assert early.loc["2", "is_reached"]


def test_one_table_is_read_as_it_is_or_named_as_a_campaign(tmp_path: Path) -> None:
    file = tmp_path / "试验.csv"
    file.write_text(
        "customer_id,arm,entered_on,subscribed_on,age\n"
        "007,对照,2025-07-01,,30\n008,电话,2025-07-01,2025-07-09,40\n009,电话,2025-07-02,,50\n",
        "utf-8",
    )
    assert list(read_campaign(file).frame["arm"]) == ["对照", "电话", "电话"]
    units = read_campaign(file, control="对照").frame
    assert list(units["arm"]) == ["held_out", "电话", "电话"]
    assert list(units["is_subscribed"]) == [False, True, False]
    assert list(units["age"]) == [30, 40, 50]
    assert find_campaign(file).started_on == STARTED.date()


def test_a_table_that_is_no_campaign_is_told_with_all_problems(tmp_path: Path) -> None:
    file = tmp_path / "odd.csv"
    file.write_text(
        "customer_id,arm,entered_on,is_subscribed\n1,a,soon,maybe\n1,b,never,no\n2,a,x,yes\n", "utf-8"
    )
    with pytest.raises(DataError) as caught:
        read_campaign(file, control="a")
    assert len(caught.value.problems) == 3
    file.write_text("customer_id,x\n1,2\n2,3\n", "utf-8")
    with pytest.raises(DataError, match="arm or channel: the column is absent") as caught:
        read_campaign(file, control="a")
    assert len(caught.value.problems) == 3


def test_without_a_hold_out_or_with_customers_twice_it_is_refused(tmp_path: Path) -> None:
    tables = make_tables()
    for name, frame in tables.items():
        frame.to_parquet(tmp_path / f"{name}.parquet")
    tables["contacts"].replace({"channel": {"none": "sms"}}).to_parquet(tmp_path / "contacts.parquet")
    with pytest.raises(DataError, match="nobody was held out"):
        read_campaign(tmp_path)
    pd.concat([tables["contacts"]] * 2).to_parquet(tmp_path / "contacts.parquet")
    with pytest.raises(DataError, match="4 customers are in campaign 2 more than once"):
        read_campaign(tmp_path)
    (tmp_path / "outcomes.parquet").unlink()
    with pytest.raises(DataError, match="holds no table outcomes"):
        read_campaign(tmp_path)


def test_a_campaign_is_scanned_as_a_test(folder: Path) -> None:
    once = read_campaign(folder, "1").frame  # one unit in some arms; a scan wants ten
    units = pd.concat([once.assign(customer_id=once["customer_id"] + f"-{copy}") for copy in range(10)])
    scan = scan_frame(units, design_campaign(find_campaign(folder, "1"), segments=("age_years",)))
    assert scan.arms == ("held_out", "call", "sms")
    assert scan.design.main.key == "is_subscribed"
    assert scan.units["units"].sum() == 40
