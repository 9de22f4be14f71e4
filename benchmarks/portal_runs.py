"""How long ``leadline portal build`` takes over many runs, how large its page is, and how fast it searches.

The ledger is made up: six notebooks with answers, figures with intervals, parameters and data sources as real
runs have them, one run in twenty failed; a folder stands for every run. The command is timed whole, as a
process of its own. Bars for 10,000 runs: at most 5 s, a page of at most 2 MB, a search below 100 ms.

    python benchmarks/portal_runs.py [RUNS] [FOLDER]
"""

import datetime as dt
import hashlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from leadline.run.ledger import RunLedger
from leadline.store import open_store

FIRST = dt.datetime(2024, 1, 1, 1, tzinfo=dt.UTC)
FAILED_SHARE = 0.05
REGIONS = ("Beijing", "Shanghai", "Guangdong", "Sichuan", "Hubei", "Shaanxi", "Zhejiang", "Fujian")
NOTEBOOKS: dict[str, tuple[str, str, list[tuple[str, str]]]] = {
    "stage_target_model": (
        "Which customers belong on the list?",
        "The best {count} of {rows} customers hold {a} of all buyers ({b} to {c}), {d} times the share.",
        [("Precision of the list", "share"), ("Lift", "ratio"), ("Buyers found", "share")],
    ),
    "judge_campaign": (
        "Did the campaign pay?",
        "{a} of the {rows} called bought, {b} of the control group: {c} points more ({d} to {e}).",
        [
            ("Conversion, called", "share"),
            ("Difference", "points"),
            ("Profit", "money_cny"),
            ("P value", "p_value"),
        ],
    ),
    "concentration": (
        "How much do the largest customers bring?",
        "The largest tenth of {rows} customers bring {a} of the income ({b} to {c}).",
        [("Share of the largest tenth", "share"), ("Gini coefficient", "index"), ("Customers", "count")],
    ),
    "track_campaign": (
        "How is the campaign going?",
        "After {count} contacts {a} were reached and {b} have bought ({c} to {d}); the plan was {e}.",
        [("Contacts", "count"), ("Reached", "share"), ("Bought", "share"), ("Cost of a sale", "price_cny")],
    ),
    "value_segments": (
        "Which customers are worth more care?",
        "{a} of {rows} customers are of high value and low potential; {b} the other way round.",
        [("High value", "share"), ("High potential", "share"), ("Stability", "index")],
    ),
    "build_list": (
        "Whom do we call next?",
        "{count} of {rows} customers are on the list; {a} were left out because they had opted out.",
        [("On the list", "count"), ("Expected buyers", "number"), ("Opted out", "share")],
    ),
}


