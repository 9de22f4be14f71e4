"""The same list as `leadline bulk list` makes, in pandas: plainly written, every step over whole columns."""

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

AS_OF = pd.Timestamp(2025, 7, 1)
ID = "customer_id"
CUT_COLUMNS = (
    "age_years",
    "used_months_12m",
    "use_streak_months",
    "traffic_mb_mean",
    "spend_cny_mean",
    "broker_calls_3m",
    "holder_contacts",
    "staff_calls",
    "products_held",
)
_FIFTHS = (0.2, 0.4, 0.6, 0.8)


def make_list(folder: Path, most: int) -> dict[str, Any]:
    """Describe, cut, score, rank and compare the arms; returns the list's ids and points, cuts, moments."""
    scored = _describe(folder)
    scored["points"] = _score(scored)
    cuts = {name: scored[name].quantile(list(_FIFTHS)).tolist() for name in CUT_COLUMNS}
    permitted = scored[scored["consent"] & ~scored["do_not_contact"]]
    floor = permitted["points"].nlargest(most).min()  # few are sorted, not all
    ranked = permitted[permitted["points"] >= floor].sort_values(["points", ID], ascending=[False, True])
    listed = ranked.head(most)
    return {
        "ids": listed[ID].tolist(),
        "points": listed["points"].tolist(),
        "total": int(scored["points"].sum()),
        "cuts": cuts,
        "moments": _compare(folder),
    }


def _describe(folder: Path) -> pd.DataFrame:
    own = [ID, "age_years", "data_service", "broadband", "consent", "do_not_contact"]
    people = pd.read_parquet(folder / "customers.parquet", columns=own)
    for part in (_use(folder), _circle(folder), _holdings(folder)):
        people = people.join(part, on=ID)
        people[part.columns] = people[part.columns].fillna(0)
    return people


def _use(folder: Path) -> pd.DataFrame:
    names = [ID, "month", "traffic_mb", "spend_cny", "broker_calls"]
    rows = pd.read_parquet(folder / "monthly_usage.parquet", columns=names)
    last = (AS_OF.year * 12 + AS_OF.month) - 1
    month = pd.to_datetime(rows["month"])
    rows["ago"] = last - (month.dt.year * 12 + month.dt.month)
    rows = rows[rows["ago"].between(0, 11)]
    by_customer = rows.assign(is_used=rows["traffic_mb"] > 0).groupby(ID)
    found = pd.DataFrame({"used_months_12m": by_customer["is_used"].sum()})
    recent = rows[rows["ago"] < 3]  # noqa: PLR2004 - months
    found["broker_calls_3m"] = recent.groupby(ID)["broker_calls"].sum()
    for name in ("traffic_mb", "spend_cny"):
        for ago in range(3):
            found[f"{name}_{ago}"] = rows[rows["ago"] == ago].set_index(ID)[name]
    found = found.fillna(0)
    used = [found[f"traffic_mb_{ago}"] > 0 for ago in range(3)]
    streak = used[0].astype("int64") + (used[0] & used[1]) + (used[0] & used[1] & used[2])
    for name in ("traffic_mb", "spend_cny"):
        first, second, third = (found.pop(f"{name}_{ago}") for ago in range(3))
        found[f"{name}_mean"] = np.select(
            [streak == 2, streak == 3],  # noqa: PLR2004 - months
            [(first + second) / 2, (first + second + third) / 3],
            first,
        )
    return found.assign(use_streak_months=streak)


def _circle(folder: Path) -> pd.DataFrame:
    calls = pd.read_parquet(folder / "calls.parquet", columns=["caller_id", "callee_id", "called_on"])
    days = pd.to_datetime(calls.pop("called_on"))
    seen = (days > AS_OF - dt.timedelta(days=90)) & (days <= AS_OF)
    calls = calls[seen & (calls["caller_id"] != calls["callee_id"])]
    members = pd.read_parquet(folder / "members.parquet")
    holders = members.loc[members["kind"] == "account_holder", ID].unique()
    staff = members.loc[members["kind"] == "staff", ID].unique()

    def talk(known: np.ndarray) -> pd.DataFrame:
        is_member = np.zeros(int(calls[["caller_id", "callee_id"]].max().max()) + 1, dtype=bool)
        is_member[known] = True
        ends = [("caller_id", "callee_id"), ("callee_id", "caller_id")]
        sides = [
            calls.loc[is_member[calls[other]], [own, other]].set_axis([ID, "contact"], axis=1)
            for own, other in ends
        ]
        return pd.concat(sides)

    with_holders, with_staff = talk(holders), talk(staff)
    contacts = with_holders.drop_duplicates().groupby(ID).size()
    return pd.DataFrame(
        {"holder_contacts": contacts, "staff_calls": with_staff.groupby(ID).size()},
    )


def _holdings(folder: Path) -> pd.DataFrame:
    rows = pd.read_parquet(folder / "holdings.parquet")
    after = AS_OF + dt.timedelta(days=1)
    until = pd.to_datetime(rows["until"])
    held = rows[(pd.to_datetime(rows["since"]) < after) & (until.isna() | (until >= after))]
    return pd.DataFrame({"products_held": held.drop_duplicates([ID, "product_id"]).groupby(ID).size()})


def _score(people: pd.DataFrame) -> pd.Series:
    """Return the points of `bench_page.city.POINTS`."""

    def bins(name: str, cuts: list[float], points: list[int]) -> np.ndarray:
        return np.array(points)[np.searchsorted(cuts, people[name].to_numpy(), side="right")]

    total = 10 + bins("age_years", [25, 40], [2, 9, 5])
    total += people["data_service"].map({"all": 8, "some": 3}).fillna(0).astype("int64").to_numpy()
    total += np.where(people["broadband"], -4, 0)
    total += bins("used_months_12m", [1, 3], [0, 6, 12])
    total += bins("use_streak_months", [1, 2], [0, 4, 8])
    total += bins("traffic_mb_mean", [1, 50, 200], [0, 3, 7, 11])
    total += bins("spend_cny_mean", [30, 90], [0, 4, 10])
    total += bins("broker_calls_3m", [1, 3], [0, 9, 15])
    total += bins("holder_contacts", [1, 2], [0, 6, 13])
    total += bins("staff_calls", [1], [0, 17])
    total += bins("products_held", [1], [0, 5])
    return pd.Series(total, index=people.index)


def _compare(folder: Path) -> dict[str, list[float]]:
    names = ["arm", "is_sold", "spend_cny", "earlier_cny"]
    arms = pd.read_parquet(folder / "trial.parquet", columns=names).groupby("arm")
    return {
        arm: [
            len(rows),
            float(rows["is_sold"].mean()),
            float(rows["spend_cny"].mean()),
            *np.cov(rows["spend_cny"], rows["earlier_cny"], ddof=0)[[0, 0, 1], [0, 1, 1]].tolist(),
        ]
        for arm, rows in arms
    }
