"""A class of 60 hands in one lab: how long its grading takes, beside nbgrader's serial 12.3 minutes.

    python benchmarks/grade_class.py [LAB [STUDENTS [WORKERS]]]

Two in three submit the reference solution, the others blanks or planted mistakes. Prints wall time, processor
time (submissions included) and peak memory; exits with 1 where a score is not as planted or the bar of 8
minutes is missed.
"""

import json
import resource
import sys
import tempfile
import time
from pathlib import Path

from leadline.course.adding import add_labs, find_labs
from leadline.course.cells import grade_id, read_region, role, source_of
from leadline.course.folder import make_course, open_course
from leadline.course.grading import grade_lab, save_grades
from leadline.course.labs import read_lab
from leadline.course.releasing import release_lab

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tests.course.planted import planted_in

BAR_MINUTES, NBGRADER_MINUTES = 8, 12.3


def hand_in(course, lab: str, number: int, student_id: str, planted: list[dict[str, str]]) -> str:
    notebook = json.loads((course.find_release(lab, student_id) / f"{lab}.ipynb").read_text("utf-8"))
    solved = {
        grade_id(cell): read_region(source_of(cell), "SOLUTION")
        for cell in read_lab(course.find_source(lab))["cells"]
        if role(cell) == "answer"
    }
    kind = ("reference", "reference", "mistake", "reference", "reference", "blank")[number % 6]
    changed = {"reference": solved, "mistake": solved | planted[number % len(planted)], "blank": {}}[kind]
    for cell in notebook["cells"]:
        cell["source"] = changed.get(grade_id(cell), cell["source"])
    path = course.find_submission(student_id, lab)
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(notebook), "utf-8")
    return kind


def main(lab: str = "lab1_survey", students: str = "60", workers: str = "2") -> int:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "course"
        course = make_course(place, name="Benchmark", language="en")
        add_labs(course, find_labs([lab]))
        ids = [f"s{number:02}" for number in range(int(students))]
        (place / "roster.csv").write_text(
            "student_id,name\n" + "".join(f"{name},\n" for name in ids), "utf-8"
        )
        course = open_course(place)
        started = time.perf_counter()
        release_lab(course, lab)
        print(f"release: {time.perf_counter() - started:.1f} s")
        planted = list(planted_in(lab).values())
        kinds = {name: hand_in(course, lab, number, name, planted) for number, name in enumerate(ids)}
        started = time.perf_counter()
        grades = grade_lab(course, lab, workers=int(workers))
        save_grades(course, grades)
        seconds = time.perf_counter() - started
        failed = [
            (one.student_id, kinds[one.student_id], one.score, one.ended)
            for one in grades.students
            if not {
                "reference": one.score == one.points,
                "blank": one.score == 0,
                "mistake": one.score < one.points,
            }[kinds[one.student_id]]
        ]
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    ran = sum(one.seconds for one in grades.students)
    print(f"{lab}: {len(ids)} graded by {workers} workers in {seconds:.1f} s ({ran:.1f} s in the sandbox)")
    print(f"processor: {sum(one.ru_utime + one.ru_stime for one in used):.1f} s, release and start included")
    print(f"peak: grader {used[0].ru_maxrss / 1e3:.0f} MB, one submission {used[1].ru_maxrss / 1e3:.0f} MB")
    print(f"nbgrader, serial: {NBGRADER_MINUTES} min; ratio {seconds / 60 / NBGRADER_MINUTES:.3f}")
    for line in failed:
        print("not as planted:", *line)
    return int(bool(failed) or seconds > BAR_MINUTES * 60)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
