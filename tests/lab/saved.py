"""A saved notebook, as its author left it."""

import os
from pathlib import Path

import nbformat
from nbformat import NotebookNode, v4

from leadline.results import RESULT_MIME

PARAMETERS = (
    "from leadline.parameters import Choice, Date, Flag, Share, Text, Texts\n"
    "size: Share = 0.2  # part of the customers\n"
    "as_of: Date = '2026-01-31'  # day\n"
    "names: Texts = ['a']  # names\n"
    "loud: Flag = False  # loud or not\n"
    "language: Choice['en', 'zh'] = 'en'  # language of the report\n"
    "label: Text | None = None  # in words"
)
SET_UP = "from leadline.parameters import check_parameters\ncheck_parameters(globals())"
SOURCES = (PARAMETERS, SET_UP, "shown = size * 2", "record(shown)")
PAYLOAD = {
    "answer": "A fifth of them.",
    "kpis": [],
    "warnings": ["Few of them."],
    "marks": [],
    "results": {"share": 0.2},
    "tables": ["shares.csv"],
    "sources": [],
    "seed": 7,
}


def save(folder: Path, *sources: str, at: float = 1_001.0) -> Path:
    """Save the notebook of ``SOURCES`` and further cells, as if each had run in its turn."""
    notebook = v4.new_notebook(cells=[v4.new_markdown_cell("# How many?\n")])
    for count, source in enumerate((*SOURCES, *sources), start=1):
        cell = v4.new_code_cell(source, execution_count=count)
        notebook.cells += [v4.new_markdown_cell(f"## Step {count}"), cell]
    notebook.cells[2].metadata["tags"] = ["parameters"]
    data = {RESULT_MIME: PAYLOAD, "text/plain": "Recorded."}
    notebook.cells[8].outputs = [v4.new_output("display_data", data)]
    return write(notebook, folder / "shares.ipynb", at=at)


def write(notebook: NotebookNode, path: Path, *, at: float = 1_001.0) -> Path:
    """Write a notebook, saved at a time."""
    nbformat.write(notebook, path)
    os.utime(path, (at, at))
    return path
