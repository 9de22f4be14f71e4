"""What the loop ledger keeps: three kinds of rows, and what a contract cannot ask of them."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa

from leadline.channels import CHANNELS
from leadline.data.contract import ColumnRule, Contract, Kind
from leadline.data.fit import fit_columns
from leadline.data.raw import find_file_rows, name_rows
from leadline.data.tables import CONTACTS, OUTCOMES
from leadline.language import plural

#: All three kinds share it, so that a contact finds its list and its outcome.
KEY = ("campaign_id", "customer_id")
NO_CONTACT = "none"
BATCH_ROWS = 100_000
HELD_OUT = "held_out"

LISTS = Contract(
    name="lists",
    grain="one customer on a campaign's list, to be contacted or held out",
    key=KEY,
    columns=(
        ColumnRule(name="campaign_id", kind="id", meaning="the campaign"),
        ColumnRule(name="customer_id", kind="id", meaning="the customer", personal_data="pseudonym"),
        ColumnRule(name="rank", kind="whole_number", meaning="place on the list, 1 is best", minimum=1),
        ColumnRule(name="score", kind="number", meaning="what the model said", nullable=True),
        ColumnRule(name="tier", kind="text", meaning="group in which the list is worked off", nullable=True),
        ColumnRule(
            name="channel",
            kind="text",
            meaning="channel assigned; none is the hold-out",
            allowed=(NO_CONTACT, *CHANNELS),
        ),
        ColumnRule(name="arm", kind="text", meaning=f"arm of the test; {HELD_OUT} is not contacted"),
    ),
)

_STORED: dict[Kind, pa.DataType] = {
    "id": pa.string(),
    "text": pa.string(),
    "number": pa.float64(),
    "whole_number": pa.int64(),
    "date": pa.date32(),
    "flag": pa.bool_(),
}


@dataclass(frozen=True, kw_only=True)
class LoopTable:
    """One kind of rows.

    Attributes
    ----------
    contract
        What an import must hold.
    date_column
        The date by which parts are described, '' for none.
    stamps
        Columns that the import itself adds, the same for all of its rows.
    known, followed_up
        SQL on rows of one key, ``i`` imported and ``c`` kept: whether ``i`` tells nothing that ``c`` does
        not ('' where that means equal); whether it tells more without contradicting ``c``.
    find_problems
        What else is wrong with a frame that keeps the contract.
    """

    contract: Contract
    date_column: str = ""
    stamps: tuple[tuple[str, pa.DataType], ...] = (("round_id", pa.string()),)
    known: str = ""
    followed_up: str = "false"
    find_problems: Callable[[pd.DataFrame, dict[str, object]], list[str]] = lambda _frame, _stamps: []

    @property
    def schema(self) -> pa.Schema:
        """Columns and types of a part."""
        columns = [(rule.name, _STORED[rule.kind]) for rule in self.contract.columns]
        return pa.schema([*columns, *self.stamps])

    @property
    def value_names(self) -> list[str]:
        """Columns beside the key, in which two rows of one key may differ."""
        return [name for name in self.schema.names if name not in KEY]


def conform(frame: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """Keep the contract's columns, fitted to it; '' in ids is missing."""
    columns = {}
    for rule in contract.columns:
        if rule.name in frame:
            values = frame[rule.name]
            is_text_id = rule.kind == "id" and pd.api.types.is_string_dtype(values)
            columns[rule.name] = values.mask(values == "") if is_text_id else values
    return fit_columns(pd.DataFrame(columns, index=frame.index), contract)


def _find_outcome_problems(frame: pd.DataFrame, stamps: dict[str, object]) -> list[str]:
    is_dated = frame["subscribed_on"].notna()
    undated = find_file_rows(frame["is_subscribed"] & ~is_dated)
    denied = find_file_rows(~frame["is_subscribed"] & is_dated)
    late = find_file_rows(
        frame["subscribed_on"] >= pd.Timestamp(str(stamps["observed_until"])) + pd.Timedelta("1D")
    )
    problems = []
    if undated:
        problems.append(
            plural(
                "subscribed_on: {count} subscription has no day ({rows}). Without it nobody can say "
                "what was known when: fill it.",
                "subscribed_on: {count} subscriptions have no day ({rows}). Without it nobody can "
                "say what was known when: fill it.",
                len(undated),
                rows=name_rows(undated),
            )
        )
    if denied:
        problems.append(
            plural(
                "subscribed_on: {count} row has a day but is_subscribed is false ({rows}). Correct "
                "one of the two.",
                "subscribed_on: {count} rows have a day but is_subscribed is false ({rows}). Correct "
                "one of the two.",
                len(denied),
                rows=name_rows(denied),
            )
        )
    if late:
        problems.append(
            plural(
                "subscribed_on: {count} day is after {stamps}, the last day observed ({rows}). "
                "Correct them, or observed_until.",
                "subscribed_on: {count} days are after {stamps}, the last day observed ({rows}). "
                "Correct them, or observed_until.",
                len(late),
                stamps=stamps["observed_until"],
                rows=name_rows(late),
            )
        )
    return problems


def _find_list_problems(frame: pd.DataFrame, stamps: dict[str, object]) -> list[str]:
    del stamps
    wrong = find_file_rows((frame["channel"] == NO_CONTACT) != (frame["arm"] == HELD_OUT))
    if not wrong:
        return []
    return [
        plural(
            "arm: {count} row contradicts the channel ({rows}). Channel '{no_contact}' is arm "
            "'{held_out}', and no other channel is.",
            "arm: {count} rows contradict the channel ({rows}). Channel '{no_contact}' is arm "
            "'{held_out}', and no other channel is.",
            len(wrong),
            rows=name_rows(wrong),
            no_contact=NO_CONTACT,
            held_out=HELD_OUT,
        )
    ]


_OUTCOME_TOLD = """({short}.observed_until <= {long}.observed_until
    AND {short}.subscribed_on IS NOT DISTINCT FROM
        CASE WHEN {long}.subscribed_on <= {short}.observed_until THEN {long}.subscribed_on END
    AND ({short}.revenue_cny IS NULL OR {short}.revenue_cny IS NOT DISTINCT FROM {long}.revenue_cny))"""

LOOP_TABLES = {
    "lists": LoopTable(contract=LISTS, find_problems=_find_list_problems),
    "contacts": LoopTable(contract=CONTACTS, date_column="contacted_on"),
    "outcomes": LoopTable(
        contract=OUTCOMES,
        date_column="subscribed_on",
        stamps=(("round_id", pa.string()), ("observed_until", pa.date32())),
        known=_OUTCOME_TOLD.format(short="i", long="c"),
        followed_up=_OUTCOME_TOLD.format(short="c", long="i"),
        find_problems=_find_outcome_problems,
    ),
}
