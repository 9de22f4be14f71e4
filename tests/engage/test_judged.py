"""Whom lists are judged on: the contact policy, as far as the tables tell."""

import numpy as np
import pandas as pd
import pytest

from leadline.engage import ContactPolicy, choose_judged, gate_customers
from leadline.errors import DataError

DAY = "2025-06-30"
PRODUCTS = pd.DataFrame({"product_id": ["p", "q"], "risk_level": [3, 1]})
HOLDINGS = pd.DataFrame(
    {
        "customer_id": [1.0, 2.0, 3.0, np.nan],
        "product_id": ["p"] * 4,
        "since": ["2025-01-01", "2025-08-01", "2024-01-01", "2024-01-01"],
        "until": [None, None, "2025-06-30", "long ago"],
    }
)


@pytest.fixture
def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "customer_id": ["1", "2", "3", "4", "5", "6", "7"],
            "consent": ["yes", "no", "yes", "Yes", "yes", "yes", None],
            "do_not_contact": [False, True, False, False, None, False, False],
            "is_staff": ["no", "no", "no", "yes", "no", "no", None],
            "age_years": [30, 30, 30, 30, 30, 17, 30],
            "risk_level": [3, 3, 3, 3, 3, 3, None],
        }
    )


def removed(found) -> dict[str, int]:
    return found.left_out.set_index("rule")["customers"].to_dict()


def test_the_rules_are_those_of_the_list(frame) -> None:
    tables = {"holdings": HOLDINGS, "contact_history": None}
    found = choose_judged(frame, ContactPolicy(), as_of=DAY, products=PRODUCTS, **tables)
    gate = gate_customers(
        frame, ContactPolicy(), as_of=DAY, product_id="p", product_risk=3, holdings=HOLDINGS
    )
    assert found.frame["customer_id"].tolist() == gate.permitted["customer_id"].tolist() == ["3"]
    assert removed(found) == gate.rules.set_index("rule")["removed"].to_dict()
    assert found.unasked["customer_id"].tolist() == ["2", "5"]  # 7 is besides of unknown risk
    assert found.not_asked == ()
    assert "1 customer may be contacted" in found._repr_html_()


def test_what_only_the_partner_knows_bars_nobody_outside_the_group(frame) -> None:
    tables = {"products": PRODUCTS, "holdings": HOLDINGS}
    known = frame.assign(consent="yes")
    inside = np.arange(len(frame)) < 6
    found = choose_judged(known, ContactPolicy(), as_of=DAY, group=inside, **tables)
    assert found.frame["customer_id"].tolist() == ["3", "7"]
    found = choose_judged(known, ContactPolicy(), as_of=DAY, group=~inside, **tables)
    assert "7" not in found.frame["customer_id"].tolist()


def test_a_table_that_tells_nothing_keeps_everybody_and_says_what_was_not_asked(frame) -> None:
    found = choose_judged(frame[["customer_id"]], ContactPolicy(quiet_period_days=90), as_of=None)
    assert found.frame.equals(frame[["customer_id"]])
    assert len(found.not_asked) == 7
    assert "no rule of the contact policy can be asked" in found.summary
    assert "earlier contacts" in found.sentences[1]


def test_a_table_without_ids_is_asked_what_it_tells(frame) -> None:
    found = choose_judged(frame[["consent"]], ContactPolicy(), as_of=None, holdings=HOLDINGS)
    assert len(found.frame) == 5
    assert list(found.frame.columns) == ["consent"]
    assert removed(found) == {"consent": 2}
    assert any("holds the product" in text for text in found.not_asked)


def test_holdings_without_a_day_of_ending_are_held(frame) -> None:
    held = HOLDINGS[["customer_id", "product_id"]]
    found = choose_judged(frame.assign(age_years=30), ContactPolicy(), as_of=DAY, holdings=held)
    assert removed(found)["holder"] == 2  # 1 and 3; 2 opted out
    with pytest.raises(DataError, match="holder bars 3"):
        choose_judged(frame[:3], ContactPolicy(), as_of=DAY, holdings=held)


@pytest.mark.parametrize("product", [None, "x"])
def test_the_product_must_be_known(frame, product) -> None:
    held = HOLDINGS.assign(product_id=["p", "p", "p", "q"])
    with pytest.raises(DataError, match="must be one of the products held: p, q"):
        choose_judged(frame, ContactPolicy(), as_of=DAY, holdings=held, product_id=product)


@pytest.fixture
def pilot() -> tuple[pd.DataFrame, pd.DataFrame, np.ndarray]:
    """437 contacted at random, of whom the 16 buyers now hold the product."""
    frame = pd.DataFrame({"customer_id": np.arange(437), "consent": True, "do_not_contact": False})
    bought = np.arange(437) < 16
    return frame, pd.DataFrame({"customer_id": np.arange(16), "product_id": "p"}), bought


def test_holders_of_a_finished_campaign_are_its_buyers_and_stay(pilot) -> None:
    frame, holdings, bought = pilot
    contacted = frame[["customer_id"]].assign(contacted_on="2025-06-01")
    policy = ContactPolicy(quiet_period_days=90)
    tables = {"holdings": holdings, "contact_history": contacted}
    found = choose_judged(frame, policy, as_of=DAY, is_over=True, bought=bought, **tables)
    assert len(found.frame) == 437
    assert sum("contacted already" in text for text in found.not_asked) == 2


def test_leaving_out_holders_who_are_buyers_is_warned_of(pilot) -> None:
    frame, holdings, bought = pilot
    found = choose_judged(frame, ContactPolicy(), as_of=DAY, holdings=holdings, bought=bought)
    assert len(found.frame) == 421
    assert "leaves out 100" in found.notes[-1]
    others = choose_judged(
        frame, ContactPolicy(), as_of=DAY, holdings=holdings, bought=np.arange(437) % 20 == 0
    )
    assert others.notes == ()
