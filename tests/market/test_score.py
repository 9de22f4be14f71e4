"""A list from outside: every problem at once, in rows and words."""

import numpy as np
import pandas as pd
import pytest

from leadline.errors import DataError
from leadline.market.market import Market
from leadline.market.score import check_list


@pytest.fixture(scope="module")
def ids(market: Market) -> list[str]:
    return [str(one) for one in market.observed.customer_id[market.observed.permitted][:20]]


def problems(frame: pd.DataFrame, market: Market, **how: object) -> tuple[str, ...]:
    with pytest.raises(DataError) as caught:
        check_list(frame, market, source_name="list.csv", **how)  # type: ignore[arg-type]
    assert caught.value.headline == "list.csv cannot be scored"
    return caught.value.problems


def test_a_sound_list_is_matched_in_its_own_order(market: Market, ids: list[str]) -> None:
    frame = pd.DataFrame({"customer_id": ids[::-1][:4], "channel": ["none", "call", "sms", "branch"]})
    listed = check_list(frame, market, source_name="list.csv")
    assert market.observed.customer_id[listed.row].tolist() == [int(one) for one in ids[::-1][:4]]
    assert listed.arm.tolist() == [0, 2, 1, 3]
    assert (listed.opted_out, listed.already_subscribed, listed.recently_contacted) == (0, 0, 0)


def test_ids_may_be_whole_numbers_too_and_one_channel_is_for_all(market: Market, ids: list[str]) -> None:
    frame = pd.DataFrame({"customer_id": [int(one) for one in ids]})
    listed = check_list(frame, market, source_name="list.csv", channel="trial")
    assert set(listed.arm.tolist()) == {4}


def test_everything_wrong_is_said_at_once(market: Market, ids: list[str]) -> None:
    opted_out = str(market.observed.customer_id[market.observed.do_not_contact][0])
    listed = [ids[0], ids[0], "99", "C-7", f"{ids[1]}.0", "1.5E+07", opted_out, None, ids[2]]
    channel = ["call", "sms", "call", "call", "call", "call", "call", "call", "cal"]
    found = problems(pd.DataFrame({"customer_id": listed, "channel": channel}), market)
    assert [text.split(" (")[0] for text in found] == [
        "customer_id: 1 value is missing",
        "customer_id: 2 ids are written with a decimal point or in scientific notation",
        "customer_id: 2 ids are not in this market",
        "customer_id: 1 customer is listed already",
        "customer_id: 1 customer is not to be contacted",
        "channel: 1 value is no channel",
    ]
    assert f"(rows 6 and 7: '{ids[1]}.0', '1.5E+07')" in found[1]
    assert "(rows 4 and 5: '99', 'C-7')" in found[2]
    assert f"(row 3: '{ids[0]}')" in found[3]
    assert "(row 8)" in found[4]
    assert "Did you mean 'call'? Allowed are none, sms, call, branch, trial, referral." in found[5]


def test_a_customer_spelled_in_two_ways_is_listed_twice(market: Market, ids: list[str]) -> None:
    (problem,) = problems(pd.DataFrame({"customer_id": [ids[0], "0" + ids[0], ids[1]]}), market)
    assert problem.startswith(f"customer_id: 1 customer is listed already (row 3: '0{ids[0]}').")


def test_who_never_agreed_is_barred_as_who_opted_out(market: Market) -> None:
    never = market.observed.customer_id[~market.observed.consent & ~market.observed.do_not_contact][:3]
    (problem,) = problems(pd.DataFrame({"customer_id": never}), market)
    assert problem.startswith("customer_id: 3 customers are not to be contacted (opted out, or never agreed)")
    listed = check_list(
        pd.DataFrame({"customer_id": never}), market, source_name="list.csv", allow_opted_out=True
    )
    assert listed.opted_out == 3


def test_subscribers_and_pilot_customers_are_counted_not_refused(market: Market) -> None:
    seen = market.observed
    allowed = seen.consent & ~seen.do_not_contact
    rows = np.concatenate(
        [
            np.flatnonzero(allowed & seen.subscribed_before)[:2],
            np.flatnonzero(allowed & seen.recently_contacted & ~seen.subscribed_before)[:3],
            np.flatnonzero(seen.permitted)[:1],
        ]
    )
    listed = check_list(pd.DataFrame({"customer_id": seen.customer_id[rows]}), market, source_name="list.csv")
    assert listed.already_subscribed == 2
    assert listed.recently_contacted >= 3


def test_a_channel_beyond_its_capacity_is_refused_one_at_its_capacity_not(market: Market) -> None:
    capacity = market.parameters.capacity(market.customers)[2]
    customers = market.observed.customer_id[market.observed.permitted]
    check_list(
        pd.DataFrame({"customer_id": customers[:capacity]}), market, source_name="list.csv", channel="branch"
    )
    (problem,) = problems(pd.DataFrame({"customer_id": customers[: capacity + 1]}), market, channel="branch")
    assert problem == (
        f"channel: {capacity + 1} customers by branch, whose capacity in a market of 50,000 is {capacity}. "
        "Move 1 to another channel or off the list."
    )


def test_a_missing_channel_and_a_missing_column_are_named(market: Market, ids: list[str]) -> None:
    (problem,) = problems(pd.DataFrame({"customer_id": ids[:2], "channel": ["call", None]}), market)
    assert problem == "channel: 1 value is missing (row 3). Write none for the hold-out."
    (problem,) = problems(pd.DataFrame({"customerid": ids}), market)
    assert "the column is absent. Did you mean 'customerid'?" in problem


def test_the_id_below_the_first_and_above_the_last_are_unknown(market: Market) -> None:
    known = market.observed.customer_id
    frame = pd.DataFrame({"customer_id": [known[0] - 1, known[-1] + 1, 10**17]})
    (problem,) = problems(frame, market)
    assert problem.startswith("customer_id: 3 ids are not in this market")
