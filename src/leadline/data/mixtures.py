"""Warnings of what a sum would mix without a word: refunds beside purchases, currencies, columns past use."""

import re

import pandas as pd

from leadline.data.raw import Findings, find_file_rows, name_rows
from leadline.language import _, plural

#: Columns beyond which nobody looks at each, and models of all of them take hours.
MANY_COLUMNS = 1_000
_MOST_LEVELS = 50
_REFUND = re.compile(r"refund(s|ed)?|chargebacks?|reversals?|退款|退货|退费|冲正|冲销")
_AMOUNT_NAME = re.compile(
    r"(^|.*_)(amount|spend|spending|price|revenue|sales|paid|value|cny|usd)(_.*|$)"
    r"|.*(金额|消费|销售额|收入|支付额).*"
)
_CURRENCY_NAME = re.compile(r"(^|.*_)(currency|ccy)(_code)?$|.*(币种|货币).*")


def warn_of_mixtures(frame: pd.DataFrame, findings: Findings) -> None:
    """Warn of several currencies, of refunds that are written without a sign, of very many columns.

    Each is a rule of thumb by names of columns and words in them: it warns, and changes nothing.
    """
    amounts = [
        str(name)
        for name in frame.select_dtypes("number")
        if _AMOUNT_NAME.fullmatch(str(name).lower()) is not None
    ]
    for name in frame.select_dtypes(["str", "object", "category"]) if amounts else ():
        words = frame[name].dropna().astype(str)
        if words.nunique() > _MOST_LEVELS:
            continue
        _warn_of_currencies(words, amounts, findings)
        _warn_of_refunds(frame, words, amounts, findings)
    if frame.shape[1] > MANY_COLUMNS:
        findings.warnings.append(
            _(
                "The table has {count} columns: nobody can look at each, by chance alone some seem to "
                "matter, and an analysis of all takes hours. Name the columns that you mean.",
                count=f"{frame.shape[1]:,}",
            )
        )


def _warn_of_currencies(words: pd.Series, amounts: list[str], findings: Findings) -> None:
    if not _CURRENCY_NAME.fullmatch(str(words.name).lower()) or len(set(words.str.upper())) <= 1:
        return
    findings.warnings.append(
        _(
            "{column}: several currencies ({currencies}); a sum of {amounts} would add them up as if they "
            "were one. Convert the amounts to one currency, or keep the rows of one.",
            column=words.name,
            currencies=_(", ").join(sorted(set(words.str.upper()))),
            amounts=_(", ").join(amounts),
        )
    )


def _warn_of_refunds(frame: pd.DataFrame, words: pd.Series, amounts: list[str], findings: Findings) -> None:
    is_refund = words.str.strip().str.lower().str.fullmatch(_REFUND.pattern)
    if not is_refund.any() or is_refund.all():
        return
    refunds = frame.loc[is_refund.index[is_refund]]
    unsigned = [name for name in amounts if (refunds[name] > 0).any() and not (refunds[name] < 0).any()]
    if not unsigned:
        return
    rows = find_file_rows(is_refund.reindex(frame.index, fill_value=False))
    findings.warnings.append(
        plural(
            "{column}: {count} row is a refund ({rows}), and {amounts} is not negative there, so a sum "
            "counts it as spending. Write it below zero, or leave the row out.",
            "{column}: {count} rows are refunds ({rows}), and {amounts} is not negative there, so a sum "
            "counts them as spending. Write them below zero, or leave the rows out.",
            len(rows),
            column=words.name,
            rows=name_rows(rows),
            amounts=_(", ").join(unsigned),
        )
    )
