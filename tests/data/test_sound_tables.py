"""Sound tables of any content come back as they went out, without a word."""

import datetime as dt
import string
import tempfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from leadline.data import read_table

WORDS = st.text("张三李四王五开户佣金" + string.ascii_letters + " éü'\",;|\n-", max_size=12).map(str.strip)
TABLES = st.integers(3, 30).flatmap(
    lambda n: st.fixed_dictionaries(
        {
            "customer_id": st.lists(st.integers(0, 10**18).map(str), min_size=n, max_size=n),
            "words": st.lists(WORDS.map("w{}".format), min_size=n, max_size=n),
            "contacts": st.lists(st.integers(-90, 900), min_size=n, max_size=n),
            "rate": st.lists(st.floats(-50, 900).map(lambda x: round(x, 3)), min_size=n, max_size=n),
            "joined": st.lists(st.dates(dt.date(1950, 1, 1), dt.date(2025, 1, 1)), min_size=n, max_size=n),
            "city": st.lists(st.sampled_from(["上海", "北京", "Zürich"]), min_size=n, max_size=n),
        }
    )
)


@settings(
    max_examples=40,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(
    table=TABLES,
    separator=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]),
    end=st.sampled_from(["\n", "\r\n"]),
    last_end=st.booleans(),
)
def test_a_sound_table_comes_back(
    table: dict[str, list[object]], separator: str, encoding: str, end: str, *, last_end: bool
) -> None:
    frame = pd.DataFrame(table)
    widths = frame.iloc[:-1, -1].map(lambda value: len(str(value)))
    last_end = last_end or len(set(widths)) == 1  # a shorter last value could be one that was cut off
    text = frame.to_csv(index=False, sep=separator, lineterminator=end)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        path.write_bytes((text if last_end else text.rstrip("\r\n")).encode(encoding))
        found = read_table(path, as_of=dt.date(2026, 1, 1))
    assert found.source.warnings == ()
    for name in ("customer_id", "words", "contacts", "rate", "city"):
        assert found.frame[name].tolist() == frame[name].tolist(), name
    assert found.frame["joined"].dt.date.tolist() == frame["joined"].tolist()


SOUND = {
    "no last line end": "id,x\n1,10\n2,9\n3,8",
    "last value of the same length": "id,x\n1,100\n2,200\n3,300",
    "short last value of several lengths": "id,x\n1,100\n2,20\n3,3",
    "letter of several lines": 'id,letter\n1,"Dear Sir,\nthank you, all of you,\nbye"\n2,none\n',
    "other last word": "id,city\n1,Zürich\n2,Zürich\n3,上海",
    "inch mark": 'id,size\n1,5" pipe\n2,6" pipe\n3,7" pipe\n',
    "years as columns": "region,2024,2025\nEast,10,12\nWest,11,9\n",
    "negative balances": "balance\n-999\n-20\n100\n500\n",
    "a large customer": "spend\n9999\n5000\n4000\n",
    "ranks and words": "grade,x\nA,1\nB,2\nTotal loss,3\n",
    "many missing": "x\nNA\nNA\nNA\n1\n2\n",
    "missing at the end": "a,b,c\n1,2,\n3,4,\n",
    "one column with gaps": "x\n1\n\n3\n",
    "tickers": "ticker,x\n600519,1\n000001,2\nAAPL,3\n",
    "versions": "v,x\n1.2.3,1\n1.2.4,2\n",
    "times": "t,x\n09:30,1\n15:00,2\n",
    "yes and no": "y,x\nyes,1\nno,2\n",
    "ratings": "rating,x\nAA+,1\nB-,2\n",
    "percent words": "band,x\n0%,1\n1 - 10%,2\n",
}


@pytest.mark.parametrize("name", SOUND)
def test_sound_but_odd_tables_pass(name: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(SOUND[name], encoding="utf-8")
    assert read_table(path, as_of=dt.date(2026, 1, 1)).source.warnings == ()
