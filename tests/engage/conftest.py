import numpy as np
import pandas as pd
import pytest

from leadline.engage import ContactPolicy, gate_customers


@pytest.fixture
def rng():
    return np.random.default_rng(7)


@pytest.fixture
def customers():
    """Ten customers: 0 is free of everything, each of 1 to 9 is barred by one rule or two."""
    frame = pd.DataFrame(
        {
            "customer_id": range(10),
            "consent": True,
            "do_not_contact": False,
            "is_staff": False,
            "age_years": 40.0,
            "risk_level": 3.0,
        }
    ).astype(object)
    frame.loc[1, "do_not_contact"] = True
    frame.loc[2, "consent"] = False
    frame.loc[3, "consent"] = None
    frame.loc[4, "is_staff"] = True
    frame.loc[5, "age_years"] = 17
    frame.loc[6, "risk_level"] = 1
    frame.loc[9, ["consent", "age_years"]] = [False, 16]
    return frame


@pytest.fixture
def tables():
    """Customer 7 holds the product, customer 8 was contacted yesterday."""
    history = pd.DataFrame({"customer_id": [8], "contacted_on": ["2025-06-30"], "channel": ["sms"]})
    holdings = pd.DataFrame(
        {"customer_id": [7], "product_id": ["p"], "since": ["2025-01-01"], "until": [None]}
    )
    return {
        "as_of": "2025-07-01",
        "product_id": "p",
        "product_risk": 2,
        "contact_history": history,
        "holdings": holdings,
    }


@pytest.fixture
def strict():
    return ContactPolicy(quiet_period_days=14, most_contacts=2, window_days=30)


@pytest.fixture
def open_gate():
    """Return a gate that lets everybody of a table pass."""

    def build(frame):
        people = frame[["customer_id"]].assign(do_not_contact=False, consent=True)
        policy = ContactPolicy(
            staff_barred=False, minimum_age_years=None, suitability_required=False, holders_barred=False
        )
        return gate_customers(people, policy, as_of="2025-07-01")

    return build
