import pandas as pd

from leadline.results import Column, table_html


def test_a_cell_shows_the_format_and_carries_the_value() -> None:
    frame = pd.DataFrame({"name": ["<b>&"], "precision": [0.235123], "hidden": [1]})
    html = table_html(frame, {"name": Column("Stage"), "precision": Column("Precision", "share")}, name="t")
    assert '<td data-value="&lt;b&gt;&amp;">&lt;b&gt;&amp;</td>' in html
    assert '<td class="number" data-value="0.235123">23.5%</td>' in html
    assert "hidden" not in html


def test_an_interval_is_one_column_with_both_ends() -> None:
    frame = pd.DataFrame({"low": [0.011, float("nan")], "high": [0.064, float("nan")]})
    html = table_html(frame, {"low": Column("95% CI", "points", upper="high")}, name="t")
    assert (
        '<th scope="col" data-column="low" data-upper="high" class="number" data-unit="points">95% CI</th>'
        in html
    )
    assert '<td class="number" data-value="0.011" data-upper="0.064">+1.1 to +6.4</td>' in html
    assert html.count("–</td>") == 1
