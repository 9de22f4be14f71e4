"""Nobody whom a rule bars is on any list: random populations against an oracle in plain Python."""

import os

import numpy as np
import pytest

from leadline.engage import ListOrder, build_list, gate_customers
from leadline.errors import DataError
from tests.engage.populations import AS_OF, draw_policy, draw_population, to_frame

#: Each population alone, with types of its own; LEADLINE_POPULATIONS=10000 is the full form.
ALONE = int(os.environ.get("LEADLINE_POPULATIONS", "100"))
TOGETHER = 10_000


def find_wrong(gate, tables, is_barred, policy):
    permitted = set(gate.decisions.loc[gate.decisions["is_permitted"], "customer_id"])
    wanted = {str(n) for place, n in enumerate(tables["numbers"]) if not is_barred(place, policy)}
    return permitted ^ (wanted & set(gate.decisions["customer_id"]))


def list_ids(frame, gate):
    try:
        found = build_list(frame, gate, ListOrder(base_rate=0.05, salt="s", holdout_size=1))
    except DataError:
        return set()  # nobody, or one customer alone, who cannot be split
    return set(found.rows["customer_id"])


def test_no_barred_customer_is_on_a_list_of_one_population() -> None:
    listed_in_all = 0
    for seed in range(ALONE):
        rng = np.random.default_rng(seed)
        policy = draw_policy(rng)
        tables, is_barred = draw_population(rng)
        customers = to_frame(rng, tables["customers"])
        gate = gate_customers(
            customers,
            policy,
            as_of=AS_OF,
            product_id=7,
            product_risk=tables["product_risk"],
            contact_history=to_frame(rng, tables["contact_history"]),
            holdings=to_frame(rng, tables["holdings"]),
        )
        assert not find_wrong(gate, tables, is_barred, policy), seed
        barred = {str(n) for place, n in enumerate(tables["numbers"]) if is_barred(place, policy)}
        listed = list_ids(customers, gate)
        assert not listed & barred, seed
        assert gate.rules["removed"].sum() == gate.population - len(gate.permitted) == len(barred)
        listed_in_all += len(listed)
    assert listed_in_all > ALONE / 20


@pytest.mark.parametrize("seed", [1, 2])
def test_no_barred_customer_of_ten_thousand_populations(seed: int) -> None:
    rng = np.random.default_rng(seed)
    policy = draw_policy(rng)
    drawn = [draw_population(rng, first_id=10 * place) for place in range(TOGETHER // 2)]
    for risk in range(1, 6):
        group = [(tables, is_barred) for tables, is_barred in drawn if tables["product_risk"] == risk]
        names = ("customers", "contact_history", "holdings")
        rows = {name: [row for tables, _ in group for row in tables[name]] for name in names}
        gate = gate_customers(
            to_frame(rng, rows["customers"]),
            policy,
            as_of=AS_OF,
            product_id="7",
            product_risk=risk,
            contact_history=to_frame(rng, rows["contact_history"]),
            holdings=to_frame(rng, rows["holdings"]),
        )
        permitted = set(gate.decisions.loc[gate.decisions["is_permitted"], "customer_id"])
        wanted = {
            str(number)
            for tables, is_barred in group
            for place, number in enumerate(tables["numbers"])
            if not is_barred(place, policy)
        }
        assert permitted == wanted
        assert len(wanted) > 5
