"""One row a customer: everything known of each on a day, brought together from a folder of tables."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa

from leadline.data import Source, Table, read_beside, read_table
from leadline.data.open_tables import OpenTables, open_tables
from leadline.data.partner.match import match_accounts
from leadline.data.partner.phones import normalise_phone
from leadline.data.tables import CUSTOMERS, OWN_CUSTOMERS, PARTNER_ACCOUNTS
from leadline.errors import DataError
from leadline.features.profile import ID, customer_features
from leadline.features.trades import TRADE_FACTS, trade_features
from leadline.language import _, format_value

#: Facts of the partner's that describe a customer on the day of the list.
PARTNER_FACTS = (
    "is_staff",
    "trades_3m",
    "assets_cny",
    "pc_share",
    "work_hours_share",
    "phone_orders",
    "hall_orders",
    "risk_level",
)
_PARTNER_FLAGS = ("is_staff", "phone_orders", "hall_orders")
#: Tables too large for any form but Parquet.
_IN_BULK = ("monthly_usage", "calls", "transactions", "holdings")


def read_customers(
    data: str | Path,
    *,
    mapping: str | Path | None = None,
    as_of: dt.date | None = None,
    memory_gb: float | None = None,
) -> Table:
    """Read customers: one table as it is, or a folder of tables brought together as of a day.

    Parameters
    ----------
    data
        A table (returned as `leadline.data.read_table` reads it), or a folder that holds ``customers`` (an
        id and any other columns) and any of ``monthly_usage``, ``calls``, ``transactions`` and ``holdings``
        (Parquet) and ``partner_accounts`` (any form), as `leadline.data.tables` describes them.
    mapping
        YAML or CSV file that maps our column names to those of the tables.
    as_of
        Day of the analysis; a folder needs it. Nothing later is seen.
    memory_gb
        Most memory for the tables in bulk, GB, by default as `open_tables`.

    Returns
    -------
    Table
        One row a customer, by ``customer_id`` (text): the columns of ``customers`` but the number; those of
        `usage_features` (0 for who has no row); ``holder_calls``, ``holder_contacts`` and ``staff_calls`` in
        90 days (`circle_features`); ``products_held`` (`holding_features`, 0 for none); ``is_matched``; the
        partner's facts, missing where the partner has no account of the customer's, among them what was
        ordered in three months (`trade_features`; of all accounts under the customer's number).

    Raises
    ------
    DataError
        With all problems of a table at once.
    """
    folder = Path(data)
    if not folder.is_dir() or not _holds_customers(folder):
        return read_table(data, mapping=mapping, as_of=as_of)
    if as_of is None:
        raise DataError.of(
            _("{data} is a folder of tables", data=data), _("name the day of the analysis with as_of.")
        )
    customers = read_table(
        f"{data}::{CUSTOMERS.name}", mapping=mapping, contract=OWN_CUSTOMERS, is_mapping_shared=True
    )
    notes = list(customers.source.notes)
    with open_tables(folder, memory_gb=memory_gb, may_be_empty=True) as tables:
        _check_forms(folder, tables)
        accounts = _read_accounts(folder, mapping, as_of, tables)
        frame, facts = _add_partner(customers.frame, accounts, notes)
        frame = _add_behaviour(frame, facts, tables, as_of, notes)
    frame = frame.drop(columns="phone", errors="ignore").sort_values(ID, kind="stable", ignore_index=True)
    return Table(frame, _describe(customers.source, frame, as_of, notes))


def read_earlier(
    data: str | Path,
    *,
    given: str | Path | None = None,
    mapping: str | Path | None = None,
    as_of: dt.date | None = None,
) -> Table | None:
    """Read the same customers a period before.

    Parameters
    ----------
    data
        As for `read_customers`.
    given
        The table, or folder of tables, of that period.
    mapping
        YAML or CSV file that maps our column names to those of the tables.
    as_of
        Day of that period; a folder of tables is brought together anew as of it.

    Returns
    -------
    Table or None
        None for one table without another, and for a folder without a day.

    Raises
    ------
    DataError
        With all problems of a table at once.
    """
    if given is not None:
        return read_customers(given, mapping=mapping, as_of=as_of)
    if as_of is None or not Path(data).is_dir() or not _holds_customers(Path(data)):
        return None
    return read_customers(data, mapping=mapping, as_of=as_of)


def _check_forms(folder: Path, tables: OpenTables) -> None:
    """Refuse tables in bulk that would be passed over for their form."""
    others = [
        entry.name
        for entry in sorted(folder.iterdir())
        if entry.stem in _IN_BULK and entry.stem not in tables
    ]
    if others:
        raise DataError(
            _("{folder} holds tables in bulk that are not Parquet", folder=folder),
            [
                _("{name}: write it as {stem}.parquet, or take it out.", name=name, stem=Path(name).stem)
                for name in others
            ],
        )


def _holds_customers(folder: Path) -> bool:
    return any(entry.name.split(".")[0] == CUSTOMERS.name for entry in folder.iterdir())


def _read_accounts(
    folder: Path, mapping: str | Path | None, as_of: dt.date, tables: OpenTables
) -> pd.DataFrame | None:
    """Return the accounts open on the day, with what their owners ordered; None where none are known."""
    accounts = read_beside(folder, PARTNER_ACCOUNTS.name, mapping=mapping, contract=PARTNER_ACCOUNTS)
    if accounts is None:
        return None
    opened = pd.to_datetime(accounts.frame["opened_on"])
    known = accounts.frame[~(opened > pd.Timestamp(as_of))]
    return _add_trades(known, tables["transactions"], as_of) if "transactions" in tables else known


def _add_trades(accounts: pd.DataFrame, transactions: ir.Table, as_of: dt.date) -> pd.DataFrame:
    """Add what a number's accounts ordered together, so that rows of one number agree; no order is 0."""
    trades = trade_features(transactions, as_of=as_of)
    orders = trades.mutate(account_id=trades.account_id.cast("string")).to_pyarrow().to_pandas()
    of_account = orders.set_index("account_id").reindex(accounts["account_id"], fill_value=0)
    of_number = of_account.groupby(normalise_phone(accounts["phone"]).to_numpy()).transform("sum")
    whole_fen = of_number.round(2)  # adding up in yuan may leave a trace of a fen
    return accounts.assign(**{name: whole_fen[name].to_numpy() for name in TRADE_FACTS})


def _add_partner(
    customers: pd.DataFrame, accounts: pd.DataFrame | None, notes: list[str]
) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """Join the partner's facts on keyed numbers; also return them alone, None where there are no accounts."""
    if accounts is None or "phone" not in customers:
        notes.append(_("The partner's accounts are not known: no column of theirs is added."))
        return customers, None
    joined = match_accounts(customers[[ID, "phone"]], accounts, columns=(*PARTNER_FACTS, *TRADE_FACTS))
    notes.append(joined.summary)
    facts = joined.matched
    flags = {name: "boolean" for name in _PARTNER_FLAGS if name in facts}
    frame = customers.merge(facts.astype(flags), on=ID, how="left", validate="one_to_one")
    return frame.assign(is_matched=frame[ID].isin(facts[ID])), facts


def _add_behaviour(
    frame: pd.DataFrame, facts: pd.DataFrame | None, tables: OpenTables, as_of: dt.date, notes: list[str]
) -> pd.DataFrame:
    given = {name: tables[name] for name in ("monthly_usage", "calls", "holdings") if name in tables}
    if facts is not None:
        given["members"] = tables.lend(_list_members(facts))
    if given:
        ids = tables.lend(pa.table({ID: pa.array(frame[ID], pa.string())}))
        behaviour = customer_features(ids, as_of=as_of, **given).to_pyarrow().to_pandas()
        frame = frame.merge(behaviour, on=ID, how="left", validate="one_to_one")
    absent = [name for name in ("monthly_usage", "calls") if name not in tables]
    if absent:
        notes.append(_("Not in the folder: {tables}.", tables=_(", ").join(absent)))
    return frame


def _list_members(facts: pd.DataFrame) -> pa.Table:
    staff = facts.loc[facts["is_staff"], ID]
    kinds = ["account_holder"] * len(facts) + ["staff"] * len(staff)
    return pa.table({ID: pa.array([*facts[ID], *staff], pa.string()), "kind": pa.array(kinds, pa.string())})


def _describe(source: Source, frame: pd.DataFrame, as_of: dt.date, notes: list[str]) -> Source:
    brought = _("Brought together as of {day}.", day=format_value(as_of))
    return replace(
        source,
        name=source.path,
        rows=len(frame),
        columns=len(frame.columns),
        notes=(brought, *notes),
    )
