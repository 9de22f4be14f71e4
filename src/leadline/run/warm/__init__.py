"""Warm kernels (Linux): a server imports the packages once, on one thread, and forks a process a run."""

from leadline.run.warm.host import WarmServer, warm_server

__all__ = ["WarmServer", "warm_server"]
