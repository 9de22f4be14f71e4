"""Every bad input of the catalogue: refused with what is needed to mend it, warned of, or handled."""

from pathlib import Path

import pandas as pd
import pytest

from leadline.data import read_table
from leadline.errors import DataError
from tests.data.cases.files import AS_OF, Case, as_params, text_file
from tests.data.cases.handled import HANDLED
from tests.data.cases.refused import ERRORS
from tests.data.cases.warned import WARNINGS


def same(found: list[object], wanted: list[object]) -> bool:
    return all(pd.isna(a) if b is None else a == b for a, b in zip(found, wanted, strict=True))


@pytest.mark.parametrize("case", as_params(ERRORS))
def test_error_names_column_rows_and_remedy(case: Case, tmp_path: Path) -> None:
    path = case.build(tmp_path)
    with pytest.raises(DataError) as caught:
        read_table(path, as_of=AS_OF)
    message = str(caught.value)
    assert str(path) in caught.value.headline
    assert [word for word in case.wanted if word not in message] == [], message


@pytest.mark.parametrize("case", as_params(WARNINGS))
def test_warning_reaches_the_report(case: Case, tmp_path: Path) -> None:
    table = read_table(case.build(tmp_path), as_of=AS_OF)
    fitting = [text for text in table.source.warnings if all(word in text for word in case.wanted)]
    assert len(fitting) == 1, table.source.warnings
    for name, values in case.cells.items():
        assert same(table.frame[name].tolist(), values), table.frame


@pytest.mark.parametrize("case", as_params(HANDLED))
def test_handled_in_silence_and_noted(case: Case, tmp_path: Path) -> None:
    table = read_table(case.build(tmp_path), as_of=AS_OF)
    assert table.source.warnings == ()
    assert not case.wanted or any(all(word in note for word in case.wanted) for note in table.source.notes), (
        table.source.notes
    )
    for name, values in case.cells.items():
        assert same(table.frame[name].tolist(), values), table.frame


def test_all_problems_come_at_once(tmp_path: Path) -> None:
    path = text_file("d,x,spend\n2026-02-30,1,￥1\n2026-01-01,2,$2\n2026-01-02,abc,￥3\n2026-01-03,3,￥3\n")(
        tmp_path
    )
    with pytest.raises(DataError) as caught:
        read_table(path)
    assert [problem.split(":")[0] for problem in caught.value.problems] == ["d", "x", "spend"]
