"""The Linux calls that Python 3.11 does not offer; each raises OSError when refused."""

import ctypes
import errno
import os
from pathlib import Path

CLONE_NEWNS = 0x0002_0000
CLONE_NEWIPC = 0x0800_0000
CLONE_NEWUSER = 0x1000_0000
CLONE_NEWPID = 0x2000_0000
CLONE_NEWNET = 0x4000_0000

MS_RDONLY = 0x1
MS_NOSUID = 0x2
MS_NODEV = 0x4
MS_NOEXEC = 0x8
MS_REMOUNT = 0x20
MS_BIND = 0x1000
MS_REC = 0x4000
MS_PRIVATE = 0x4_0000

_MNT_DETACH = 2
_MOUNT_ATTR_RDONLY_NOSUID = 0x1 | 0x2
_AT_FDCWD = -100
_AT_RECURSIVE = 0x8000
_SYS_MOUNT_SETATTR = 442  # the same on every architecture; glibc offers it from 2.36 on
_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38
_CAPABILITY_VERSION_3 = 0x2008_0522


def unshare(flags: int) -> None:
    """Leave the namespaces named by ``CLONE_NEW…`` flags for new ones."""
    _call("unshare", ctypes.c_int(flags))


def mount(source: str, target: Path | str, kind: str, flags: int, options: str = "") -> None:
    """Mount a file system, or bind a part of the tree elsewhere."""
    places = (os.fsencode(source), os.fsencode(target), kind.encode())
    _call("mount", *places, ctypes.c_ulong(flags), options.encode() or None)


def protect_mounts(target: Path | str) -> None:
    """Make the mount at a place, and all below it, read-only and without set-user-id (Linux 5.12)."""
    attributes = (ctypes.c_uint64 * 4)(_MOUNT_ATTR_RDONLY_NOSUID, 0, 0, 0)
    size = ctypes.c_size_t(ctypes.sizeof(attributes))
    where = (ctypes.c_int(_AT_FDCWD), os.fsencode(target), ctypes.c_uint(_AT_RECURSIVE))
    _call("syscall", ctypes.c_long(_SYS_MOUNT_SETATTR), *where, ctypes.byref(attributes), size)


def change_root(folder: Path | str) -> None:
    """Make a mounted folder the root, and let the old root go; nothing outside can be reached any more."""
    os.chdir(folder)
    _call("pivot_root", b".", b".")
    _call("umount2", b".", ctypes.c_int(_MNT_DETACH))
    os.chdir("/")


def die_with_parent(signal_number: int) -> None:
    """Have a signal sent to this process when its parent ends."""
    _control(_PR_SET_PDEATHSIG, signal_number)


def adopt_orphans() -> None:
    """Become the parent of each descendant whose own parent ends."""
    _control(_PR_SET_CHILD_SUBREAPER, 1)


def forbid_new_privileges() -> None:
    """Let no set-user-id program give this process or its children any rights."""
    _control(_PR_SET_NO_NEW_PRIVS, 1)


def hide_own_process() -> None:
    """Let nobody of the same user reach this process's memory or descriptors by ``/proc``."""
    _control(_PR_SET_DUMPABLE, 0)


def show_own_process() -> None:
    """Give a process that changed its user, or was hidden, its own entries of ``/proc`` back."""
    _control(_PR_SET_DUMPABLE, 1)


def drop_capabilities() -> None:
    """Give up every capability of this process."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    _call("capset", ctypes.byref(header), ctypes.byref((ctypes.c_uint32 * 6)()))


def _control(option: int, value: int) -> None:
    _call("prctl", *map(ctypes.c_ulong, (option, value, 0, 0, 0)))


def _call(name: str, *arguments: object) -> None:
    function = getattr(ctypes.CDLL(None, use_errno=True), name, None)
    if function is None or function(*arguments) != 0:
        number = ctypes.get_errno() if function else errno.ENOSYS
        raise OSError(number, f"{name}: {os.strerror(number)}")
