"""A user's own column names: which of them stands for which of ours."""

import csv
from collections.abc import Sequence
from pathlib import Path

from leadline.data.layout import clean_name
from leadline.data.raw import suggest
from leadline.errors import DataError
from leadline.language import _
from leadline.plain_yaml import read_yaml

_FIELDS = 2


def read_mapping(path: str | Path) -> dict[str, str]:
    """Read a mapping file: our name → their name.

    Parameters
    ----------
    path
        YAML (``spend_cny: 消费金额``) or CSV of two columns, ours and theirs, without a header.

    Raises
    ------
    DataError
        If the file is missing, or is no such mapping.
    """
    file = Path(path)
    if not file.is_file():
        raise DataError.of(
            _("{file} was not found", file=file), _("it should map our column names to those of the table.")
        )
    pairs = _read_csv(file) if file.suffix.lower() == ".csv" else read_yaml(file)
    if not isinstance(pairs, dict) or not all(
        isinstance(theirs, str) and theirs for theirs in pairs.values()
    ):
        raise DataError.of(
            _("{file} is not a mapping of columns", file=file),
            _("write one line a column: our_name: name in the table"),
        )
    return {clean_name(ours): clean_name(theirs) for ours, theirs in pairs.items()}


def check_mapping(
    mapping: dict[str, str], columns: Sequence[str], *, mapping_name: str, source_name: str
) -> None:
    """Refuse a mapping that names absent columns, or makes two columns of one name.

    Raises
    ------
    DataError
        With every problem; the nearest column is suggested.
    """
    theirs = list(mapping.values())
    problems = [
        _(
            "{their}: {source_name} has no such column (wanted as {ours}).{hint}",
            their=their,
            source_name=source_name,
            ours=ours,
            hint=suggest(their, columns),
        )
        for ours, their in mapping.items()
        if their not in columns
    ]
    problems.extend(
        _("{their}: mapped to {count} names. Keep one of them.", their=their, count=theirs.count(their))
        for their in dict.fromkeys(theirs)
        if theirs.count(their) > 1
    )
    problems.extend(
        _(
            "{ours}: the table already has a column of this name beside {their}. Choose another "
            "name, or map that one too.",
            ours=ours,
            their=their,
        )
        for ours, their in mapping.items()
        if ours != their and ours in columns and ours not in theirs
    )
    if problems:
        raise DataError(
            _(
                "{mapping_name} does not fit {source_name}",
                mapping_name=mapping_name,
                source_name=source_name,
            ),
            problems,
        )


def _read_csv(file: Path) -> dict[str, str]:
    rows = [row for row in csv.reader(file.read_text("utf-8-sig").splitlines()) if any(row)]
    if any(len(row) != _FIELDS for row in rows):
        raise DataError.of(
            _("{file} is not a mapping of columns", file=file),
            _("each line needs two fields: our name, name in the table."),
        )
    return {ours.strip(): theirs.strip() for ours, theirs in rows}
