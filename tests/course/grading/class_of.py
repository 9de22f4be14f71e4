"""Submissions to the tiny lab, as students hand them in: whole, damaged, hostile."""

import json
from pathlib import Path

from leadline.course.cells import grade_id
from leadline.course.releasing import student_notebook
from tests.course.releasing.tiny import make_lab

RIGHT = {"share": 'share_percent = 100 * lab["city"]["holds_account"].mean()', "best": 'best = "hold-out"'}


def fill(changed=RIGHT):
    """Return the student's notebook with sources in place of its cells'."""
    notebook = json.loads(json.dumps(student_notebook(make_lab())))
    for cell in notebook["cells"]:
        cell["source"] = changed.get(grade_id(cell), cell["source"])
    return notebook


def position(notebook, name):
    return next(place for place, cell in enumerate(notebook["cells"]) if cell.get("id") == name)


def cell_in(notebook, name):
    return notebook["cells"][position(notebook, name)]


def hand_in(course, student_id, notebook, name="tiny.ipynb"):
    folder = course.find_submission(student_id, "tiny").parent
    folder.mkdir(parents=True, exist_ok=True)
    raw = notebook if isinstance(notebook, bytes) else json.dumps(notebook).encode()
    (folder / name).write_bytes(raw)
    return folder / name


def before_best(code, share=RIGHT["share"]):
    """A right first answer; then code; then a right second one."""
    return fill({"share": share, "best": f'{code}\nbest = "hold-out"'})


def damaged():
    """Return the five damaged submissions of the course's bars."""
    duplicated = fill()
    place = position(duplicated, "share")
    copy = duplicated["cells"][place] | {"id": "copy", "source": fill({})["cells"][place]["source"]}
    duplicated["cells"].insert(place + 1, copy)
    deleted = fill()
    deleted["cells"] = [c for c in deleted["cells"] if c["id"] not in ("share", "best-test", "given")]
    retyped = fill()
    for name, kind in (("share", "markdown"), ("best", "raw")):
        cell = cell_in(retyped, name)
        cell["cell_type"] = kind
        del cell["outputs"], cell["execution_count"]
    return {
        "duplicated": duplicated,
        "deleted": deleted,
        "retyped": retyped,
        "kills": before_best("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"),
        "loops": before_best("while True: pass"),
    }


def hostile(course: Path):
    """Return the five hostile ones."""
    read = f'from pathlib import Path\nshare_percent = Path("{course}/course.key").read_text()'
    patch = (
        "import leadline.course.judgement, leadline.course.answers, leadline.course.cells\n"
        "leadline.course.judgement.Judgement.score = 99\n"
        "leadline.course.answers.read_number = lambda answer: 1\n"
        "share_percent = type('Any', (float,), {'__eq__': lambda *a: True, '__sub__': lambda *a: 0.0})(1)"
    )
    return {
        "reads": before_best("", read),
        "patches": before_best("", patch),
        "connects": before_best("import socket\nsocket.create_connection(('127.0.0.1', 22), timeout=1)"),
        "fills": before_best("while True:\n    open('big', 'ab').write(b'x' * 10**6)"),
        "forks": before_best("import os\nwhile True:\n    os.fork()"),
    }
