"""The data dictionary says what the contracts say."""

import pytest

from leadline.data import ColumnRule, Contract
from leadline.data.dictionary import README, describe_allowed, write_dictionary, write_readme
from leadline.data.tables import MARKET_TABLES


def test_the_readme_is_current() -> None:
    readme = README.read_text("utf-8")
    assert readme == write_readme(readme), "run make dictionary"


def test_every_column_of_every_table_has_its_row() -> None:
    text = write_dictionary(MARKET_TABLES)
    for table in text.split("### ")[1:]:
        name = table.splitlines()[0]
        (contract,) = (contract for contract in MARKET_TABLES if contract.name == name)
        rows = [line for line in table.splitlines() if line.startswith("| `")]
        assert [row.split("`")[1] for row in rows] == [rule.name for rule in contract.columns]
        assert f"One row is {contract.grain}." in table
    assert text.count("### ") == len(MARKET_TABLES)


def test_a_table_is_written_in_full() -> None:
    contract = Contract(
        name="orders",
        grain="one order",
        key=("order_id", "day"),
        columns=(
            ColumnRule(name="order_id", kind="id", meaning="the order", unique=True),
            ColumnRule(
                name="fee_cny",
                kind="number",
                meaning="fee | tax",
                unit="CNY",
                minimum=0,
                maximum=1_500_000,
                nullable=True,
                personal_data="sensitive",
            ),
            ColumnRule(name="use", kind="text", meaning="use", allowed=("heavy", "light"), required=False),
        ),
    )
    assert write_dictionary([contract]) == (
        "### orders\n\nOne row is one order. Key: `order_id` + `day`.\n\n"
        "| column | type | unit | meaning | allowed | may be missing | personal data |\n"
        "|---|---|---|---|---|---|---|\n"
        "| `order_id` | id, unique |  | the order |  | no | none |\n"
        "| `fee_cny` | number | CNY | fee \\| tax | 0 to 1,500,000 | yes | sensitive |\n"
        "| `use` | text (the column may be absent) |  | use | heavy, light | no | none |\n"
    )


@pytest.mark.parametrize(
    ("minimum", "maximum", "allowed"),
    [(None, None, ""), (0, None, "0 or more"), (None, 0.5, "0.5 or less"), (-1, 1, "-1 to 1")],
)
def test_a_range_is_said(minimum: float | None, maximum: float | None, allowed: str) -> None:
    rule = ColumnRule(name="a", kind="number", meaning="a", minimum=minimum, maximum=maximum)
    assert describe_allowed(rule) == allowed


def test_the_hand_written_part_stays() -> None:
    readme = README.read_text("utf-8").replace("# Data\n", "# My data\n", 1) + "\nBy hand.\n"
    written = write_readme(readme)
    assert written.startswith("# My data\n")
    assert written.endswith("\nBy hand.\n")


def test_a_readme_without_its_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="must hold '<!-- dictionary"):
        write_readme("# Data\n")
