"""leadline inside JupyterLab: the parameter form, and a report exported by hand."""

from leadline.lab.opened import export_report, parameter_form

__all__ = ["export_report", "parameter_form"]
