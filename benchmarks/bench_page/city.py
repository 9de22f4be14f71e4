"""Customers in any number with what they used, called, hold and bought, made by SQL in DuckDB.

All is a hash of the id, so that a range of ids can be made by itself, and every run makes the same.
"""

from collections.abc import Mapping
from pathlib import Path

import duckdb

AS_OF = "2025-07-01"
USAGE_ROWS, CALLS = 2.65, 5
#: The list is one customer of so many.
CUSTOMERS_A_LISTED = 100
#: Table → one aggregate of each column that the list and the test need: what reading alone costs.
FLOOR = {
    "customers": [
        "sum(customer_id)",
        "sum(age_years)",
        "max(data_service)",
        *(f"sum({name}::INT)" for name in ("broadband", "consent", "do_not_contact")),
    ],
    "monthly_usage": [
        "sum(customer_id)",
        "max(month)",
        *(f"sum({name})" for name in ("traffic_mb", "spend_cny", "broker_calls")),
    ],
    "calls": ["sum(caller_id)", "sum(callee_id)", "max(called_on)"],
    "members": ["sum(customer_id)", "max(kind)"],
    "holdings": ["sum(customer_id)", "sum(product_id)", "max(since)", "max(until)"],
    "trial": ["max(arm)", "sum(is_sold::INT)", "sum(spend_cny)", "sum(earlier_cny)"],
}
#: A points file by which ties, gaps and levels all matter.
POINTS = """\
name: benchmark
base: 10
attributes:
  - column: age_years
    rules: [{under: 25, points: 2}, {at_least: 25, under: 40, points: 9}, {at_least: 40, points: 5}]
  - column: data_service
    rules: [{equals: all, points: 8}, {equals: some, points: 3}]
    otherwise: 0
  - column: broadband
    rules: [{equals: 'true', points: -4}]
    otherwise: 0
  - column: used_months_12m
    rules: [{under: 1, points: 0}, {at_least: 1, under: 3, points: 6}, {at_least: 3, points: 12}]
  - column: use_streak_months
    rules: [{under: 1, points: 0}, {at_least: 1, under: 2, points: 4}, {at_least: 2, points: 8}]
  - column: traffic_mb_mean
    rules:
      - {under: 1, points: 0}
      - {at_least: 1, under: 50, points: 3}
      - {at_least: 50, under: 200, points: 7}
      - {at_least: 200, points: 11}
  - column: spend_cny_mean
    rules: [{under: 30, points: 0}, {at_least: 30, under: 90, points: 4}, {at_least: 90, points: 10}]
  - column: broker_calls_3m
    rules: [{under: 1, points: 0}, {at_least: 1, under: 3, points: 9}, {at_least: 3, points: 15}]
  - column: holder_contacts
    rules: [{under: 1, points: 0}, {at_least: 1, under: 2, points: 6}, {at_least: 2, points: 13}]
  - column: staff_calls
    rules: [{under: 1, points: 0}, {at_least: 1, points: 17}]
  - column: products_held
    rules: [{under: 1, points: 0}, {at_least: 1, points: 5}]
"""


def list_tables(customers: int) -> Mapping[str, str]:
    """Return table → the SELECT that makes its rows.

    ``customers`` as `leadline.data.tables` declares them; ``monthly_usage`` of four months, two thirds of it
    there; five ``calls`` a customer, four of them with neighbouring ids; 12% ``members``, some of them staff;
    ``holdings``; and ``trial``, a test whose units are all customers (arm, what they bought).
    """
    ids = f"range(0, {customers}) ids(id)"
    month, call, product = ("id * 256 + step", "id * 512 + step", "id * 1024 + step")
    near = f"(id + {customers} - 12 + {_draw(21, 25, call)}) % {customers}"
    return {
        "customers": f"""
            SELECT id AS customer_id, 18 + {_draw(1, 60)} AS age_years, 'city' AS city,
                {_draw(2, 200)} AS tenure_months, {_draw(3, 10)} < 8 AS handset_supports,
                ['none', 'some', 'all'][1 + {_draw(4, 3)}] AS data_service, {_draw(5, 3)} = 0 AS broadband,
                {_draw(6, 50)} = 0 AS key_account, {_draw(7, 300)} / 10 AS branch_distance_km,
                {_draw(8, 10)} < 9 AS consent, {_draw(9, 40)} = 0 AS do_not_contact
            FROM {ids}""",
        "monthly_usage": f"""
            SELECT id AS customer_id, (DATE '2025-03-01' + INTERVAL (step) MONTH)::DATE AS month,
                ({_draw(10, 400, month)} * ({_draw(11, 3, month)} > 0)::INT)::DOUBLE AS traffic_mb,
                {_draw(12, 25, month)} AS sessions, {_draw(13, 12000, month)} / 100 AS spend_cny,
                {_draw(14, 4, month)} AS bank_calls, greatest({_draw(15, 8, month)} - 5, 0) AS broker_calls,
                {_draw(16, 2, month)} AS fund_calls, {_draw(17, 6, month)} AS branch_days,
                {_draw(18, 5, month)} AS pushes_received, {_draw(19, 2, month)} AS pushes_answered
            FROM range(0, 4) steps(step), {ids}
            WHERE {_draw(0, 10000, month)} < {round(USAGE_ROWS * 2500)}""",
        "calls": f"""
            SELECT id AS caller_id,
                CASE WHEN {_draw(20, 5, call)} < 4 THEN {near}
                    ELSE {_draw(22, customers, call)} END AS callee_id,
                DATE '2025-07-01' - ({_draw(23, 100, call)})::INTEGER AS called_on,
                1 + {_draw(24, 900, call)} AS duration_s
            FROM range(0, {CALLS}) steps(step), {ids}""",
        "members": f"""
            SELECT id AS customer_id,
                CASE WHEN {_draw(26, 20)} = 0 THEN 'staff' ELSE 'account_holder' END AS kind
            FROM {ids} WHERE {_draw(25, 100)} < 12""",
        "holdings": f"""
            SELECT id AS customer_id, step AS product_id,
                DATE '2024-01-01' + ({_draw(27, 500, product)})::INTEGER AS since, NULL::DATE AS until
            FROM range(0, 2) steps(step), {ids} WHERE {_draw(28, 20, product)} < 3""",
        "trial": f"""
            SELECT id AS customer_id, ['held_out', 'sms', 'call'][1 + {_draw(29, 3)}] AS arm,
                {_draw(30, 50)} = 0 AS is_sold, {_draw(31, 100000)} / 100 AS earlier_cny,
                ({_draw(30, 50)} = 0)::INT * ({_draw(31, 100000)} + {_draw(32, 9000)}) / 100 AS spend_cny
            FROM {ids}""",
    }


def make_city(folder: Path, customers: int) -> None:
    """Write the tables as Parquet files."""
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(
        config={"memory_limit": "3GB", "temp_directory": str(folder / ".spill")}
    ) as connection:
        connection.execute("SET preserve_insertion_order = false; SET enable_progress_bar = false")
        for name, rows in list_tables(customers).items():
            connection.execute(
                f"COPY ({rows}) TO '{folder / name}.parquet' "
                "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"
            )


def _draw(salt: int, below: int, of: str = "id") -> str:
    """Return a whole number from 0, below a bound, by hash."""
    return f"(hash(({of}) * 64 + {salt}) % {below})::BIGINT"
