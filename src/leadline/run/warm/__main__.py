"""Runs the server: ``python …/warm LISTENER FINGERPRINT``.

Started by its path and not by ``-m``, so that no module of the working folder is taken for a package.
"""

import os
import select
import sys


def is_wanted() -> bool:
    """Whether the owner still holds the other end of standard input, on which nothing ever comes."""
    return not select.select([sys.stdin], [], [], 0)[0]


def main() -> None:
    """Preload, serve, and in each fork become a kernel."""
    del sys.path[0]
    from socket import socket  # noqa: PLC0415 (after the path was put right)

    from leadline.run.warm import child, preloading, server  # noqa: PLC0415
    from leadline.run.warm.environment import find_mark_space  # noqa: PLC0415

    started_with = dict(os.environ)
    mark_space = find_mark_space()
    set_by_imports = preloading.preload(is_wanted)
    if (threads := preloading.count_threads()) != 1:
        sys.exit(f"{threads} threads run after the imports; a fork would lose them")
    listener = socket(fileno=int(sys.argv[1]))
    if fork := server.Server(listener, started_with, imported=sys.argv[2]).serve():
        child.become_kernel(fork, mark_space, set_by_imports)


main()
