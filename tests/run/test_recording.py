import datetime as dt
import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from leadline.data import read_table
from leadline.results import Kpi
from leadline.run.masking import Mask
from leadline.run.recording import (
    check_text_names,
    describe_results,
    merge_keys,
    name_files,
    write_files,
    write_texts,
)


def test_a_result_becomes_strict_json() -> None:
    class LiftStagesResult(SimpleNamespace):
        pass

    result = LiftStagesResult(
        summary="s",
        kpis=[],
        warnings=[],
        table=pd.DataFrame({"a": [1]}),
        to_dict=lambda: {
            "n": np.int64(3),
            "x": np.float64("nan"),
            "inf": float("inf"),
            "day": dt.date(2026, 1, 31),
            "rows": [{"ok": np.bool_(True)}],
            1: ("t",),
        },
    )
    payload = describe_results([result], [], 7)
    assert json.loads(json.dumps(payload, allow_nan=False))["results"] == {
        "n": 3,
        "x": None,
        "inf": None,
        "day": "2026-01-31",
        "rows": [{"ok": True}],
        "1": ["t"],
    }
    assert list(name_files([("lift_stages", result.table, "csv")])) == ["lift_stages.csv"]


def test_a_result_that_is_not_told_is_recorded_without_cards_and_warnings() -> None:
    def make(name: str) -> SimpleNamespace:
        return SimpleNamespace(
            summary=name,
            kpis=[Kpi(label=name, value=1.0, unit="count")],
            warnings=[name],
            to_dict=lambda: {name: 1},
        )

    payload = describe_results([make("told")], [], None, (), [make("kept")])
    assert payload["results"] == {"told": 1, "kept": 1}
    assert [card["label"] for card in payload["kpis"]] == ["told"]
    assert payload["warnings"] == ["told"]


def test_a_repeated_key_is_refused() -> None:
    with pytest.raises(ValueError, match="the same key: a"):
        merge_keys({"a": 1}, {"a": 2, "b": 3})


@pytest.mark.covers("paths", "table_name")
@pytest.mark.parametrize("name", ["../../evil", "a/b", "", "a.csv"])
def test_a_table_s_name_is_never_a_path(name: str) -> None:
    with pytest.raises(ValueError, match="Use letters"):
        name_files([(name, pd.DataFrame({"a": [1]}), "csv")])


def test_one_table_may_have_two_forms_but_two_tables_not_one_name() -> None:
    frame = pd.DataFrame({"a": [1]})
    assert list(name_files([("a", frame, "csv"), ("a", frame, "xlsx")])) == ["a.csv", "a.xlsx"]
    with pytest.raises(ValueError, match=r"the same key: a\.csv"):
        name_files([("a", frame, "csv"), ("a", frame, "csv-gb18030")])


@pytest.mark.covers("parameters", "secret_in_forms")
def test_secrets_in_a_table_are_masked_in_every_form(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"key": ["S3cretPw", "x"], "n": [1, 2], "S3cretPw": pd.Categorical(["S3cretPw"] * 2)}
    )
    before = frame.copy(deep=True)
    write_files(
        name_files([("t", frame, form) for form in ("csv", "xlsx", "parquet")]), tmp_path, Mask(["S3cretPw"])
    )
    for name in ("t.csv", "t.xlsx", "t.parquet"):
        back = read_table(tmp_path / name).frame
        assert list(back) == ["key", "n", "•••"]
        assert back.to_numpy().tolist() == [["•••", 1, "•••"], ["x", 2, "•••"]]
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.covers("paths", "table_name")
@pytest.mark.parametrize("name", ["../evil.sql", "points", "points.exe", ".sql", "a/b.sql", "a.sql\n"])
def test_a_text_s_name_is_a_file_of_a_known_kind(name: str) -> None:
    with pytest.raises(ValueError, match="known ending"):
        check_text_names({"score.py": "", name: ""})


@pytest.mark.covers("parameters", "secret_in_forms")
def test_texts_are_written_as_they_are_but_for_secrets(tmp_path: Path) -> None:
    texts = check_text_names({"points.sql": "SELECT '上海'\n", "score.py": "key = 'S3cretPw'\r\n"})
    write_texts(texts, tmp_path / "tables", Mask(["S3cretPw"]))
    assert (tmp_path / "tables/points.sql").read_bytes() == "SELECT '上海'\n".encode()
    assert (tmp_path / "tables/score.py").read_bytes() == "key = '•••'\r\n".encode()
