"""The features once more, row by row in plain Python: what the expressions are compared with."""

import datetime as dt
from collections import defaultdict
from decimal import Decimal

import pandas as pd

SUMMED = ("bank_calls", "broker_calls", "fund_calls", "branch_days", "pushes_received", "pushes_answered")


def usage(rows: pd.DataFrame, as_of: dt.date) -> list[dict[str, object]]:
    months = [pd.Period(as_of + dt.timedelta(days=1), "M") - back for back in range(1, 13)]
    told: dict[int, dict[pd.Period, dict]] = defaultdict(dict)
    for row in rows.to_dict("records"):
        month = pd.Period(row["month"], "M")
        if month in months:
            told[row["customer_id"]][month] = row
    found = []
    for customer, by_month in sorted(told.items()):
        used = [by_month.get(month, {}).get("traffic_mb", 0) > 0 for month in months]
        streak = 0
        while streak < 3 and used[streak]:
            streak += 1
        averaged = months[: max(streak, 1)]
        recent = [by_month[month] for month in months[:3] if month in by_month]

        def mean(name: str, averaged: list = averaged, by_month: dict = by_month) -> float:
            total = 0
            for month in averaged:
                total = total + by_month.get(month, {}).get(name, 0)
            return float(total / len(averaged))

        found.append(
            {
                "customer_id": customer,
                "used_months_12m": sum(used),
                "use_streak_months": streak,
                "use_level": max(streak, int(any(used))),
                "traffic_mb_mean": mean("traffic_mb"),
                "sessions_mean": mean("sessions"),
                "spend_cny_mean": mean("spend_cny"),
                **{f"{name}_3m": sum(row[name] for row in recent) for name in SUMMED},
            }
        )
    return found


def circle(calls: pd.DataFrame, members: pd.DataFrame, as_of: dt.date, days: int) -> list[dict[str, object]]:
    kinds: dict[int, set[str]] = defaultdict(set)
    for customer, kind in zip(members["customer_id"], members["kind"], strict=True):
        if kind in ("account_holder", "staff"):
            kinds[customer].add({"account_holder": "holder", "staff": "staff"}[kind])
            kinds[customer].add("member")
    told: dict[int, dict[str, list]] = defaultdict(lambda: defaultdict(list))
    for caller, callee, day in zip(calls["caller_id"], calls["callee_id"], calls["called_on"], strict=True):
        ago = (as_of - pd.Timestamp(day).date()).days
        if caller == callee or not 0 <= ago < days:
            continue
        for kind in kinds.get(callee, ()):
            told[caller][kind].append((callee, ago, "made"))
        for kind in kinds.get(caller, ()):
            told[callee][kind].append((caller, ago, "received"))
    found = []
    for customer, by_kind in sorted(told.items()):
        row: dict[str, object] = {"customer_id": customer}
        for kind in ("holder", "staff", "member"):
            talks = by_kind.get(kind, [])
            row |= {
                f"called_{kind}": any(way == "made" for _who, _ago, way in talks),
                f"called_by_{kind}": any(way == "received" for _who, _ago, way in talks),
                f"{kind}_calls": len(talks),
                f"{kind}_contacts": len({who for who, _ago, _way in talks}),
                f"days_since_{kind}_call": min((ago for _who, ago, _way in talks), default=None),
            }
        found.append(row)
    return found


def value(rows: pd.DataFrame, as_of: dt.date, days: int) -> list[dict[str, object]]:
    told: dict[int, list[tuple[int, Decimal]]] = defaultdict(list)
    for row in rows.to_dict("records"):
        ago = (as_of - pd.Timestamp(row["traded_on"]).date()).days
        if 0 <= ago < days:
            told[row["account_id"]].append((ago, Decimal(str(row["amount_cny"]))))
    return [
        {
            "account_id": account,
            "recency_days": min(ago for ago, _amount in events),
            "frequency": len(events),
            "value_cny": float(sum(amount for _ago, amount in events)),
        }
        for account, events in sorted(told.items())
    ]
