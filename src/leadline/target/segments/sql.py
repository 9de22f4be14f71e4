"""A segmentation as one SELECT in DuckDB's SQL: the same segments, row by row, without leadline.

Each number is written as DOUBLE with all its digits, and each operation is that of `Placement.place`, in its
order, so that sums agree to the last bit. Only logarithms may differ there, as each library has its own;
costs are compared in billionths, so that this decides only between segments that are equally near.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from hashlib import blake2b
from typing import Any

import numpy.typing as npt

from leadline.errors import ParameterError
from leadline.language import _
from leadline.target.segments.again import LARGEST
from leadline.target.segments.bases import Basis, is_number
from leadline.target.segments.placement import BILLION, LevelTerm, NormalTerm, NumberTerm
from leadline.target.segments.questions import Question
from leadline.target.segments.segmentation import Segmentation

#: Types of DuckDB that hold numbers; levels are compared with them as numbers, with others as text.
_NUMERIC = "^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL.*)$"
#: What the SQL adds; a column of the table that is called so gives way.
ADDED = ("segment", "segment_name", "is_far")


def write_segmentation_sql(segmentation: Segmentation, *, table: str = "customers") -> str:
    """Write a SELECT that places every row of a table (DuckDB).

    Its columns are those of the table, then ``segment`` (1, 2, …), ``segment_name`` and ``is_far``: a column
    of the table that is called so, from an earlier placing say, is read but not returned. A missing value,
    NaN and a category never seen count as when the segments were made; an infinite value, or one below 0
    whose logarithm counts, stops the query with a message.

    Parameters
    ----------
    segmentation
        What places them.
    table
        Name of the table or view; it is quoted. A dot parts a schema from its table.

    Raises
    ------
    ParameterError
        If the table has no name.
    """
    if not table.strip(" ."):
        raise ParameterError.of(_("The SQL cannot be written"), _("table is empty. Name a table."))
    row = _find_alias(segmentation)
    columns = [
        f"{(_read_number if is_number(basis) else _read_level)(basis, row)} AS v{place}"
        for place, basis in enumerate(segmentation.columns)
    ]
    numbers = range(len(segmentation.names))
    placement = segmentation.placement
    costs = [
        f"floor({_number(BILLION)} * ({cost}) + 0.5e0) AS c{one}"
        for one, cost in enumerate(_write_costs(segmentation))
    ]
    segment = _ask(placement.question) if placement.question is not None else _pick_least(numbers)
    far = [
        "TRUE" if bound is None else f"c{one} > {_number(bound)}"
        for one, bound in enumerate(segmentation.farthest)
    ]
    names = [_text(name) for name in segmentation.names]
    source = ".".join(_name(part) for part in table.split("."))
    mine = [f"{row}_{name}" for name in ADDED]
    hidden = ", ".join(_text(name) for name in (*ADDED, *mine))
    return (
        f"{_introduce(segmentation)}"
        f"SELECT COLUMNS([name FOR name IN (*) IF lower(name) NOT IN ({hidden})]),\n"
        f"  {_join([f'{name} AS {added}' for name, added in zip(mine, ADDED, strict=True)])}\n"
        f"FROM (SELECT {row}.*,\n"
        f"  segment AS {mine[0]},\n"
        f"  {_case('segment', _count_from_1(names))} AS {mine[1]},\n"
        f"  {_case('segment', _count_from_1(far))} AS {mine[2]}\n"
        f"FROM (SELECT *, {segment} AS segment\n"
        f"FROM (SELECT *,\n  {_join(costs)}\n"
        f"FROM (SELECT {_join(['*', *_write_scaled(segmentation)])}\n"
        f"FROM (SELECT {row},\n  {_join(columns)}\n"
        f"FROM {source} AS {row})))))\n"
    )


def _find_alias(segmentation: Segmentation) -> str:
    """Name a row as no column of a table is called: else DuckDB would take the column for the row."""
    names = [basis.name for basis in segmentation.columns]
    return f"leadline_row_{blake2b(repr(names).encode(), digest_size=4).hexdigest()}"


def _introduce(segmentation: Segmentation) -> str:
    told = [f"Segments by method {segmentation.method}, of {segmentation.customers:,} customers."]
    told += [f"Made from {segmentation.made_from}."] if segmentation.made_from else []
    told += [f"As of {segmentation.as_of.isoformat()}."] if segmentation.as_of else []
    return "".join(f"-- {' '.join(line.split())}\n" for line in told)


def _read_number(basis: Basis, row: str) -> str:
    column, value = f"{row}.{_name(basis.name)}", f"CAST({row}.{_name(basis.name)} AS DOUBLE)"
    read = f"ln(1e0 + {value})" if basis.kind == "logged" else value
    stop = partial(_stop, basis.name)
    below = f" WHEN {value} < 0e0 THEN {stop('below 0')}" if basis.kind == "logged" else ""
    return (
        f"CASE WHEN {column} IS NULL OR isnan({value}) THEN NULL "
        f"WHEN abs({value}) > {_number(LARGEST)} THEN {stop('infinite')}{below} ELSE {read} END"
    )


def _stop(column: str, what: str) -> str:
    return f"CAST(error({_text(f'{column}: a value is {what}')}) AS DOUBLE)"


def _read_level(basis: Basis, row: str) -> str:
    column = f"{row}.{_name(basis.name)}"
    as_text = _match(f"CAST({column} AS VARCHAR)", map(_text, basis.levels))
    flags = ["'true'" if level == "True" else "'false'" if level == "False" else "" for level in basis.levels]
    numbers = [_as_number(level) for level in basis.levels]
    ways = []
    if any(flags):
        ways.append(f"WHEN typeof({column}) = 'BOOLEAN' THEN {_match(f'CAST({column} AS VARCHAR)', flags)}")
    if any(numbers):
        has_numbers = f"regexp_matches(typeof({column}), {_text(_NUMERIC)})"
        ways.append(f"WHEN {has_numbers} THEN {_match(f'TRY_CAST({column} AS DOUBLE)', numbers)}")
    return f"CASE {' '.join(ways)} ELSE {as_text} END" if ways else as_text


def _match(value: str, levels: Iterable[str]) -> str:
    """Write the code of the level that a value is, NULL if of none; an empty level is passed over."""
    return _case(value, {level: str(code) for code, level in enumerate(levels) if level})


def _as_number(level: str) -> str:
    """Return a level as a number, if that number is spelt so (`Basis.read`); else nothing."""
    try:
        number = float(level)
    except ValueError:
        return ""
    if math.isnan(number) or repr(number + 0.0).removesuffix(".0") != level:  # no -0; NaN is a missing value
        return ""
    return _number(number) if math.isfinite(number) else f"CAST({_text(level)} AS DOUBLE)"


def _write_scaled(segmentation: Segmentation) -> list[str]:
    """Write z of each number that the formula needs, NULL where it is missing."""
    return [
        f"(v{place} - {_number(basis.centres[0])}) / {_number(basis.scales[0])} AS z{place}"
        for place, basis in enumerate(segmentation.columns)
        if is_number(basis)
    ]


def _write_costs(segmentation: Segmentation) -> list[str]:
    placement = segmentation.placement
    return [
        " + ".join([_number(start), *(_write_term(term, one) for term in placement.terms)])
        for one, start in enumerate(placement.start)
    ]


def _write_term(term: NumberTerm | LevelTerm | NormalTerm, one: int) -> str:
    match term:
        case NumberTerm():
            z, centre = f"z{term.column}", _number(term.centres[one])
            away = f"({z} - {centre})"
            added = f"{_number(term.factors[one])} * ({away} * {away}) + {_number(term.constants[one])}"
            return f"coalesce({added}, {_number(term.missing[one])})"
        case LevelTerm():
            return _look_up(f"v{term.column}", term.table[:, one], _number)
        case NormalTerm():
            return _write_normal(term, one)


def _write_normal(term: NormalTerm, one: int) -> str:
    away = []
    for place, (encoder, mean) in enumerate(zip(term.encoders, term.means[one], strict=True)):
        z = (
            f"coalesce(z{place}, {_number(encoder[2])})"
            if isinstance(encoder, tuple)
            else _look_up(f"v{place}", encoder, _number)
        )
        away.append(f"({z} - {_number(mean)})")
    squares = []
    for last in range(len(away)):
        length = " + ".join(
            f"{away[place]} * {_number(term.roots[one, place, last])}" for place in range(last + 1)
        )
        squares.append(f"({length}) * ({length})")
    return f"0.5e0 * ({' + '.join(squares)})"


def _ask(question: Question | int) -> str:
    if isinstance(question, int):
        return str(question + 1)
    value = f"v{question.column}"
    if question.asks_number:
        missing = "TRUE" if question.goes_left[0] else "FALSE"
        is_left = f"coalesce(z{question.column} <= {_number(question.cut)}, {missing})"
    else:
        is_left = _look_up(value, question.goes_left, lambda left: "TRUE" if left else "FALSE")
    return f"CASE WHEN {is_left} THEN {_ask(question.left)} ELSE {_ask(question.right)} END"


def _pick_least(numbers: Iterable[int]) -> str:
    costs = [f"c{one}" for one in numbers]
    return _case(f"least({', '.join(costs)})", {cost: str(one) for one, cost in enumerate(costs, 1)})


def _look_up(value: str, table: npt.NDArray[Any], write: Callable[[Any], str]) -> str:
    *levels, none = table
    return _case(value, {str(code): write(one) for code, one in enumerate(levels)}, write(none))


def _case(value: str, answers: dict[str, str], otherwise: str = "NULL") -> str:
    told = " ".join(f"WHEN {key} THEN {answer}" for key, answer in answers.items())
    return f"CASE {value} {told} ELSE {otherwise} END"


def _count_from_1(answers: Sequence[str]) -> dict[str, str]:
    return {str(number): answer for number, answer in enumerate(answers, 1)}


def _join(parts: Sequence[str]) -> str:
    return ",\n  ".join(parts)


def _number(value: float) -> str:
    """Write a DOUBLE: with an exponent it is no DECIMAL; its digits name one double only."""
    text = repr(float(value))
    text = text if "e" in text else f"{text}e0"
    return f"({text})" if text.startswith("-") else text


def _name(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
