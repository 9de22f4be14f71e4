import pandas as pd
import pytest

from leadline.engage import ContactPolicy, gate_customers
from leadline.errors import DataError


def test_each_rule_removes_whom_it_names_and_nobody_twice(customers, tables, strict) -> None:
    result = gate_customers(customers, strict, **tables)
    assert list(result.permitted["customer_id"]) == [0]
    rules = result.rules.set_index("rule")
    assert rules["removed"].to_dict() == {
        "do_not_contact": 1,
        "consent": 3,  # 2, 3 and 9, who is a minor besides
        "staff": 1,
        "age": 1,
        "suitability": 1,
        "holder": 1,
        "quiet_period": 1,
        "frequency_cap": 0,
    }
    assert rules.loc["age", ["barred", "barred_alone"]].tolist() == [2, 1]
    assert rules["removed"].sum() == result.population - len(result.permitted)
    assert list(result.flow["customers"]) == [10, 9, 6, 5, 4, 3, 2, 1, 1]


def test_a_missing_consent_is_named(customers, tables, strict) -> None:
    result = gate_customers(customers, strict, **tables)
    assert result.rules.set_index("rule").loc["consent", ["unknown", "unknown_barred"]].tolist() == [1, 1]
    assert any("the value is unknown for 1 customers" in text for text in result.warnings)


def test_the_customers_are_not_changed(customers, tables, strict) -> None:
    before = customers.copy(deep=True)
    gate_customers(customers, strict, **tables)
    pd.testing.assert_frame_equal(customers, before)


def test_a_rule_that_cannot_be_checked_stops_the_gate(customers, strict) -> None:
    with pytest.raises(DataError) as caught:
        gate_customers(customers.drop(columns=["consent", "risk_level"]), strict, as_of="soon")
    text = str(caught.value)
    assert "(8 problems)" not in text
    for part in (
        "consent: the customers table has no such column",
        "risk_level: the customers table has no such column",
        "product_risk == None",
        "product_id is not given",
        "holdings is not given",
        "contact_history is not given",
        "as_of == 'soon'",
    ):
        assert part in text


@pytest.mark.covers("bad_inputs", "join_type_mismatch")
def test_ids_that_lost_their_zeros_are_refused_not_passed(customers, tables, strict) -> None:
    padded = customers.assign(customer_id=[f"00{number}" for number in range(10)])
    with pytest.raises(
        DataError, match="contact_history holds numbers, but 10 customers have ids with leading"
    ):
        gate_customers(padded, strict, **tables)


@pytest.mark.covers("bad_inputs", "duplicate_ids", "null_keys_join")
def test_duplicate_and_missing_ids_are_refused(customers, tables, strict) -> None:
    customers["customer_id"] = [0, 0, None, 3, 4, 5, 6, 7, 8, 9]
    with pytest.raises(DataError, match=r"1 value is missing \(row 4\)[\s\S]*1 id occurs more than once"):
        gate_customers(customers, strict, **tables)


@pytest.mark.parametrize(
    ("days_ago", "is_barred"),
    [([14], False), ([13], True), ([29, 29], True), ([30, 30], False), ([20], False), ([29, 30], False)],
)
def test_the_ends_of_quiet_period_and_window(customers, tables, strict, days_ago, is_barred) -> None:
    days = [pd.Timestamp("2025-07-01") - pd.Timedelta(days=ago) for ago in days_ago]
    history = pd.DataFrame({"customer_id": ["0"] * len(days), "contacted_on": days})
    result = gate_customers(customers, strict, **(tables | {"contact_history": history}))
    assert ("0" not in set(result.permitted["customer_id"].astype(str))) == is_barred


def test_a_held_out_customer_was_not_contacted(customers, tables, strict) -> None:
    tables["contact_history"]["channel"] = "none"
    result = gate_customers(customers, strict, **tables)
    assert list(result.permitted["customer_id"]) == [0, 8]


def test_what_comes_after_the_day_is_not_seen(customers, tables, strict) -> None:
    tables["contact_history"]["contacted_on"] = "2025-07-02"
    tables["holdings"]["since"] = "2025-07-02"
    result = gate_customers(customers, strict, **tables)
    assert list(result.permitted["customer_id"]) == [0, 7, 8]


def test_a_contact_without_a_day_bars_and_a_strange_history_is_named(customers, tables, strict) -> None:
    tables["contact_history"]["contacted_on"] = "yesterday"
    result = gate_customers(customers, strict, **tables)
    assert list(result.permitted["customer_id"]) == [0]
    assert any("no readable day" in text for text in result.warnings)
    tables["contact_history"]["customer_id"] = ["elsewhere"]
    result = gate_customers(customers, strict, **tables)
    assert any("are the ids the same?" in text for text in result.warnings)


def test_a_loose_policy_is_owned_up_to(customers, tables) -> None:
    policy = ContactPolicy(consent_required=False, minimum_age_years=None, suitability_required=False)
    result = gate_customers(customers, policy, **tables)
    assert len(result.permitted) == 7
    assert len([text for text in result.warnings if text.startswith("The policy")]) == 3


def test_the_result_names_no_customer_in_its_record_and_escapes_nothing_away(
    customers, tables, strict
) -> None:
    result = gate_customers(customers, strict, **tables)
    assert result.to_dict()["permitted"] == 1
    assert result.to_dict()["policy_sha256"] == strict.digest
    assert (
        result.summary == "1 of 10 customers (10.0%) may be contacted; the rule “No consent” takes most (3)."
    )
    assert "<table" in result._repr_html_()
    assert "without: No consent 6" in result.figure().get_label()
