"""A classroom in one archive: packages, labs and two commands; it installs without a network."""

from leadline.course.bundle.archive import make_bundle
from leadline.course.bundle.wheels import Target

__all__ = ["Target", "make_bundle"]
