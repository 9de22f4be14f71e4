import datetime as dt
import json
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from leadline.run.recording import describe_results, merge_keys


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
    payload = describe_results([result], [], 7, {})
    assert json.loads(json.dumps(payload, allow_nan=False))["results"] == {
        "n": 3,
        "x": None,
        "inf": None,
        "day": "2026-01-31",
        "rows": [{"ok": True}],
        "1": ["t"],
    }
    assert list(payload["tables"]) == ["lift_stages"]


def test_a_repeated_key_is_refused() -> None:
    with pytest.raises(ValueError, match="the same key: a"):
        merge_keys({"a": 1}, {"a": 2, "b": 3})


@pytest.mark.parametrize("name", ["../../evil", "a/b", "", "a.csv"])
def test_a_table_s_name_is_never_a_path(name: str) -> None:
    with pytest.raises(ValueError, match="Use letters"):
        describe_results([], [], None, {name: pd.DataFrame({"a": [1]})})
