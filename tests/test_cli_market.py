"""leadline market make | truth | describe, as a new user types them."""

import datetime as dt
import hashlib
import resource
import sys
from pathlib import Path
from subprocess import run

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from leadline.cli import app
from leadline.data import check_table, read_table
from leadline.data.tables import MARKET_TABLES
from leadline.errors import LeadlineError
from leadline.market.market import simulate
from leadline.market.parameters import MarketParameters
from leadline.market.truth import ARMS

CUSTOMERS = 12_000


def leadline(*words: object) -> Result:
    """In this process; an error of ours comes out as `cli.main` shows it."""
    done = CliRunner().invoke(app, ["market", *map(str, words)])
    if done.exception and not isinstance(done.exception, SystemExit | LeadlineError):
        raise done.exception
    return done


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("markets") / "市场"
    done = leadline("make", "--customers", CUSTOMERS, "--seed", 4, "--out", place, "--set", "city_size=8000")
    assert done.exit_code == 0
    assert f"customers{CUSTOMERS:>23,} rows" in done.stdout
    assert f"monthly_usage{24 * CUSTOMERS:>19,} rows" in done.stdout
    return place


def permitted_ids(folder: Path, count: int) -> list[str]:
    customers = read_table(f"{folder}::customers").frame
    allowed = customers["consent"] & ~customers["do_not_contact"]
    return list(customers.loc[allowed, "customer_id"].head(count))


@pytest.mark.parametrize("contract", MARKET_TABLES, ids=lambda contract: contract.name)
def test_every_table_is_read_and_keeps_its_contract(folder: Path, contract: object) -> None:
    name = contract.name  # type: ignore[attr-defined]
    table = read_table(f"{folder}::{name}", as_of=dt.date(2026, 7, 1))
    check_table(table.frame, contract, name)  # type: ignore[arg-type]
    assert table.source.warnings == ()


def test_the_folder_holds_tables_dictionary_and_note_and_nothing_else(folder: Path) -> None:
    names = {path.name for path in folder.iterdir()}
    assert names == {f"{contract.name}.parquet" for contract in MARKET_TABLES} | {"README.md", "market.json"}
    beside = {path.name for path in folder.parent.iterdir()}
    assert beside == {folder.name}
    readme = (folder / "README.md").read_text("utf-8")
    assert "- `city_size` = 8000" in readme
    assert all(f"### {contract.name}\n" in readme for contract in MARKET_TABLES)


def test_tables_refer_to_one_another(folder: Path) -> None:
    def ids(table: str, column: str) -> set[str]:
        return set(read_table(f"{folder}::{table}").frame[column])

    customers = ids("customers", "customer_id")
    for table, column in (
        ("monthly_usage", "customer_id"),
        ("calls", "caller_id"),
        ("calls", "callee_id"),
        ("contacts", "customer_id"),
        ("outcomes", "customer_id"),
        ("holdings", "customer_id"),
    ):
        assert ids(table, column) <= customers
    assert ids("transactions", "account_id") <= ids("partner_accounts", "account_id")
    assert ids("customers", "branch_id") <= ids("branches", "branch_id")
    assert ids("contacts", "campaign_id") <= ids("campaigns", "campaign_id")
    assert ids("holdings", "product_id") <= ids("products", "product_id")


def test_the_same_order_makes_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    def digest(place: Path) -> dict[str, str]:
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in place.iterdir()}

    params = tmp_path / "p.yml"
    params.write_text("city_size: 8000\nholder_rate: 0.5\n")
    leadline(
        "make", "--customers", CUSTOMERS, "--seed", 4, "--out", tmp_path / "m", "--params", params, "--set",
        "holder_rate=0.09",
    )  # fmt: skip
    assert digest(tmp_path / "m") == digest(folder)


def test_the_truth_of_a_list_is_that_of_the_market_that_was_written(folder: Path, tmp_path: Path) -> None:
    ids = permitted_ids(folder, 600)
    path = tmp_path / "list.xlsx"
    pd.DataFrame({"客户号": ids, "channel": ["sms", "none", "call"] * 200}).to_excel(path, index=False)
    (tmp_path / "m.yml").write_text("customer_id: 客户号\n", "utf-8")
    done = leadline("truth", folder, path, "--mapping", tmp_path / "m.yml")
    assert done.exit_code == 0
    truth = simulate(MarketParameters(city_size=8_000), 4, CUSTOMERS).truth
    row = [int(one) - int(truth.customer_id[0]) for one in ids]
    arms = [ARMS.index(name) for name in ("sms", "none", "call")] * 200
    won = sum(bool(truth.outcome[one, arm]) for one, arm in zip(row, arms, strict=True) if arm)
    before = int(truth.subscribed_before[row].sum())
    assert f"By luck {won / 400:.1%} of them do subscribe" in done.stdout
    assert f"Of 600 listed customers 0 opted out or never agreed, {before} subscribe already" in done.stdout


def test_a_bad_list_gets_one_message_with_every_problem(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    ids = permitted_ids(folder, 2)
    path.write_text(f"customer_id,channel\n{ids[0]},call\n{ids[0]},cal\n12.0,sms\n{ids[1]},\n77,none\n")
    error = leadline("truth", folder, path).exception
    assert isinstance(error, LeadlineError)
    assert error.exit_code == 2
    assert "cannot be scored (5 problems)" in str(error)


def test_opted_out_customers_are_refused_unless_asked_for(folder: Path, tmp_path: Path) -> None:
    customers = read_table(f"{folder}::customers").frame
    barred = customers.loc[customers["do_not_contact"], "customer_id"].head(50)
    path = tmp_path / "list.parquet"
    barred.to_frame().to_parquet(path)
    assert "50 customers are not to be contacted" in str(leadline("truth", folder, path).exception)
    done = leadline("truth", folder, path, "--allow-opted-out", "--channel", "sms")
    assert "Of 50 listed customers 50 opted out or never agreed" in done.stdout


def test_a_folder_that_is_no_market_is_refused(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("customer_id\n1\n2\n")
    error = leadline("truth", tmp_path, tmp_path / "list.csv").exception
    assert "is not a folder of leadline's simulated market" in str(error)


def test_make_refuses_everything_at_once_and_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "mine.txt").write_text("mine")
    error = leadline(
        "make", "--customers", 10, "--out", tmp_path / "taken", "--set", "holder_rate=7", "--set", "match"
    ).exception
    assert isinstance(error, LeadlineError)
    assert error.exit_code == 2
    assert "(4 problems)" in str(error)
    assert [path.name for path in (tmp_path / "taken").iterdir()] == ["mine.txt"]


def test_a_refused_market_costs_under_a_third_of_a_second(tmp_path: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = run(
        [sys.executable, "-m", "leadline", "market", "make", "--customers", "1", "--out", "m"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert (done.returncode, done.stdout) == (2, "")
    assert "customers == 1, must be from 2,000" in done.stderr
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.33


def test_describe_names_unit_meaning_and_source_of_every_number() -> None:
    lines = leadline("describe").stdout.splitlines()
    assert len(lines) == 2 * len(MarketParameters().describe())
    assert "holder_rate = 0.09 share" in lines
    assert any("(calibrated: " in line for line in lines)
