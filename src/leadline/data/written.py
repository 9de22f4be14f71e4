"""One number as people write it: separators, currency, percent, full-width digits, (100) for −100."""

import re
import unicodedata
from dataclasses import dataclass

PLAIN = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_PLAIN = re.compile(PLAIN)
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_CURRENCIES = {"¥": "CNY", "cny": "CNY", "rmb": "CNY", "元": "CNY", "$": "USD", "us$": "USD", "usd": "USD"}
_CURRENCIES |= {"hk$": "HKD", "hkd": "HKD", "€": "EUR", "eur": "EUR", "£": "GBP", "gbp": "GBP"}
_MONEY = re.compile(r"(?P<head>[^\d.,+\-(]*)(?P<number>[+-]?[\d.,]+)(?P<tail>[^\d.,]*)")


@dataclass(frozen=True)
class Written:
    """A number as it was written: its plain digits, its signs and its currency ('' for none)."""

    digits: str
    signs: frozenset[str]
    currency: str = ""


def parse_written(text: str) -> Written | None:
    """Read one number written for people, None when it is none.

    Signs: ``thousands``, ``percent``, ``full-width``, ``parentheses``, ``currency``.
    """
    narrow = unicodedata.normalize("NFKC", text).replace("\N{MINUS SIGN}", "-").strip()
    signs = {"full-width"} if narrow != text and re.search("[０-９．，％]", text) else set()
    if narrow.startswith("(") and narrow.endswith(")") and "-" not in narrow:
        narrow = "-" + narrow[1:-1]
        signs.add("parentheses")
    sign, body = (narrow[0], narrow[1:].strip()) if narrow[:1] in ("+", "-") else ("", narrow)
    if body.endswith("%"):
        body = body[:-1].rstrip()
        signs.add("percent")
    currency = ""
    if not _PLAIN.fullmatch(body) and (money := _MONEY.fullmatch(body)):
        mark = money["head"].strip().lower() or money["tail"].strip().lower()
        both = bool(money["head"].strip() and money["tail"].strip())
        if mark and (both or mark not in _CURRENCIES):
            return None
        currency, body = _CURRENCIES.get(mark, ""), money["number"]
        signs |= {"currency"} if currency else set()
    if _GROUPED.fullmatch(body):
        body = body.replace(",", "")
        signs.add("thousands")
    if not _PLAIN.fullmatch(body) or (sign and body[0] in "+-"):
        return None
    return Written(sign + body, frozenset(signs), currency)
