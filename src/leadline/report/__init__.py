"""The report page: what a notebook shows (`show_figure`) and how it becomes one HTML file (``page``)."""

from leadline.report.blocks import show_figure

__all__ = ["show_figure"]