def make_record(number: int, rng: np.random.Generator) -> dict[str, Any]:
    name = list(NOTEBOOKS)[number % len(NOTEBOOKS)]
    title, answer, figures = NOTEBOOKS[name]
    started = FIRST + dt.timedelta(minutes=97 * number, seconds=int(rng.integers(0, 600)))
    region, day = REGIONS[number // len(NOTEBOOKS) % len(REGIONS)], started.date()
    is_done = rng.random() > FAILED_SHARE
    numbers = {key: f"{100 * rng.random():.1f}%" for key in "abcde"}
    rows = int(rng.integers(20_000, 90_000))
    kpis = [make_figure(label, unit, rng) for label, unit in figures]
    told = answer.format(rows=f"{rows:,}", count=f"{int(rng.integers(500, 9_000)):,}", **numbers)
    return {
        "run_id": f"{started:%Y%m%dT%H%M%SZ}-{name}-{rng.bytes(3).hex()}",
        "notebook": {"name": name, "sha256": hashlib.sha256(f"{name} {number // 900}".encode()).hexdigest()},
        "versions": {"leadline": "0.2.0"},
        "status": "done" if is_done else "failed",
        "title": title,
        "started": started.isoformat(),
        "ended": (started + dt.timedelta(seconds=20)).isoformat(),
        "seconds": round(float(rng.gamma(4, 4)), 3),
        "answer": told if is_done else None,
        "language": "en",
        "attempts": 1 if is_done else 2,
        "job": f"daily {name}" if number % 3 else None,
        "batch": None if number % 3 else f"branches-{day:%Y%m}",
        "parameters": {
            "data": "exports/customers.csv",
            "mapping": None,
            "as_of": str(day),
            "language": "en",
            "seed": 7,
            "region": region,
            "list_size": 5_000,
            "list_share": 0.2,
            "min_assets": 50_000,
            "channels": ["call", "sms"],
            "since": str(day - dt.timedelta(days=90)),
        },
        "kpis": kpis if is_done else [],
        "sources": [
            {"name": source, "sha256": rng.bytes(32).hex(), "rows": rows * factor, "last_date": str(day)}
            for source, factor in (("customers", 1), ("contacts", 3))
        ],
        "failure": None
        if is_done
        else {"message": f"phone: {int(rng.integers(1, 900))} values lost their leading zero."},
    }


def make_figure(label: str, unit: str, rng: np.random.Generator) -> dict[str, Any]:
    size = {"share": 0.3, "points": 0.03, "ratio": 3, "index": 0.7, "p_value": 0.2}.get(unit, 12_345.0)
    value = size * float(rng.lognormal(0, 0.15))
    half = value * float(rng.uniform(0.05, 0.2))
    ends = (None, None) if unit in ("count", "p_value") else (value - half, value + half)
    return {"label": label, "value": value, "unit": unit, "ci_lower": ends[0], "ci_upper": ends[1]} | {
        "direction": "up",
        "bar": None,
        "help": "",
    }


def fill_folder(out: Path, count: int) -> None:
    """Enter ``count`` runs, their folders, a batch and a schedule's jobs."""
    rng = np.random.default_rng(7)
    records = [make_record(number, rng) for number in range(count)]
    RunLedger(out).end(*records)
    for record in records:
        folder = out / record["run_id"]
        folder.mkdir()
        (folder / "record.json").write_text("{}", "utf-8")
        (folder / "report.html").write_text("<!DOCTYPE html><title>A report</title>", "utf-8")
    planned = [record for record in records if record["job"]]
    with open_store(out, writing=True) as store:
        store.executemany(
            "INSERT OR IGNORE INTO job_runs (job, planned, status, attempts, run_id) VALUES (?, ?, ?, 1, ?)",
            [
                (
                    record["job"],
                    record["started"],
                    "missed" if place % 40 == 0 else record["status"],
                    record["run_id"],
                )
                for place, record in enumerate(planned)
            ],
        )


def time_search(page_file: Path, chromium: str) -> tuple[float, float]:
    """Return milliseconds until the list stands, and the slowest search."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 (only here)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.goto(page_file.as_uri())
        page.wait_for_selector("#runs tbody tr")
        loaded = page.evaluate("performance.now()")
        search = """(word) => {
            const field = document.querySelector("[name=q]");
            field.value = word;
            const began = performance.now();
            field.dispatchEvent(new Event("input", { bubbles: true }));
            document.body.getBoundingClientRect();
            return performance.now() - began;
        }"""
        words = ["s", "sh", "shanghai", "shanghai 2024-05", "7", "nothing fits", "call", ""] * 3
        slowest = max(page.evaluate(search, word) for word in words)
        browser.close()
    return float(loaded), float(slowest)


def main(count: int, folder: Path | None) -> None:
    out = folder or Path(tempfile.mkdtemp(prefix="portal-"))
    out.mkdir(parents=True, exist_ok=True)
    fill_folder(out, count)
    seconds = []
    for language in ("en", "en", "en", "zh"):
        began = time.perf_counter()
        subprocess.run(
            [
                sys.executable,
                "-m",
                "leadline",
                "portal",
                "build",
                "--out",
                str(out),
                "--language",
                language,
                "--to",
                str(out / f"{language}.html"),
            ],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        seconds.append(time.perf_counter() - began)
        print(
            f"{count:,} runs, {language}: {seconds[-1]:.2f} s, "
            f"{(out / f'{language}.html').stat().st_size:,} bytes"
        )
    print(f"median {statistics.median(seconds):.2f} s (at most 5 wanted)")
    if chromium := shutil.which("chromium"):
        loaded, slowest = time_search(out / "en.html", chromium)
        print(f"list stands after {loaded:.0f} ms; slowest search {slowest:.0f} ms (at most 100 wanted)")
    if not folder:
        shutil.rmtree(out)


if __name__ == "__main__":
    given = dict(enumerate(sys.argv[1:]))
    main(int(given.get(0, 10_000)), Path(given[1]) if 1 in given else None)
