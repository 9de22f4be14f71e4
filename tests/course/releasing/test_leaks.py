"""What must stay hidden is found wherever it is planted, and only there."""

import io
import json
from base64 import b64encode
from html import escape
from zipfile import ZipFile

import pandas as pd
import pytest

from leadline.course.labs import list_labs, read_lab, translate_lab
from leadline.course.releasing import find_leaks, student_notebook, write_notebook
from tests.course.releasing.tiny import cell_of, make_lab

LINE = 'share_percent = 100 * lab["city"]["holds_account"].mean()'
NOTE = "Because chance pushes both groups alike."
TAGGED = b"<p>share_percent = 100 * <b>lab</b>[&quot;city&quot;][&#34;holds_account&#34;].mean()</p>"
SEED = "7301444403226532187"


def zip_of(name, content):
    raw = io.BytesIO()
    with ZipFile(raw, "w") as archive:
        archive.writestr(name, content)
    return raw.getvalue()


def parquet_of(**columns):
    raw = io.BytesIO()
    pd.DataFrame(columns).to_parquet(raw)
    return raw.getvalue()


def notebook_with(change):
    made = student_notebook(make_lab())
    change(made)
    return json.dumps(made).encode()


def in_metadata(made):
    cell_of(made, "share")["metadata"]["note"] = NOTE


def in_output(made):
    cell_of(made, "given")["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "12"}]


def in_attachment(made):
    packed = b64encode(f"x\n{LINE}\n".encode()).decode()
    cell_of(made, "reading")["attachments"] = {"a.png": {"image/png": packed}}


def in_lines(made):
    cell_of(made, "share")["source"] = ["share_percent = ...\n", LINE.replace("100 * ", "100  *  ")]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("lab.ipynb", notebook_with(in_metadata), "a line of a solution"),
        ("lab.ipynb", notebook_with(in_output), "outputs of cells"),
        ("lab.ipynb", notebook_with(in_attachment), "a line of a solution"),
        ("lab.ipynb", notebook_with(in_lines), "a line of a solution"),
        ("short.py", b'best = "hold-out"\n', "a line of a solution"),
        ("rows.csv", f"day,note\n1,{NOTE}\n".encode(), "a line of a solution"),
        ("rows.csv", b"day,true_share\n1,2\n", "a column or key called true_share"),
        ("note.json", b'{"a": [{"seed": 4}]}', "a column or key called seed"),
        ("rows.parquet", parquet_of(truth=[1]), "a column or key called truth"),
        ("rows.parquet", parquet_of(note=[SEED]), "a seed, or the secret"),
        ("page.html", f"<p>{escape(LINE)}</p>".encode(), "a line of a solution"),
        ("page.html", TAGGED, "a line of a solution"),
        ("page.html", b"<i>You counted, and did\nnot divide.</i>", "a message of a hidden test"),
        ("deep.zip", zip_of("a/b.zip", zip_of("c.txt", SEED)), "a seed, or the secret"),
        ("tool.py", b"from leadline.course.instructor import judge", "a tool or mark of the instructor"),
        ("wide.txt", LINE.encode("utf-16"), "a line of a solution"),
        (f"{SEED}.txt", b"", "a seed, or the secret"),
    ],
)  # fmt: skip
def test_a_planted_leak_is_found(tmp_path, name, content, told):
    (tmp_path / "good.ipynb").write_bytes(write_notebook(student_notebook(make_lab())))
    assert find_leaks(tmp_path, make_lab(), [SEED]) == []
    (tmp_path / name).write_bytes(content)
    leaks = find_leaks(tmp_path, make_lab(), [SEED])
    assert leaks
    assert any(told in leak and leak.startswith(name) for leak in leaks), leaks


def test_who_found_the_solution_may_read_it_and_nothing_more(tmp_path):
    (tmp_path / "page.html").write_text(f"<pre>{escape(LINE)}</pre>")
    assert find_leaks(tmp_path, make_lab(), own=f"mine\n{LINE}") == []
    (tmp_path / "page.html").write_text(f"<pre>{escape(LINE)}</pre><p>{NOTE}</p>")
    assert len(find_leaks(tmp_path, make_lab(), own=f"mine\n{LINE}")) == 1


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("path", list_labs(), ids=lambda path: path.stem)
def test_no_lab_leaks_into_its_student_s_notebook(tmp_path, path, language):
    notebook = translate_lab(read_lab(path), language)
    (tmp_path / "lab.ipynb").write_bytes(write_notebook(student_notebook(notebook)))
    assert find_leaks(tmp_path, notebook) == []
    (tmp_path / "lab.ipynb").write_text(json.dumps(notebook))
    assert len(find_leaks(tmp_path, notebook)) > 20
