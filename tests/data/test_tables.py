"""Every contract is sound in itself; the shipped table keeps its own, and a spoilt copy does not."""

import re

import pytest

from leadline.data import Contract, check_table, read_table
from leadline.data.tables import COIL2000, MARKET_TABLES
from leadline.errors import DataError

NUMERIC = {"number", "whole_number"}
RULES = [
    pytest.param(rule, id=f"{contract.name}.{rule.name}")
    for contract in MARKET_TABLES
    for rule in contract.columns
]
#: What a column's name says of its unit.
UNIT_OF_NAME = {"cny": "CNY", "km": "km", "mb": "MB", "years": "years", "months": "months", "s": "seconds"}
UNIT_OF_NAME |= {"minutes": "minutes", "share": "share", "days": "days", "month": "CNY"}
SENSITIVE = {"consent", "do_not_contact", "assets_cny", "amount_cny", "trades_3m", "holds_account"}


@pytest.mark.parametrize("contract", MARKET_TABLES, ids=lambda contract: contract.name)
def test_names_and_keys_are_sound(contract: Contract) -> None:
    names = [rule.name for rule in contract.columns]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in (contract.name, *names))
    assert contract.grain.startswith("one ")
    by_name = {rule.name: rule for rule in contract.columns}
    for name in contract.key:
        assert not by_name[name].nullable
        assert by_name[name].required


def test_tables_have_one_name_each() -> None:
    assert len({contract.name for contract in MARKET_TABLES}) == len(MARKET_TABLES)


@pytest.mark.parametrize("rule", RULES)
def test_every_number_has_a_unit_or_is_a_level(rule) -> None:
    assert rule.meaning
    if rule.kind in NUMERIC:
        is_level = rule.name.endswith("_level")
        assert is_level != bool(rule.unit)
        assert rule.minimum is not None
        expected = UNIT_OF_NAME.get(rule.name.rsplit("_", 1)[-1])
        assert expected in (None, rule.unit)
    else:
        assert not rule.unit
        assert rule.minimum is None
        assert rule.maximum is None


@pytest.mark.parametrize("rule", RULES)
def test_personal_data_is_classed(rule) -> None:
    if rule.name in {"customer_id", "caller_id", "callee_id", "account_id", "respondent_id"}:
        assert rule.personal_data == "pseudonym"
    elif rule.name == "phone":
        assert rule.personal_data == "identifier"
    elif rule.name in SENSITIVE:
        assert rule.personal_data == "sensitive"
    else:
        assert rule.personal_data != "identifier"


def test_a_column_has_one_class_of_personal_data_within_a_person_s_tables() -> None:
    classes: dict[str, set[str]] = {}
    for contract in MARKET_TABLES:
        if any(rule.personal_data == "pseudonym" for rule in contract.columns):
            for rule in contract.columns:
                classes.setdefault(rule.name, set()).add(rule.personal_data)
    several = {name for name, found in classes.items() if len(found) > 1}
    assert several == {"key_account"}, "ours is an employer, the broker's a list of the wealthy"


def test_the_shipped_table_keeps_its_contract() -> None:
    table = read_table("coil2000", contract=COIL2000)
    assert table.source.warnings == ()
    assert table.frame.shape == (5_822, 86)
    assert (table.frame["Purchase"] == "Yes").sum() == 348


def test_a_spoilt_copy_does_not() -> None:
    frame = read_table("coil2000").frame
    with pytest.raises(DataError, match="Purchase: 5,822 values are not allowed"):
        check_table(frame.assign(Purchase="maybe"), COIL2000, "coil2000")
