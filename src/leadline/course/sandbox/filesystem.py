"""A root of its own for a submission: what Python needs, read-only, and one small disk; nothing else exists.

A list of what may be seen is short and fails safely; a list of what must be hidden would forget something. So
the course folder, home folders, keys, mailboxes and other students' work are not covered: they are not there.
"""

import os
import shutil
import site
import sys
from collections.abc import Iterator
from pathlib import Path

from leadline.course.sandbox import libc
from leadline.course.sandbox.submission import Request
from leadline.paths import NOTEBOOKS, SAMPLES

#: Where the submission's own disk is, inside; it works in the first folder of it.
_DISK = Path("/submission")
WORK = _DISK / "work"
#: Usual places of files that pass: on the disk too, so that one limit counts for all.
_PASSING = {"/tmp": "tmp", "/var/tmp": "var", "/dev/shm": "shm"}  # noqa: S108 (inside only)
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/nix/store", "/gnu/store")
_SETTINGS = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "fonts", "localtime", "ssl/certs")
_DEVICES = ("null", "zero", "full", "random", "urandom")
_STREAMS = {"fd": "", "stdin": "0", "stdout": "1", "stderr": "2"}
_MOST_FILES = 10_000


def build_root(request: Request, owner: int, *, with_processes: bool) -> None:
    """Make and enter the root, in a mount namespace of this process's own.

    Parameters
    ----------
    request
        Tells the mount point, the data, and the folders to hide.
    owner
        User number (as seen inside) of the disk.
    with_processes
        Whether there is a process namespace whose ``/proc`` may be shown.

    Raises
    ------
    OSError
        If the system refuses; nothing that is outside was changed.
    """
    libc.unshare(libc.CLONE_NEWNS)  # here and not before: a change of root is one for all of the namespace
    libc.mount("none", "/", "", libc.MS_REC | libc.MS_PRIVATE)
    root = Path(request.folder, "root")
    root.mkdir()
    closed = libc.MS_NOSUID | libc.MS_NODEV
    libc.mount("tmpfs", root, "tmpfs", closed, f"size=1m,nr_inodes={_MOST_FILES},mode=755")
    _add_disk(root, request, owner)
    for place in _DEVICES:
        _bind(Path("/dev", place), root)
    for name, place in _STREAMS.items():
        (root / "dev" / name).symlink_to(Path("/proc/self/fd", place))
    _add_packages(root, request.hidden)
    (root / "proc").mkdir()
    if with_processes:
        libc.mount("proc", root / "proc", "proc", closed | libc.MS_NOEXEC)
    libc.mount("none", root, "", libc.MS_BIND | libc.MS_REMOUNT | libc.MS_RDONLY | closed)
    libc.change_root(root)


def fill_work_folder(work: Path, data: str | None, owner: int) -> None:
    """Make the folder that cells start in, with the data's files in ``data/``."""
    work.mkdir(mode=0o755)
    (work / "data").mkdir()
    for source in sorted(Path(data).iterdir()) if data else ():
        if source.is_file():
            shutil.copyfile(source, work / "data" / source.name)
    if owner != os.geteuid():
        for place in (work, work / "data", *(work / "data").iterdir()):
            os.chown(place, owner, owner)


def _add_disk(root: Path, request: Request, owner: int) -> None:
    """Mount the submission's disk, which holds its data beside what it may write."""
    given = sum(path.stat().st_size for path in Path(request.data).iterdir()) if request.data else 0
    size = f"size={given + request.limits.disk_mb * 1_000_000},nr_inodes={_MOST_FILES}"
    disk = root / _DISK.relative_to("/")
    disk.mkdir()
    flags = libc.MS_NOSUID | libc.MS_NODEV
    libc.mount("tmpfs", disk, "tmpfs", flags, f"{size},mode=755")
    fill_work_folder(root / WORK.relative_to("/"), request.data, owner)
    for place, name in _PASSING.items():
        (disk / name).mkdir()
        (disk / name).chmod(0o1777)
        target = root / Path(place).relative_to("/")
        target.mkdir(parents=True)
        libc.mount(str(disk / name), target, "", libc.MS_BIND)


def _add_packages(root: Path, hidden: list[str]) -> None:
    """Bind what is needed and cover what is hidden in it, the outer before the inner."""
    needed = set(_find_needed())
    covers = set(_find_covers(needed, {place.resolve() for place in (*map(Path, hidden), NOTEBOOKS)}))
    for place in sorted(needed | covers, key=lambda path: len(path.parts)):
        target = root / place.relative_to("/")
        if place not in covers:
            _bind(place, root)
        elif target.is_dir():
            libc.mount("tmpfs", target, "tmpfs", libc.MS_NOSUID | libc.MS_NODEV, "size=1m,mode=755")


def _find_covers(needed: set[Path], hidden: set[Path]) -> Iterator[Path]:
    """Yield each path by which a hidden folder would be seen: links lead to it by several."""
    for folder in hidden:
        yield folder
        for place in needed:
            if folder.is_relative_to(place.resolve()):
                yield place / folder.relative_to(place.resolve())


def _find_needed() -> Iterator[Path]:
    """Yield what Python, its packages and leadline's own code need."""
    own = [str(Path(__file__).parents[2]), str(SAMPLES), sys.prefix, sys.base_prefix, sys.exec_prefix]
    settings = [f"/etc/{name}" for name in _SETTINGS]
    places: list[str] = [*_SYSTEM, *settings, *own, *sys.path, *site.getsitepackages()]
    for place in map(Path, places):
        if place.is_absolute() and place.exists() and place != Path("/"):
            yield place
            if place.as_posix() not in _SYSTEM:
                yield place.resolve()


def _bind(place: Path, root: Path) -> None:
    """Show a place of the system at the same place below the new root, unless it is there already."""
    target = root / place.relative_to("/")
    target.parent.mkdir(parents=True, exist_ok=True)
    if place.is_symlink() and place.parent == Path("/"):  # /bin → usr/bin
        target.symlink_to(place.readlink())
    elif not (target.exists() and target.samefile(place)):
        if place.is_dir():
            target.mkdir(exist_ok=True)
        else:
            target.touch()
        libc.mount(str(place), target, "", libc.MS_BIND | libc.MS_REC)
        libc.protect_mounts(target)
