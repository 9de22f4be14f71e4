"""Words and Excel's errors that stand where a number or a date is missing: dropped, and said so."""

from leadline.data.levels import TextColumn
from leadline.data.raw import Findings
from leadline.language import _, plural


def report_missing_words(column: TextColumn, findings: Findings) -> None:
    """Note the words of a column that count as missing; warn of Excel's errors."""
    words = column.texts(column.marker & ~column.error)
    if words:
        findings.notes.append(
            _("{column}: {words} count as missing.", column=column.name, words=_(", ").join(sorted(words)))
        )
    if column.error.any():
        findings.warnings.append(
            plural(
                "{column}: {count} value is an error of Excel and counts as missing ({rows}).",
                "{column}: {shown} values are errors of Excel and count as missing ({rows}).",
                column.count(column.error),
                shown=f"{column.count(column.error):,}",
                column=column.name,
                rows=column.describe(column.error),
            )
        )
