"""The portal: one static page over all runs of a folder."""

from leadline.run.portal.build import build_portal

__all__ = ["build_portal"]
