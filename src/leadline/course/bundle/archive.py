"""Put a classroom's archive together: the same sources give the same file, with a sum of every part."""

import shutil
from hashlib import file_digest
from importlib.resources import files
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from leadline.course.bundle.wheels import Target, collect_wheels
from leadline.course.folder import Course
from leadline.course.labs import read_lab
from leadline.course.releasing import find_leaks
from leadline.course.secrets import find_secrets
from leadline.durable import scratch_folder, sync_to_disk
from leadline.errors import DataError, ParameterError, RunError
from leadline.language import _

SUMS_FILE = "SHA256SUMS"
_TOP = "classroom"
#: Files of this package that go along as they are; they run and are read before leadline is there.
_HANDED_OUT = ("install.py", "README.md")
_FIRST_ZIP_DAY = (1980, 1, 1, 0, 0, 0)


def make_bundle(
    course: Course,
    out: Path,
    *,
    student: str = "",
    target: Target | None = None,
    wheels: Path | None = None,
    requirements: Path | None = None,
) -> Path:
    """Write one archive that installs leadline and opens the released labs without a network.

    Parameters
    ----------
    course
        Whose labs were released.
    out
        The archive, ``….zip``; an earlier one is replaced once the new one is whole.
    student
        Only this student's labs; all students' where empty.
    target
        The computers of the classroom; this one's kind when not given.
    wheels
        Folder of packages that are there already; downloaded when not given.
    requirements
        Pinned packages in place of leadline's own lock file.

    Raises
    ------
    ParameterError
        If ``out`` is no name of an archive, or no lab was released.
    DataError
        If the student is not in the roster, packages are missing, or something would leak.
    RunError
        If packages cannot be downloaded, or the archive cannot be written.
    """
    if out.suffix.lower() != ".zip":
        raise ParameterError(_("{file} is no name of an archive. Let it end with .zip.", file=out))
    if student:
        course.find_student(student)
    released = _find_released(course, student)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with scratch_folder(".classroom-", out.parent) as folder:
            top = folder / _TOP
            _copy_labs(course, released, top / "labs")
            collect_wheels(top / "wheels", target or Target(), given=wheels, requirements=requirements)
            for name in _HANDED_OUT:
                (top / name).write_bytes(files("leadline.course.bundle").joinpath(name).read_bytes())
            (top / SUMS_FILE).write_bytes(_sum(top).encode())
            part = folder / out.name
            _pack(top, part)
            sync_to_disk(part)
            part.replace(out)
            sync_to_disk(out.parent)
    except OSError as error:
        raise RunError(
            _("{file} cannot be written: {reason}.", file=out, reason=error.strerror or error)
        ) from None
    return out


def _find_released(course: Course, student: str) -> list[Path]:
    pattern = f"*-{student}.zip" if student else "*.zip"
    labs = {lab: sorted((course.place / "release" / lab).glob(pattern)) for lab in course.labs()}
    found = [path for lab, paths in labs.items() for path in paths if path.name.startswith(f"{lab}-")]
    if not found:
        raise ParameterError(_("No lab was released. Run: leadline course release LAB"))
    return found


def _copy_labs(course: Course, released: list[Path], folder: Path) -> None:
    for path in released:
        place = folder / path.parent.name / path.name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, place)
    secrets = find_secrets(course)
    leaks = [leak for lab in course.labs() for leak in _search(course, lab, folder, secrets)]
    if leaks:
        raise DataError(_("Students would see what must stay hidden; no archive was written"), leaks)


def _search(course: Course, lab: str, folder: Path, secrets: list[str]) -> list[str]:
    return (
        find_leaks(folder / lab, read_lab(course.find_source(lab)), secrets)
        if (folder / lab).is_dir()
        else []
    )


def _list_files(top: Path) -> list[Path]:
    return sorted(path for path in top.rglob("*") if path.is_file())


def _sum(top: Path) -> str:
    lines = []
    for path in _list_files(top):
        with path.open("rb") as file:
            lines.append(f"{file_digest(file, 'sha256').hexdigest()}  {path.relative_to(top).as_posix()}\n")
    return "".join(lines)


def _pack(top: Path, to: Path) -> None:
    """Wheels and labs are compressed already."""
    with ZipFile(to, "w", ZIP_STORED) as archive:
        for path in _list_files(top):
            entry = ZipInfo(f"{_TOP}/{path.relative_to(top).as_posix()}", _FIRST_ZIP_DAY)
            entry.external_attr, entry.file_size = 0o644 << 16, path.stat().st_size
            with path.open("rb") as source, archive.open(entry, "w") as target:
                shutil.copyfileobj(source, target)
