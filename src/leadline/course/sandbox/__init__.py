"""A student's cells run apart from everything, and give back plain values."""

from leadline.course.sandbox.environment import check_environment, find_missing_protections
from leadline.course.sandbox.host import Sandbox
from leadline.course.sandbox.submission import Cell, Limits, Ran

__all__ = ["Cell", "Limits", "Ran", "Sandbox", "check_environment", "find_missing_protections"]
