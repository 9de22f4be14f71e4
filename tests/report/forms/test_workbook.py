"""The workbook of a report's tables, as a spreadsheet program reads it."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from nbformat import NotebookNode, v4
from openpyxl import Workbook as Book
from openpyxl import load_workbook

from leadline.data.export import write_table
from leadline.report.forms import workbook
from leadline.report.forms.workbook import write_tables
from leadline.results import Column, table_html
from tests.report.sample import STAGES, make_notebook, make_record


def open_book(notebook: NotebookNode, record: dict[str, Any], tables: Path) -> Book:
    return load_workbook(BytesIO(write_tables(notebook, record, tables)))


def notebook_with(*htmls: str) -> NotebookNode:
    notebook = v4.new_notebook()
    outputs = [v4.new_output("display_data", {"text/html": html}) for html in htmls]
    notebook.cells = [v4.new_markdown_cell("# Q\n\n## Who buys?"), v4.new_code_cell("x", outputs=outputs)]
    return notebook


def rows_of(sheet: Any) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    write_table(STAGES.assign(customer_id="007", day="2026-11-01"), tmp_path / "stages.csv")
    return tmp_path


@pytest.fixture
def book(tables: Path) -> Book:
    return open_book(make_notebook(), make_record(tables=[{"name": "stages.csv"}]), tables)


def test_each_table_of_page_and_folder_has_a_sheet(book: Book) -> None:
    assert book.sheetnames == ["Report", "stages", "How much is luck", "stages.csv"]
    assert all(sheet.freeze_panes == "A2" for sheet in book)


def test_the_first_sheet_tells_answer_numbers_warnings_and_parameters(book: Book) -> None:
    rows = rows_of(book["Report"])
    assert rows[0] == ["Part", "Name", "Value", "From", "To", "Note"]
    told = {(row[0], row[1]): row[2:] for row in rows}
    assert told["Report", "Answer"][0] == make_record()["answer"]
    assert told["Key figure", "Buyers on the list"][:3] == [0.1475, 0.1246, 0.1738]
    assert told["Before you rely on this", None][0] == make_record()["warnings"][0]
    assert told["Parameter", "list_size"] == [800, None, None, "customers on the list"]
    assert told["Parameter", "stages"][0] == '["area", "products"]'
    assert told["Check", "Outcomes follow the start"][0] == "failed"
    assert told["Sheet", "stages"][0] == "List of 800 customers, stage by stage"
    formats = {row[1].value: row[2].number_format for row in book["Report"].iter_rows()}
    assert formats["Buyers on the list"] == "0.0%"
    assert formats["Customers on the list"] == "#,##0"


def test_a_shown_table_has_the_values_behind_what_the_page_shows(book: Book) -> None:
    sheet = book["stages"]
    assert rows_of(sheet)[0][:3] == ["Stage", "Buyers on the list", "from"]
    assert rows_of(sheet)[1] == ["area", 0.105, 0.0856, 0.1282, 0.3529, 1.765, 0.671, 800]
    assert [cell.number_format for cell in sheet[2]][1:] == [
        *["0.0%"] * 4,
        '#,##0.0"×"',
        "0.000",
        "#,##0",
    ]


def test_a_file_has_types_and_the_units_of_columns_that_the_page_shows(book: Book) -> None:
    sheet = book["stages.csv"]
    cells = {head.value: cell for head, cell in zip(sheet[1], sheet[2], strict=True)}
    assert cells["precision"].number_format == "0.0%"
    assert (cells["customer_id"].value, cells["customer_id"].data_type) == ("007", "s")
    assert cells["day"].is_date


@pytest.mark.covers("exports", "formula_report_workbook")
def test_no_text_runs_wherever_it_stands(tables: Path) -> None:
    bad = '=HYPERLINK("http://x","y")'
    frame = pd.DataFrame({bad: [bad, "@SUM(1)"], "b": ["+1-1", "\t=1"]})
    write_table(frame, tables / "bad.csv")
    columns = {bad: Column(bad), "b": Column("-b")}
    notebook = notebook_with(table_html(frame, columns, name="x", caption=bad), frame.to_html())
    record = make_record(tables=[{"name": "bad.csv"}], warnings=[bad], answer=bad, parameters={"p": bad})
    cells = [
        cell for sheet in open_book(notebook, record, tables) for row in sheet.iter_rows() for cell in row
    ]
    texts = [cell.value for cell in cells if isinstance(cell.value, str)]
    assert sum(bad in text for text in texts) >= 8
    assert not [text for text in texts if text.lstrip().startswith(("=", "+", "-", "@"))]
    assert {cell.data_type for cell in cells} <= {"s", "n", "inlineStr"}
    assert not any(cell.hyperlink for cell in cells)


def test_names_of_sheets_are_those_that_excel_takes() -> None:
    frame = pd.DataFrame({"a": [1]})
    names = ["a/b:c", "A b c", "客户" * 20, "客户" * 20, "report", "History", ""]
    htmls = [f'<table data-name="{name}">{frame.to_html().partition(">")[2]}' for name in names]
    found = open_book(notebook_with(*htmls), make_record(tables=[]), Path()).sheetnames
    assert found[1:] == [
        "a b c",
        "A b c (2)",
        ("客户" * 20)[:31],
        ("客户" * 20)[:27] + " (2)",
        "report (2)",
        "Table",
        "Who buys",
    ]


def test_what_finds_no_room_is_told_and_the_rest_stands(
    tables: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 3)
    book = open_book(make_notebook(), make_record(tables=[{"name": "gone.csv"}]), tables)
    told = [row[2] for row in rows_of(book["Report"]) if row[0] == "Not in this workbook"]
    assert told[0].startswith("The sheet stages holds the first 2 rows and 8 columns")
    assert told[0].endswith("the whole table has 3 rows and 8 columns.")
    assert told[-1].startswith("gone.csv could not be read")
    assert book["stages"].max_row == 3


def test_headings_over_several_rows_become_one() -> None:
    frame = pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("x", "low"), ("x", "high")]))
    sheet = open_book(notebook_with(frame.to_html()), make_record(tables=[]), Path())["Who buys"]
    assert rows_of(sheet)[0][1:] == ["x / low", "x / high"]
    assert rows_of(sheet)[1][1:] == [1, 2]


def test_an_interval_is_two_columns() -> None:
    frame = pd.DataFrame({"low": [0.01], "high": [0.06]})
    html = table_html(frame, {"low": Column("95% CI", "points", upper="high")}, name="t")
    sheet = open_book(notebook_with(html), make_record(tables=[]), Path())["t"]
    assert rows_of(sheet) == [["95% CI, from", "95% CI, to"], [0.01, 0.06]]
    assert sheet["B2"].number_format.startswith('+0.0%"')


def test_the_same_report_gives_the_same_bytes(tables: Path) -> None:
    record = make_record(tables=[{"name": "stages.csv"}])
    assert write_tables(make_notebook(), record, tables) == write_tables(make_notebook(), record, tables)
