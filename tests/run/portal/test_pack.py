"""Packed runs come out as they went in, shorter, and always within the room there is."""

import numpy as np
import pytest

from leadline.language import format_value
from leadline.run.portal.gather import gather
from leadline.run.portal.pack import _shorten, pack
from tests.run.portal.folder import make_figure, make_record, publish, read_page, unpack_runs

ROOM = 2_000_000


def unpack(runs, file, room=ROOM):
    packed = pack(runs, {}, budget=room)
    file.write_text(f'<script type="text/plain" id="packed">{packed}</script>', "utf-8")
    return read_page(file), len(packed)


def gather_records(out, records):
    for record in records:
        publish(out, record)
    return gather(out).runs


def test_a_run_comes_out_as_it_went_in(tmp_path):
    changes = {
        "kpis": [make_figure("Profit", 12_345.6, "money_cny", 1000.0), make_figure("AUC", 0.7, "index", None)]
    }
    runs = gather_records(tmp_path, [make_record(1, job="daily", batch="b1"), make_record(2, **changes)])
    content, _size = unpack(runs, tmp_path / "page.html")
    first, second = unpack_runs(content)
    assert (first["id"], first["title"], first["job"], first["batch"]) == (
        make_record(1)["run_id"],
        "Did the campaign pay?",
        "daily",
        "b1",
    )
    assert first["started"] == 1_772_352_000
    assert first["seconds"] == 20.2
    assert first["parameters"] == {
        "data": "customers.csv",
        "as_of": "2026-03-01",
        "seed": "1",
        "region": "east",
        "key": "env:KEY",
    }
    assert first["kpis"] == [("Conversion", "share", "up", 0.11, 0.09, 0.13)]
    assert second["kpis"] == [
        ("Profit", "money_cny", "up", 12345.6, 11345.6, 13345.6),
        ("AUC", "index", "up", 0.7, None, None),
    ]
    assert second["sources"] == [("customers", "000000000000", 1002, "2026-03-02")]


UNITS = ["share", "points", "count", "ratio", "index", "number", "p_value", "money_cny", "price_cny"]


@pytest.mark.parametrize("unit", UNITS)
def test_shortened_numbers_are_written_as_the_whole_ones(unit):
    rng = np.random.default_rng(7)
    values = [float(value) for value in rng.lognormal(-1, 3, 400)]
    values += [
        0.1245,
        0.12345,
        0.00049999,
        0.0005,
        0.99949,
        2.5,
        0.5,
        1.45,
        12.344999999,
        1e-9,
        0.0,
        123456.5,
    ]
    for value in [*values, 1e17, *(-value for value in values if value >= 1)]:
        short = _shorten(value, unit)
        assert format_value(float(short), unit) == format_value(value, unit), value
        assert len(repr(short)) <= len(repr(value))


@pytest.mark.parametrize("value", [None, "12", True, float("nan"), float("inf"), [1]])
def test_what_is_no_number_is_none(value):
    assert _shorten(value, "share") is None


def test_long_texts_are_cut_yet_stay_apart(tmp_path):
    long = "x" * 5_000
    records = [
        make_record(number, parameters={"query": long + str(number)}, answer=long) for number in (1, 2)
    ]
    content, _size = unpack(gather_records(tmp_path, records), tmp_path / "page.html")
    first, second = unpack_runs(content)
    assert len(first["parameters"]["query"]) < 300
    assert first["parameters"]["query"] != second["parameters"]["query"]
    assert len(first["answer"]) == 401


def test_where_room_lacks_the_oldest_lose_their_details_first(tmp_path):
    rng = np.random.default_rng(7)
    records = [
        make_record(number % 9 + 1, run_id=f"r{number:03}", started=f"2026-03-01T08:00:{number:02}+00:00")
        | {
            "kpis": [
                make_figure(f"{place}", float(rng.random()), half=float(rng.random())) for place in range(12)
            ]
        }
        for number in range(60)
    ]
    runs = gather_records(tmp_path, records)
    _content, size = unpack(runs, tmp_path / "page.html")
    for room in (size * 2 // 3, size // 4, 700):
        content, smaller = unpack(runs, tmp_path / "page.html", room)
        counts, told = content["counts"], unpack_runs(content)
        assert smaller <= room
        assert (counts["all"], counts["told"]) == (60, len(told))
        assert [run["whole"] for run in told] == [False] * (len(told) - counts["whole"]) + [True] * counts[
            "whole"
        ]
        assert [run["id"] for run in told] == [f"r{number:03}" for number in range(60 - len(told), 60)]
    assert counts["told"] < 60
