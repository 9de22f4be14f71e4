"""The page over a folder of runs: written whole or not at all, in both languages, never over another file."""

import re
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from leadline.errors import RunError
from leadline.run.portal import build_portal
from leadline.run.portal.build import PAGE_BYTES
from leadline.store import open_store
from tests.run.portal.folder import make_record, publish, read_page, unpack_runs


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    for number in (1, 2):
        publish(folder, make_record(number))
    return folder


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if ".html" in path.name and path.name != "index.html"]


def test_the_page_stands_in_the_folder_and_tells_its_runs(out: Path) -> None:
    page = build_portal(out)
    assert page == out / "index.html"
    assert [run["answer"] for run in unpack_runs(read_page(page))] == ["On day 1 it did.", "On day 2 it did."]
    assert 'data-lead="./"' in page.read_text("utf-8")
    assert leftovers(out) == []


def test_a_page_elsewhere_leads_to_the_folder(out: Path, tmp_path: Path) -> None:
    page = build_portal(out, to=tmp_path / "index.html")
    assert 'data-lead="out/"' in page.read_text("utf-8")


def test_jobs_and_batches_are_told_in_the_page_s_language(out: Path) -> None:
    with open_store(out, writing=True) as store:
        rows = [
            ("daily", f"2026-03-0{day}T07:00:00+08:00", status, None)
            for day, status in enumerate(["done", "done", "missed"], start=1)
        ]
        rows.append(("weekly", "2026-03-01T07:00:00+08:00", "failed", "phone: 3 values"))
        store.executemany(
            "INSERT INTO job_runs (job, planned, status, attempts, message) VALUES (?, ?, ?, 1, ?)", rows
        )
        store.execute(
            "INSERT INTO batches (batch_id, name, shard, notebook, rows, started) "
            "VALUES ('b/1', 'branches', '1/2', 'judge', 3, '2026-03-01T08:00:00+00:00')"
        )
        for row, status in enumerate(["done", "done", "failed"]):
            store.execute(
                "INSERT INTO batch_rows (batch_id, row, name, parameters, fingerprint, status, attempts) "
                "VALUES ('b/1', ?, 'a', '{}', '', ?, 1)",
                (row, status),
            )
    (out / "batch_branches.html").touch()
    text = re.sub(
        r"<[^>]+>", " ", re.sub(r"<(script|style)\b.*?</\1>", "", _read(build_portal(out)), flags=re.DOTALL)
    )
    words = " ".join(text.split())
    assert "daily Mar 3, 2026, 7:00:00 AM UTC+08:00 Missed Done 2 Missed 1" in words
    assert "weekly Failed phone: 3 values" in words
    assert "branches (1/2) Mar 1, 2026, 8:00:00 AM UTC judge 3 Done 2 Failed 1 Comparison" in words
    for address in ("#batch=b%2F1", "./batch_branches.html"):
        assert f'href="{address}"' in _read(out / "index.html")
    chinese = _read(build_portal(out, language="zh"))
    assert '<html lang="zh-Hans">' in chinese
    assert read_page(out / "index.html")["texts"]["currency"] == "¥"


def _read(page: Path) -> str:
    return page.read_text("utf-8")


def test_an_unreadable_folder_is_named_on_the_page(out: Path) -> None:
    folder = publish(out, make_record(3), is_entered=False)
    (folder / "record.json").write_text("{", "utf-8")
    assert f"These folders hold no readable record: {folder.name}" in _read(build_portal(out))


def test_a_moved_folder_s_page_needs_no_other_place(out: Path, tmp_path: Path) -> None:
    text = _read(build_portal(out))
    assert str(tmp_path) not in text
    assert "http" not in re.sub(r"http-equiv|http://www.w3.org/2000/svg", "", text)


def test_a_file_of_another_kind_is_never_replaced(out: Path) -> None:
    for name, content in (("index.html", "<!DOCTYPE html>mine"), ("notes.html", "")):
        (out / name).write_text(content, "utf-8")
        with pytest.raises(RunError, match="is there already and is no index of runs"):
            build_portal(out, to=out / name)
        assert _read(out / name) == content
    with pytest.raises(RunError, match="Let it end with"):
        build_portal(out, to=out / "leadline.db")
    assert not list(out.glob(".*.html.*"))


def test_an_earlier_page_stays_where_the_new_one_cannot_be_written(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _read(build_portal(out))

    def refuse(_path: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("leadline.durable.sync_to_disk", refuse)
    with pytest.raises(RunError, match="cannot be written: No space left"):
        build_portal(out)
    assert _read(out / "index.html") == before
    assert not list(out.glob(".*"))


def test_many_builds_at_once_leave_one_whole_page(out: Path) -> None:
    start = threading.Barrier(4)

    def build(number: int) -> None:
        start.wait()
        build_portal(out, language=("en", "zh")[number % 2])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(build, range(4)))
    assert len(unpack_runs(read_page(out / "index.html"))) == 2
    assert leftovers(out) == []


def test_a_page_is_never_larger_than_its_bar(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert PAGE_BYTES == 2_000_000
    monkeypatch.setattr("leadline.run.portal.build.PAGE_BYTES", 60_000)
    page = build_portal(out)
    assert page.stat().st_size <= 60_000


def test_a_folder_that_was_removed_is_named(out: Path) -> None:
    shutil.rmtree(out)
    with pytest.raises(RunError, match="There is no folder"):
        build_portal(out)
    assert not out.exists()


def test_only_the_newest_of_many_failures_are_listed_and_the_page_says_so(out: Path) -> None:
    with open_store(out, writing=True) as store:
        store.executemany(
            "INSERT INTO job_runs (job, planned, status, attempts) VALUES ('hourly', ?, 'failed', 1)",
            [(f"2026-03-{day:02}T{hour:02}:00:00+00:00",) for day in range(1, 29) for hour in range(24)],
        )
    text = _read(build_portal(out))
    assert "The newest 200 of 672 are shown." in text
    assert "Mar 28" in text
    assert "Mar 2, " not in text
