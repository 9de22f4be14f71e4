import csv
import io
import time
from base64 import b64decode
from itertools import count

import numpy as np
import pandas as pd
import pytest

from leadline.report.gate import clean_html
from leadline.report.tables import present_tables, read_tables, write_csv
from leadline.report.tags import read_attributes
from leadline.results import Column, table_html


def present(html):
    return present_tables(clean_html(html), count(1))


def attached(page):
    """Rows of the first CSV file attached to a piece of the page."""
    data = page.split('href="data:text/csv;base64,')[1].split('"')[0]
    return list(csv.reader(io.StringIO(b64decode(data).decode("utf-8-sig"))))


def test_a_short_table_is_shown_whole_with_its_rows_attached():
    page = present(pd.DataFrame({"a": [1, 2], "b": ["x", "y"]}).to_html(index=False))
    assert attached(page) == [["a", "b"], ["1", "x"], ["2", "y"]]
    assert "2 rows." in page
    assert 'class="table sortable"' in page


def test_leadlines_own_tables_attach_raw_values_under_column_names():
    frame = pd.DataFrame({"share": [0.10512, None], "name": ["=1+1", "b"]})
    html = table_html(frame, {"name": Column("Name"), "share": Column("Share", "share")}, name="stages")
    page = present(html)
    assert attached(page) == [["name", "share"], ["'=1+1", "0.10512"], ["b", ""]]
    assert 'download="stages.csv"' in page
    assert "10.5%" in page


def test_a_long_table_shows_200_rows_and_attaches_all():
    page = present(pd.DataFrame({"n": range(20_000)}).to_html())
    assert page.count("<tr") == 201
    assert "first 200 of 20,000 rows" in page
    assert [row[1] for row in attached(page)[1:]] == [str(n) for n in range(20_000)]
    assert page.count("</tr>") == 201
    assert len(read_tables(page)[0].body) == 200


def test_tables_are_numbered_when_they_have_no_name():
    page = present(pd.DataFrame({"a": [1]}).to_html() * 2)
    assert 'download="table-1.csv"' in page
    assert 'download="table-2.csv"' in page


def test_rows_that_share_a_cell_are_repeated_in_the_file_and_never_sorted_apart():
    frame = pd.DataFrame(
        {"n": [1, 2, 3]}, index=pd.MultiIndex.from_tuples([("a", "x"), ("a", "y"), ("b", "x")])
    )
    page = present(frame.to_html())
    assert [row[:2] for row in attached(page)[1:]] == [["a", "x"], ["a", "y"], ["b", "x"]]
    assert "sortable" not in page


def test_columns_under_a_common_heading_stay_in_line():
    columns = pd.MultiIndex.from_tuples([("gain", "low"), ("gain", "high")])
    rows = attached(present(pd.DataFrame([[1, 2]], columns=columns).to_html()))
    assert rows == [["", "gain", "gain"], ["", "low", "high"], ["0", "1", "2"]]


def test_a_nested_table_is_left_alone():
    html = clean_html(
        "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td><table><tr><td>b</td></tr></table></td></tr></tbody></table>"
    )
    assert len(read_tables(html)) == 1
    assert str(html) in present_tables(html, count(1))


def test_markup_in_an_attribute_is_never_taken_for_a_tag():
    html = (
        '<table><thead><tr><th title="</th></tr></thead></table><img src=x>">a</th></tr></thead>'
        "<tbody><tr><td>1</td></tr></tbody></table>"
    )
    tables = read_tables(html)
    assert [table.end for table in tables] == [len(html)]
    assert write_csv(tables[0]) == "a\r\n1\r\n"


@pytest.mark.covers("exports", "formula_page_csv")
def test_text_that_a_spreadsheet_would_run_is_quoted():
    rows = '<tr><td data-value=" =1+1">1</td></tr><tr><td>-1.5</td></tr>'
    (table,) = read_tables(f"<table><thead><tr><th>a</th></tr></thead><tbody>{rows}</tbody></table>")
    assert write_csv(table) == "a\r\n' =1+1\r\n-1.5\r\n"


def test_attributes_are_read_unescaped():
    assert read_attributes(' data-value="a &quot;b&quot; &lt;" class="x"') == {
        "data-value": 'a "b" <',
        "class": "x",
    }


def test_a_table_of_20_000_rows_and_20_columns_takes_seconds_not_minutes():
    html = pd.DataFrame(np.random.default_rng(1).random((20_000, 20))).to_html()
    start = time.process_time()
    page = present(html)
    assert time.process_time() - start < 15
    assert page.count("<tr") == 201
