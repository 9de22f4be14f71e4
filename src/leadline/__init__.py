"""leadline: a workbench for marketing research in securities and fintech.

Rooms import downwards only:
``language < errors < results < paths, parameters, data < chart < target < report < run < cli``.
"""

__version__ = "0.1.0"
