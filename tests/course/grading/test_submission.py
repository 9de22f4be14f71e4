"""A notebook is found and read however it was handed in; nothing ends without a word."""

import io
import json
import os
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from leadline.course.grading.submission import _MOST_BYTES, read_submission

CELL = {"cell_type": "code", "id": "a", "metadata": {}, "source": 'x = "客户"', "outputs": []}
NOTEBOOK = {"cells": [CELL], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
TEXT = json.dumps(NOTEBOOK, ensure_ascii=False)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "ann" / "lab" / "lab.ipynb"


def write(path, raw):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(raw if isinstance(raw, bytes) else raw.encode())
    return path


def zipped(files):
    raw = io.BytesIO()
    with ZipFile(raw, "w", ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return raw.getvalue()


@pytest.mark.parametrize(
    ("raw", "note"),
    [
        (TEXT.encode(), None),
        (TEXT.encode("utf-8-sig"), None),
        (TEXT.encode("utf-16"), "written in UTF-8"),
        (TEXT.encode("gb18030"), "gb18030"),
        (json.dumps(NOTEBOOK | {"cells": [CELL, 7, {"cell_type": 3}]}), "left out: 2"),
    ],
)
def test_encodings_and_damage_are_read_and_told(path, raw, note):
    found = read_submission(write(path, raw))
    assert [cell["source"] for cell in found.cells] == ['x = "客户"']
    assert [note in told for told in found.notes] == ([True] if note else [])


def test_an_old_format_is_converted(path):
    old = {"cell_type": "code", "input": "x = 1", "language": "python", "outputs": [], "metadata": {}}
    tree = {
        "worksheets": [{"cells": [old], "metadata": {}}],
        "metadata": {},
        "nbformat": 3,
        "nbformat_minor": 0,
    }
    found = read_submission(write(path, json.dumps(tree)))
    assert [cell["source"] for cell in found.cells] == ["x = 1"]
    assert "old format 3" in found.notes[0]


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"[]", b'{"cells": 1}', b"\xff\xfe\x00", b"[" * 100_000, b'{"nbformat": 2, "worksheets": 1}'],
)
def test_what_is_no_notebook_says_so(path, raw):
    found = read_submission(write(path, raw))
    assert found.cells == ()
    assert "cannot be read as a notebook" in found.fault


def test_other_names_folders_and_archives_are_found(path):
    nested = write(path.parent / "work" / "lab.ipynb", TEXT)
    write(path.parent / "work" / ".ipynb_checkpoints" / "lab.ipynb", "{")
    assert "work/lab.ipynb" in read_submission(path).notes[0]
    nested.rename(path.parent / "my answer.IPYNB")
    assert "my answer.IPYNB" in read_submission(path).notes[0]
    (path.parent / "my answer.IPYNB").unlink()
    write(
        path.parent / "lab.zip", zipped({"other.ipynb": "{", "lab/lab.ipynb": TEXT, "lab/data/lab.json": ""})
    )
    found = read_submission(path)
    assert found.cells
    assert found.notes == ("The notebook was taken from the archive lab.zip.",)


def test_the_latest_of_several_other_names_is_taken(path):
    os.utime(write(path.parent / "a.ipynb", TEXT), (2_000_000_000, 2_000_000_000))
    os.utime(write(path.parent / "b.ipynb", "{"), (1_000_000_000, 1_000_000_000))
    assert "a.ipynb" in read_submission(path).notes[0]


@pytest.mark.covers("paths", "submission_archive")
def test_what_is_too_large_is_not_read(path):
    write(path, b"")
    with path.open("r+b") as file:
        file.truncate(_MOST_BYTES + 1)
    assert "larger than 50 MB" in read_submission(path).fault
    path.unlink()
    write(path.parent / "lab.zip", zipped({"lab.ipynb": bytes(_MOST_BYTES + 1)}))
    assert "larger than 50 MB" in read_submission(path).fault


@pytest.mark.covers("paths", "submission_archive")
@pytest.mark.parametrize("content", [b"no archive", zipped({"a.txt": "1"})])
def test_an_archive_without_a_notebook_is_explained(path, content):
    write(path.parent / "lab.zip", content)
    assert "lab.zip" in read_submission(path).fault


def test_something_else_is_named_and_nothing_is_nothing(path):
    assert read_submission(path) is None
    write(path.parent / "data" / "lab.json", "{}")
    write(path.parent / "timestamp.txt", "2026")
    assert read_submission(path) is None
    write(path.parent / "answers.docx", "x")
    assert "answers.docx" in read_submission(path).fault


@pytest.mark.covers("paths", "submission_link")
def test_links_are_not_followed(path, tmp_path):
    secret = write(tmp_path / "course.key", TEXT)
    path.parent.mkdir(parents=True)
    path.symlink_to(secret)
    assert read_submission(path) is None
