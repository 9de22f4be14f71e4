"""The course (W4): labs that are graded against the truth of a market of one's own, and a market game."""

from leadline.course.checking import check
from leadline.course.opening import open_lab

__all__ = ["check", "open_lab"]
