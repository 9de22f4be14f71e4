"""A result's table on the terminal: columns aligned, values as the report writes them."""

from collections.abc import Mapping

import click
import pandas as pd

from leadline.language import format_value
from leadline.language.formats import MISSING, format_interval
from leadline.results import Column


def show_table(frame: pd.DataFrame, columns: Mapping[str, Column]) -> None:
    """Print the ``columns`` of a frame, the first to the left, the others to the right."""
    rows = [[column.label for column in columns.values()]] + [
        [
            (format_interval(row[name], row[column.upper], column.unit) or MISSING)
            if column.upper
            else format_value(row[name], column.unit)
            for name, column in columns.items()
        ]
        for row in frame.to_dict("records")
    ]
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    for row in rows:
        first, *others = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        click.echo("  " + "  ".join([row[0].ljust(len(first)), *others]))
