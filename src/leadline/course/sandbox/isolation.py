"""Takes from a process everything that a submission has no need of, before any code of a student runs.

What is taken, and why:

- user namespace (unless root): lets an ordinary user make the other namespaces; holds one user, nobody.
- process namespace: no process outside can be seen, signalled or traced; when its first process is killed,
  everything in it dies, however it forked, detached itself or stopped.
- network namespace: an interface to itself and no other, so no answer is fetched and none is sent.
- ipc namespace: no shared memory, semaphore or queue that another submission left or finds.
- mount namespace: a root of its own (`filesystem`), so no secret, no truth, no other student's work, and a
  disk that is full before the machine's is.
- user: as root, a number that nobody else has, so that file permissions and the count of processes hold.
- limits: memory, files, processes, core dumps; capabilities and set-user-id programs: none.
"""

import os
import re
import resource
import sys
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from leadline.course.sandbox import libc
from leadline.course.sandbox.filesystem import WORK, build_root, fill_work_folder
from leadline.course.sandbox.submission import Limits, Request

Protection = Literal["network", "processes", "files"]
_NOBODY = 65_534
#: systemd's range for users that exist while a program runs; also within the 65,536 that containers map.
_FIRST_USER, _USERS = 61_184, 4_336
_OPEN_FILES = 512
#: What watches over a submission goes before it, also when sixty processes run without end.
_NICENESS = 5
#: From this version on each user namespace counts its own processes.
_COUNTS_BY_NAMESPACE = (5, 14)


@dataclass(frozen=True)
class Walls:
    """What stands between a submission and the machine.

    Attributes
    ----------
    missing
        Protections that the system refused.
    owns_users
        Whether there is a user namespace of its own.
    others
        Tasks that the system counts with the submission's, because they have the same user.
    """

    missing: tuple[Protection, ...]
    owns_users: bool = False
    others: int = 0


def leave_namespaces() -> Walls:
    """Move this process, or its next children, into namespaces of their own."""
    if sys.platform != "linux":
        return Walls(("network", "processes", "files"))
    others = _count_tasks(os.geteuid())
    owns_users = False
    if not _can_unshare(libc.CLONE_NEWIPC):
        with suppress(OSError):
            _become_owner()
            owns_users = _can_unshare(libc.CLONE_NEWIPC)
    flags: dict[Protection, int] = {
        "network": libc.CLONE_NEWNET,
        "processes": libc.CLONE_NEWPID,
    }
    missing = tuple(name for name, flag in flags.items() if not _can_unshare(flag))
    release = tuple(int(part) for part in re.findall(r"\d+", os.uname().release)[:2])
    is_counted_apart = os.geteuid() == 0 or (owns_users and release >= _COUNTS_BY_NAMESPACE)
    return Walls(missing, owns_users, 0 if is_counted_apart else others)


def enter(request: Request, walls: Walls) -> Walls:
    """Enter the root of its own and lose every right; the first process of the namespaces calls it.

    Returns
    -------
    Walls
        With what is missing now.
    """
    user = _choose_user(request)
    work = WORK
    if "files" not in walls.missing:
        try:
            build_root(request, user, with_processes="processes" not in walls.missing)
        except OSError:
            walls = replace(walls, missing=(*walls.missing, "files"))
    if "files" in walls.missing:
        work = Path(request.folder, "work")
        fill_work_folder(work, request.data, user)
    _limit(request.limits, walls)
    _lose_rights(user, walls)
    os.chdir(work)
    os.nice(_NICENESS)
    return walls


def _can_unshare(flag: int) -> bool:
    try:
        libc.unshare(flag)
    except OSError:
        return False
    return True


def _become_owner() -> None:
    """Enter a user namespace that holds this process's user alone, under nobody's number."""
    user, group = os.geteuid(), os.getegid()
    libc.unshare(libc.CLONE_NEWUSER)
    own = Path("/proc/self")
    (own / "setgroups").write_text("deny")
    (own / "uid_map").write_text(f"{_NOBODY} {user} 1")
    (own / "gid_map").write_text(f"{_NOBODY} {group} 1")


def _choose_user(request: Request) -> int:
    """Choose a number that no other user has, where this process may become another."""
    user = _FIRST_USER + Path(request.folder).stat().st_ino % _USERS
    try:
        os.chown(request.folder, user, user)
    except OSError:
        return os.geteuid()
    return user


def _lose_rights(user: int, walls: Walls) -> None:
    """Become a user without rights, for good; what is not permitted here was not there to lose."""
    if sys.platform != "linux":
        return
    if walls.owns_users:  # elsewhere it would be the whole machine's setting
        with suppress(OSError):
            Path("/proc/sys/user/max_user_namespaces").write_text("0")
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")  # short of memory, the system ends this first
    if user != os.geteuid():
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    with suppress(OSError):
        libc.drop_capabilities()
    with suppress(OSError):
        libc.forbid_new_privileges()


def _limit(limits: Limits, walls: Walls) -> None:
    """Set the system's limits of one process; all processes together are watched from outside."""
    wanted = {
        "RLIMIT_AS": _own_address_space() + limits.memory_mb * 1_000_000,
        "RLIMIT_FSIZE": limits.disk_mb * 1_000_000,
        "RLIMIT_CPU": int(limits.seconds) + 2,
        "RLIMIT_CORE": 0,
        "RLIMIT_NOFILE": _OPEN_FILES,
        "RLIMIT_NPROC": limits.processes + walls.others,
        "RLIMIT_MSGQUEUE": 0,
    }
    if sys.platform != "linux":  # macOS counts address space and the user's processes otherwise
        del wanted["RLIMIT_AS"], wanted["RLIMIT_NPROC"]
    for name, most in wanted.items():
        with suppress(OSError, ValueError, AttributeError):
            kind = getattr(resource, name)
            hardest = resource.getrlimit(kind)[1]
            allowed = most if hardest == resource.RLIM_INFINITY else min(most, hardest)
            resource.setrlimit(kind, (allowed, allowed))


def _own_address_space() -> int:
    with suppress(OSError):
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
        return pages * os.sysconf("SC_PAGE_SIZE")
    return 2_000_000_000  # that of the preloaded packages


def _count_tasks(user: int) -> int:
    """Count a user's processes and threads."""
    own = f"\nUid:\t{user}\t"
    count = 0
    for place in Path("/proc").glob("[0-9]*/status"):
        with suppress(OSError):  # it has ended
            status = place.read_text("utf-8", "replace")
            count += int(status.partition("\nThreads:")[2].split()[0]) if own in status else 0
    return count
