"""The types that a notebook's ``parameters`` cell may use, and the check that its set-up calls."""

from leadline.parameters.check import check_parameters
from leadline.parameters.secrets import SecretValue
from leadline.parameters.types import (
    Choice,
    Column,
    Columns,
    Count,
    Dataset,
    Date,
    File,
    Flag,
    Money,
    Secret,
    Seed,
    Share,
    Text,
    Texts,
)

__all__ = [
    "Choice",
    "Column",
    "Columns",
    "Count",
    "Dataset",
    "Date",
    "File",
    "Flag",
    "Money",
    "Secret",
    "SecretValue",
    "Seed",
    "Share",
    "Text",
    "Texts",
    "check_parameters",
]
