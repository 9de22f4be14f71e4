"""What a submission told is read with care, and how it ended is said in words."""

import json

import pandas as pd
import pytest

from leadline.course.sandbox import Cell, Limits
from leadline.course.sandbox.reading import explain_missing, read_end
from leadline.course.sandbox.submission import Request
from leadline.errors import RunError
from leadline.language import speaking

REQUEST = Request(
    cells=[Cell("one", ""), Cell("two", "")], wanted=["x"], limits=Limits(seconds=3), folder="/nowhere"
)
ONE = b'{"cell": "one", "error": null, "answers": {"x": 1}}\n'


def read(told: bytes, end: str = "exit", detail: str = "0"):
    return read_end(REQUEST, {"end": end, "detail": detail, "missing": []}, told)


def test_later_answers_count_and_unasked_names_do_not() -> None:
    ran = read(ONE + b'{"cell": "two", "error": "E: no", "answers": {"x": 2, "y": 3}}\n')
    assert ran.answers == {"x": 2}
    assert ran.errors == {"two": "E: no"}
    assert not ran.ended


@pytest.mark.parametrize(
    "forged",
    [
        b"[" * 100_000 + b"\n",
        b"9" * 10_000 + b"\n",
        b"\xff\x00\n",
        b'{"cell": ["one"], "answers": {}}\n',
        b'{"cell": "three", "answers": {"x": 5}}\n',
        b'{"answers": {"x": 5}}\n',
        b'{"cell": "one", "answers": [["x", 5]]}\n',
        b'"cell"\n',
    ],
)
def test_lines_of_any_other_shape_are_nothing(forged: bytes) -> None:
    ran = read(forged + ONE + forged)
    assert ran.answers == {"x": 1}
    assert ran.ended.startswith("Cell two ")


@pytest.mark.parametrize(
    "plain",
    [
        {"frame": {}},
        {"frame": None},
        {"series": {"values": {"is_time": True, "items": ["no day"]}, "index": 3, "name": None}},
        {"dict": [[{"dict": []}, 1]]},
        {"dict": [[1]]},
        {"a": 1, "b": 2},
        {},
    ],
)
def test_answers_that_were_not_encoded_are_unreadable(plain: object) -> None:
    told = json.dumps({"cell": "one", "answers": {"x": plain}}).encode()
    assert read(told).answers == {"x": {"unreadable": "unreadable"}}


def test_errors_are_cut() -> None:
    told = json.dumps({"cell": "one", "error": "E" * 10_000, "answers": {}}).encode()
    assert len(read(told).errors["one"]) == 500


@pytest.mark.parametrize(
    ("end", "detail", "said"),
    [
        ("time", "", "Cell two was still running at the time limit of 3 seconds"),
        ("memory", "", "2,000 MB of memory"),
        ("processes", "", "as many processes as a submission may have (64)"),
        ("size", "", "8 MB of answers"),
        ("channel", "", "Cell two closed the way"),
        ("exit", "-9", "Cell two killed the kernel (signal SIGKILL)"),
        ("exit", "-34", "Cell two killed the kernel (signal "),
        ("exit", "3", "Cell two ended the kernel (exit code 3)"),
        ("lost", "", "Cell two ended the process that watches over it"),
    ],
)
def test_each_end_is_explained(end: str, detail: str, said: str) -> None:
    ran = read(ONE, end, detail)
    assert said.replace(",", "") in ran.ended.replace(",", "")
    assert ran.ended.endswith("It and the cells after it have no answers.")
    assert ran.answers == {"x": 1}


def test_a_submission_that_could_not_start_is_no_students_fault() -> None:
    with pytest.raises(RunError, match="nobody was graded: OSError: no room"):
        read(b"", "broken", "OSError: no room")


def test_each_missing_protection_has_its_message() -> None:
    with speaking("en"):
        said = [explain_missing(name) for name in ("network", "processes", "files")]
    assert [text.partition(":")[0] for text in said] == ["Network", "Other processes", "Files"]


def test_frames_are_decoded() -> None:
    told = {"is_time": False, "items": [1, 2], "names": [None]}
    frame = {"columns": told | {"items": ["a"]}, "index": told, "values": [told]}
    ran = read(json.dumps({"cell": "one", "answers": {"x": {"frame": frame}}}).encode())
    pd.testing.assert_frame_equal(ran.answers["x"], pd.DataFrame({"a": [1, 2]}, index=[1, 2]))
