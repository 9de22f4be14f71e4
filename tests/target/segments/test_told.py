"""How the bases are read, in words."""

import pandas as pd

from leadline.target.segments import read_bases
from leadline.target.segments.told import tell_bases


def test_scaled_bases_say_so_and_each_column_says_how_it_is_read() -> None:
    frame = pd.DataFrame(
        {
            "spend": [1.0, 2.0, None, 9.0] * 30,
            "city": ["A", "B", "C", "A"] * 30,
            "yes": [True, False, True, True] * 30,
        }
    )
    told = tell_bases(
        read_bases(frame, ["spend", "city", "yes"], kinds={"spend": "logged"}),
        groups={"behavioural": ["spend", "yes"], "where": ["city"]},
        labels={"spend": "Spending <b>"},
    )
    assert told.summary.startswith("3 columns make the segments of 120 customers; each is divided")
    assert told.table["group"].tolist() == ["behavioural", "where", "behavioural"]
    assert told.table["missing_share"].tolist() == [0.25, 0, 0]
    assert told.table["read_as"].tolist()[1:] == ["one yes-or-no column a value: A, B, C", "yes or no"]
    assert "Spending &lt;b&gt;" in told._repr_html_()


def test_answers_alone_stay_zero_and_one() -> None:
    frame = pd.DataFrame({"a": [True, False] * 60, "b": [True, True, False, False] * 30})
    told = tell_bases(read_bases(frame, ["a", "b"]), groups={"answers": ["a", "b"]})
    assert told.summary == "2 yes-or-no columns make the segments of 120 customers: yes counts 1 and no 0."
