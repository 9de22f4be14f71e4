"""The customers whose value is looked at: who they are, what they bring, into which groups they fall."""

import pandas as pd

from leadline.data.flags import read_yes
from leadline.data.raw import suggest
from leadline.discover.concentration import check_values
from leadline.errors import DataError
from leadline.features import name_columns
from leadline.language import _, format_value

_MOST_GROUPS = 20


def choose_base(
    customers: pd.DataFrame,
    *,
    value: str,
    among: str | None = None,
    weight: str | None = None,
    by: str | None = None,
) -> pd.DataFrame:
    """Return the customers whose concentration is measured, with the columns that it takes.

    Parameters
    ----------
    customers
        One row a customer.
    value
        Column of what each brings.
    among
        Yes/no column: only who says yes counts; a missing answer is no. By default everybody.
    weight
        Column of the number of customers a row stands for.
    by
        Column of groups: text, yes and no, or whole numbers.

    Returns
    -------
    pandas.DataFrame
        One row a customer: ``value``, ``weight`` if named, and ``by`` if named, as text a reader sees.

    Raises
    ------
    DataError
        With all problems at once: absent columns, ``among`` that holds something else than yes and no or is
        yes for nobody, more groups than a page can compare, and those of the values
        (`leadline.discover.measure_concentration`).
    """
    named = [name for name in (value, weight, by, among) if name is not None]
    absent = [name for name in dict.fromkeys(named) if name not in customers.columns]
    problems = [
        _("{name}: the table of customers has no such column.", name=name)
        + (
            suggest(name, customers.columns)
            or (" " + _("Name one that it has, or none unless it is the value."))
        )
        for name in absent
    ]
    chosen = customers
    if among in customers.columns:
        chosen = _choose(customers, str(among), problems)
    if not chosen.empty and not {value, weight} & set(absent):
        problems += check_values(chosen, value, weight)
    if by in chosen.columns:
        problems += _check_groups(chosen[str(by)])
    if problems:
        raise DataError(_("Concentration cannot be measured"), problems)
    base = chosen[[name for name in (value, weight) if name is not None]]
    return base if by is None else base.assign(**{by: _name_groups(chosen[by])})


def name_value(value: str, label: str | None = None) -> str:
    """Return what is brought in words that continue "of all …": the label, or what is known of the column."""
    known = {
        "order_value_3m_cny": _("order value in three months"),
        "assets_cny": _("assets"),
        "trades_3m": _("orders in three months"),
        "spend_cny_mean": _("monthly spending"),
        "traffic_mb_mean": _("mobile data traffic"),
    }
    return label or known.get(value, value)


def name_group(by: str) -> str:
    """Return what a reader calls the column of groups."""
    return name_columns().get(by, by)


def _choose(customers: pd.DataFrame, among: str, problems: list[str]) -> pd.DataFrame:
    found: list[str] = []
    is_inside = read_yes(customers[among], found)
    if found:
        problems += found
        return customers
    if not is_inside.any():
        problems.append(_("{among}: is yes for nobody. Check the column, or leave among empty.", among=among))
    return customers[is_inside]


def _check_groups(column: pd.Series) -> list[str]:
    if pd.api.types.is_float_dtype(column) and (column.dropna() % 1 != 0).any():
        return [
            _(
                "{name}: holds amounts, not groups. Make bands of it first, or name another column.",
                name=column.name,
            )
        ]
    found = int(column.nunique())
    if found > _MOST_GROUPS:
        many = _(
            "{name}: {found} different values are too many to compare ({most_groups} at most).",
            name=column.name,
            found=f"{found:,}",
            most_groups=_MOST_GROUPS,
        )
        return [_("{many} Make bands of it first, or name another column.", many=many)]
    return []


def _name_groups(column: pd.Series) -> pd.Series:
    """Name each customer's group so that it says of what: "Risk level: 3"; text speaks for itself."""
    if pd.api.types.is_bool_dtype(column):
        levels = column.map({True: _("yes"), False: _("no")}, na_action="ignore")
    elif pd.api.types.is_numeric_dtype(column):
        levels = column.map(lambda level: format_value(int(level), "count"), na_action="ignore")
    else:
        return column.map(str, na_action="ignore").astype(object).where(column.notna(), _("not known"))
    told = levels.astype(object).where(column.notna(), _("not known"))
    by = name_group(str(column.name))
    return told.map(lambda level: _("{by}: {level}", by=by, level=level))
