import numpy as np
import pandas as pd

from leadline.engage import tell_reasons


def test_reasons_are_what_lifts_a_customer_above_the_average() -> None:
    points = pd.DataFrame({"trades": [30, 0, 0], "use": [8, 8, 8], "age": [0, 2, 0]}, index=[5, 6, 7])
    told = tell_reasons(points, {"trades": "Orders (three months)"})
    assert list(told.index) == [5, 6, 7]
    assert list(told) == ["Orders (30 points)", "age (2 points)", "nothing above the average"]


def test_no_more_are_named_than_asked_for() -> None:
    points = pd.DataFrame(np.eye(4) * 9, columns=list("abcd"))
    points.loc[0] = 20
    assert tell_reasons(points, {}, most=1)[0].count("points") == 1
    assert tell_reasons(points, {}, most=3)[0].count("points") == 3
