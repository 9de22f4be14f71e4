"""The data dictionary: tables' contracts in words a reader can look up."""

from collections.abc import Iterable

from leadline.data.contract import ColumnRule, Contract
from leadline.data.tables import MARKET_TABLES
from leadline.durable import replace_file
from leadline.paths import PROJECT

README = PROJECT / "data" / "README.md"
_BEGIN, _END = "<!-- dictionary: written by make dictionary -->", "<!-- end of dictionary -->"
_HEADER = (
    "| column | type | unit | meaning | allowed | may be missing | personal data |",
    "|---|---|---|---|---|---|---|",
)


def write_dictionary(contracts: Iterable[Contract]) -> str:
    """Write contracts as Markdown: per table a heading of level 3, its grain and key, and one row a column.

    Parameters
    ----------
    contracts
        Tables in the order wanted.

    Returns
    -------
    str
        Ends with one line end. Every text stands as it is in the contract; a bar in it is escaped.
    """
    return "\n\n".join(_write_table(contract) for contract in contracts) + "\n"


def write_readme(readme: str) -> str:
    """Return the data folder's README with its dictionary as the contracts stand now.

    Raises
    ------
    ValueError
        If the two marks around the dictionary are not there.
    """
    before, begin, rest = readme.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not begin or not end:
        raise ValueError(f"the README must hold {_BEGIN!r} and below it {_END!r}")
    return f"{before}{_BEGIN}\n\n{write_dictionary(MARKET_TABLES)}\n{_END}{after}"


def _write_table(contract: Contract) -> str:
    key = (
        f" Key: {' + '.join(f'`{name}`' for name in contract.key)}." if contract.key else " Rows have no key."
    )
    rows = ["| " + " | ".join(map(_escape, _describe(rule))) + " |" for rule in contract.columns]
    return "\n".join([f"### {contract.name}", "", f"One row is {contract.grain}.{key}", "", *_HEADER, *rows])


def _describe(rule: ColumnRule) -> tuple[str, ...]:
    kind = rule.kind.replace("_", " ") + (", unique" if rule.unique else "")
    return (
        f"`{rule.name}`",
        kind if rule.required else f"{kind} (the column may be absent)",
        rule.unit,
        rule.meaning,
        describe_allowed(rule),
        "yes" if rule.nullable else "no",
        rule.personal_data,
    )


def describe_allowed(rule: ColumnRule) -> str:
    """Write the values or the range that a column may hold; empty when any value of its type may be there."""
    if rule.allowed:
        return ", ".join(map(str, rule.allowed))
    match rule.minimum, rule.maximum:
        case None, None:
            return ""
        case minimum, None:
            return f"{minimum:,.10g} or more"
        case None, maximum:
            return f"{maximum:,.10g} or less"
        case minimum, maximum:
            return f"{minimum:,.10g} to {maximum:,.10g}"


def _escape(text: str) -> str:
    return text.replace("|", r"\|")


if __name__ == "__main__":
    replace_file(README, write_readme(README.read_text("utf-8")).encode())
