"""Random small populations in odd spellings, and an oracle that judges one customer at a time."""

import datetime as dt

import numpy as np
import pandas as pd

from leadline.engage import ContactPolicy

AS_OF = dt.date(2025, 7, 1)
YES = [True, 1, 1.0, "yes", "Y", " TRUE ", "是", np.True_, np.int8(1)]
NO = [False, 0, 0.0, "no", "N", "False", "否", np.False_]
NEITHER = [None, np.nan, pd.NA, "", "maybe", 2, -1, "nan", "未知", 0.5, pd.NaT]
OLD_ENOUGH, TOO_YOUNG = [18, 35, "18", " 40 ", 64.0], [17, 17.9, "17", 0]
NO_AGE = [None, np.nan, "old", -3, 999, np.inf, True, pd.NA, "", dt.date(1990, 1, 1)]
NO_LEVEL = [None, np.nan, "high", 0, 9, -1, True, pd.NA]
DAYS_AGO = [0, 1, 13, 14, 29, 30, 60, -1]


def pick(rng, choices):
    return choices[int(rng.integers(len(choices)))]


def draw_policy(rng):
    is_on = rng.random(6) < 0.75
    word = lambda: pick(rng, ["barred", "allowed"])  # noqa: E731 (drawn three times)
    return ContactPolicy(
        consent_required=bool(is_on[0]),
        staff_barred=bool(is_on[1]),
        minimum_age_years=18 if is_on[2] else None,
        suitability_required=bool(is_on[3]),
        holders_barred=bool(is_on[4]),
        quiet_period_days=14 if is_on[5] else None,
        most_contacts=2 if rng.random() < 0.7 else None,
        window_days=30,
        unknown_age=word(),
        unknown_staff=word(),
        unknown_risk_level=word(),
    )


def draw_answer(rng):
    kind = pick(rng, ["yes", "no", "no", "unknown"])
    return kind, pick(rng, {"yes": YES, "no": NO, "unknown": NEITHER}[kind])


def draw_customer(rng, number):
    """Return a row and what it means."""
    consent, consent_cell = draw_answer(rng)
    if rng.random() < 0.5:
        consent, consent_cell = "yes", pick(rng, YES)
    opted, opted_cell = draw_answer(rng)
    staff, staff_cell = draw_answer(rng)
    age = pick(rng, ["old", "old", "young", "unknown"])
    age_cell = pick(rng, {"old": OLD_ENOUGH, "young": TOO_YOUNG, "unknown": NO_AGE}[age])
    level = pick(rng, [1, 2, 3, 4, 5, None])
    level_cell = pick(rng, NO_LEVEL) if level is None else pick(rng, [level, str(level), float(level)])
    cells = {
        "customer_id": pick(rng, [number, str(number), float(number), f" {number}"]),
        "consent": consent_cell,
        "do_not_contact": opted_cell,
        "is_staff": staff_cell,
        "age_years": age_cell,
        "risk_level": level_cell,
        "score": float(np.round(rng.random(), 1)),
        "tier": pick(rng, ["A", "B"]),
    }
    return cells, {"consent": consent, "opted": opted, "staff": staff, "age": age, "level": level}


def draw_contact(rng, number):
    """Return a row of the history and how many days ago the contact was; None: none was made."""
    ago = pick(rng, DAYS_AGO)
    day = AS_OF - dt.timedelta(days=ago)
    cell = pick(
        rng, [day, day.isoformat(), pd.Timestamp(day), f"{day}T23:59:00", pd.Timestamp(day).to_pydatetime()]
    )
    if rng.random() < 0.1:
        ago, cell = 0, pick(rng, [None, pd.NaT, "yesterday", 20250501, ""])
    channel = pick(rng, ["sms", "call", "none", None])
    row = {"customer_id": pick(rng, [number, str(number)]), "contacted_on": cell, "channel": channel}
    return row, None if ago < 0 or channel == "none" else ago


def draw_holding(rng, number):
    """Return a row of the holdings and whether product 7 is held on the day."""
    product, since, until = (
        pick(rng, [7, "7", 8]),
        pick(rng, ["2025-01-01", "2025-07-02", None]),
        pick(rng, [None, "2025-06-30", "2025-07-01", "2025-12-31", "?"]),
    )
    holds = str(product) == "7" and since != "2025-07-02" and until not in ("2025-06-30", "2025-07-01")
    return {"customer_id": number, "product_id": product, "since": since, "until": until}, holds


def draw_population(rng, first_id=0):
    """Return the tables of a small population and a function of the policy that says whom it bars."""
    size = int(rng.integers(1, 9))
    numbers = [first_id + place for place in range(size)]
    people = [draw_customer(rng, number) for number in numbers]
    history = [(number, draw_contact(rng, number)) for number in rng.choice(numbers, 6)]
    holdings = [(number, draw_holding(rng, number)) for number in rng.choice(numbers, 3)]
    contacts = {n: [ago for who, (_, ago) in history if who == n and ago is not None] for n in numbers}
    holders = {who for who, (_, holds) in holdings if holds}
    risk = int(rng.integers(1, 6))

    def is_barred(place, policy):
        _, meaning = people[place]
        number = numbers[place]
        level = meaning["level"]
        is_too_low = policy.unknown_risk_level == "barred" if level is None else level < risk
        unknown_age, unknown_staff = policy.unknown_age == "barred", policy.unknown_staff == "barred"
        recent = [ago for ago in contacts[number] if ago < 30]
        return (
            meaning["opted"] != "no"
            or (policy.consent_required and meaning["consent"] != "yes")
            or (
                policy.staff_barred and {"yes": True, "no": False, "unknown": unknown_staff}[meaning["staff"]]
            )
            or (
                policy.minimum_age_years is not None
                and {"old": False, "young": True, "unknown": unknown_age}[meaning["age"]]
            )
            or (policy.suitability_required and is_too_low)
            or (policy.holders_barred and number in holders)
            or (policy.quiet_period_days is not None and any(ago < 14 for ago in contacts[number]))
            or (policy.most_contacts is not None and len(recent) >= policy.most_contacts)
        )

    tables = {
        "customers": [cells for cells, _ in people],
        "contact_history": [row for _, (row, _) in history],
        "holdings": [row for _, (row, _) in holdings],
        "product_risk": risk,
        "numbers": numbers,
    }
    return tables, is_barred


def to_frame(rng, rows):
    """Return rows as a frame whose columns have the type pandas finds, or another that it can take."""
    frame = pd.DataFrame(rows)
    for name in frame.columns:
        if rng.random() < 0.3:
            frame[name] = frame[name].astype(object)
        elif rng.random() < 0.2 and all(isinstance(cell, str) for cell in frame[name]):
            frame[name] = frame[name].astype("category")
        elif rng.random() < 0.3:
            frame[name] = frame[name].convert_dtypes()
    return frame
