"""Release a lab: a folder and an archive for each student, all of them or none, never changed silently."""

import io
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from leadline.course.folder import Course
from leadline.course.labs import read_lab
from leadline.course.opening import DATA_FOLDER
from leadline.course.releasing.data import make_tables, write_data
from leadline.course.releasing.leaks import find_leaks
from leadline.course.releasing.notebook import student_notebook, write_notebook
from leadline.course.secrets import find_secrets
from leadline.course.worlds import find_seed
from leadline.durable import scratch_folder, sync_to_disk
from leadline.errors import DataError, ParameterError, RunError
from leadline.language import _, plural, speaking

_FIRST_ZIP_DAY = (1980, 1, 1, 0, 0, 0)
_MOST_TOLD = 20
Files = dict[str, bytes]


@dataclass(frozen=True, kw_only=True)
class Released:
    """What a release did: ids of students by what became of the files of each.

    ``kept`` are those whose folder was worked in: it stays as it is, and only the archive is new.
    """

    lab: str
    place: Path
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


def release_lab(course: Course, lab: str, *, again: bool = False) -> Released:
    """Make what each student of the roster is given: ``release/<lab>/<id>/`` and ``<lab>-<id>.zip``.

    Equal sources give equal files. What others put into ``release/<lab>`` stays there (nbgrader's notebook,
    folders of students who have left).

    Parameters
    ----------
    course
        With its roster.
    lab
        Its name.
    again
        Replace what was released before, where notebook or data have changed since.

    Raises
    ------
    ParameterError
        If there is no such lab, or nobody in the roster.
    DataError
        If something that must stay hidden would be handed out, or what was released would change.
    RunError
        If the data cannot be made, or the folder cannot be written. Then nothing is released.
    """
    with speaking(course.language):
        return _release(course, lab, again=again)


def _release(course: Course, lab: str, *, again: bool) -> Released:
    source = read_lab(course.find_source(lab))
    if not course.students:
        raise ParameterError(
            _("Nobody is in the roster. Write student_id,name of each student into roster.csv.")
        )
    place = course.place / "release" / lab
    try:
        place.parent.mkdir(exist_ok=True)
        _finish_swap(place)
        with scratch_folder(f".{lab}-", place.parent) as folder:
            stage = folder / lab
            _make(course, lab, source, stage)
            _refuse_leaks(stage, source, course)
            released = _compare(course, lab, stage, place)
            if released.changed and not again:
                raise _tell_changed(released)
            if released.added or released.changed:
                _publish(stage, place, released.kept)
    except OSError as error:
        raise RunError(
            _(
                "{place} cannot be written: {reason}. Nothing was released.",
                place=place,
                reason=error.strerror,
            )
        ) from error
    return released


def read_zip(path: Path) -> Files | None:
    """Return the files of an archive by their names, None where there is none that can be read."""
    try:
        with ZipFile(path) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    except (OSError, BadZipFile):
        return None


def write_zip(files: Mapping[str, bytes]) -> bytes:
    """Return an archive of these files; equal files give equal bytes."""
    raw = io.BytesIO()
    with ZipFile(raw, "w", ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = ZipInfo(name, _FIRST_ZIP_DAY)
            entry.compress_type, entry.external_attr = ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, files[name])
    return raw.getvalue()


def _make(course: Course, lab: str, source: Mapping[str, Any], stage: Path) -> None:
    notebook, key = write_notebook(student_notebook(source)), course.read_secret()
    for student in course.students:
        name = student.student_id
        tables = make_tables(source["cells"], student_id=name, seed=find_seed(key, name))
        write_data(tables, stage / name / DATA_FOLDER, lab=lab, student_id=name)
        (stage / name / f"{lab}.ipynb").write_bytes(notebook)
        (stage / f"{lab}-{name}.zip").write_bytes(write_zip(_read_folder(stage / name, lab)))


def _refuse_leaks(stage: Path, source: Mapping[str, Any], course: Course) -> None:
    leaks = find_leaks(stage, source, find_secrets(course))
    if leaks:
        more = len(leaks) - _MOST_TOLD
        told = [
            *leaks[:_MOST_TOLD],
            *([plural("and {count} more.", "and {count} more.", more)] if more > 0 else []),
        ]
        raise DataError(_("Students would see what must stay hidden; nothing was released"), told)


def _compare(course: Course, lab: str, stage: Path, place: Path) -> Released:
    found: dict[str, list[str]] = {"added": [], "changed": [], "unchanged": [], "kept": []}
    for student in course.students:
        name = student.student_id
        new, old = read_zip(stage / f"{lab}-{name}.zip"), read_zip(place / f"{lab}-{name}.zip")
        is_there = (place / name).is_dir()
        found["added" if old is None and not is_there else "unchanged" if new == old else "changed"].append(
            name
        )
        if is_there and old != _read_folder(place / name, lab):
            found["kept"].append(name)
    return Released(lab=lab, place=place, **{state: tuple(names) for state, names in found.items()})


def _tell_changed(released: Released) -> DataError:
    return DataError.of(
        _("{lab} is released already, and is not changed silently", lab=released.lab),
        _(
            "notebook or data are others now for: {students}. Students may work on what they have. To hand "
            "out the new one, release with --again.",
            students=_(", ").join(released.changed[:_MOST_TOLD]),
        ),
    )


def _publish(stage: Path, place: Path, kept: tuple[str, ...]) -> None:
    """Put the stage into its place; what is not ours, or was worked in, comes along."""
    for path in place.iterdir() if place.is_dir() else ():
        mine = stage / path.name
        if path.name in kept:
            shutil.rmtree(mine)
        if not mine.exists():
            (shutil.copytree if path.is_dir() else shutil.copy2)(path, mine)
    for path in (*stage.rglob("*"), stage):
        sync_to_disk(path)
    if place.exists():
        place.rename(_name_before(place))
    stage.rename(place)
    sync_to_disk(place.parent)
    shutil.rmtree(_name_before(place), ignore_errors=True)


def _finish_swap(place: Path) -> None:
    """After a power cut between two renames the release before is back; after the second its rest goes."""
    before = _name_before(place)
    if before.is_dir() and not place.exists():
        before.rename(place)
    shutil.rmtree(before, ignore_errors=True)


def _name_before(place: Path) -> Path:
    return place.with_name(f".{place.name}.before")


def _read_folder(folder: Path, top: str) -> Files:
    """Return the files of a folder as its archive names them; JupyterLab's own copies are none of them."""
    return {
        f"{top}/{path.relative_to(folder).as_posix()}": path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".ipynb_checkpoints" not in path.parts
    }
