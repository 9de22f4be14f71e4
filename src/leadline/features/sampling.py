"""Chance that every engine throws alike: samples, arms and buckets from a hash of the id.

The hash is that of `leadline.evaluate.planning.assignment.hash_units`: whoever has the salt finds the same in
any language. Hexadecimal digits order as numbers do, and are compared as text: not every engine has whole
numbers of 64 bits without a sign.
"""

import math
from collections.abc import Mapping, Sequence
from functools import reduce
from itertools import accumulate

import ibis
import ibis.expr.types as ir

from leadline.errors import ParameterError
from leadline.features.whole import as_whole
from leadline.language import _

#: Of the hash, the first 64 bits are a number; of them a share is compared with 53, which a float64 holds.
_BITS, _EXACT_BITS = 64, 53
#: A prime, and multipliers (Fishman & Moore 1986, SIAM J. Sci. Stat. Comput. 7:24-45); products fit 62 bits.
_PRIME = 2**31 - 1
_MULTIPLIERS = (950_706_376, 742_938_285)
_HALF = 15
_BUCKET_SALT = "bucket"
_BUCKET_DIGITS = 6
_ABOVE_ZERO = "123456789abcdef"


def hash_ids(ids: ir.Column, salt: str) -> ir.StringValue:
    """Hash ids, whole numbers or text: SHA-256 of salt, a zero byte and the id, 64 hexadecimal digits."""
    return (ibis.literal(f"{salt}\0") + ids.cast("string")).hexdigest("sha256")


def sample_customers(
    customers: ir.Table, *, share: float, salt: str, customer: str = "customer_id"
) -> ir.Table:
    """Keep a random share of the rows, each by its id and the salt alone; the share is met by chance.

    Raises
    ------
    ParameterError
        If ``share`` is not above 0 and at most 1.
    """
    _check(share=share)
    return customers.filter(hash_ids(customers[customer], salt) < _bound(share))


def split_arms(ids: ir.Column, shares: Mapping[str, float], salt: str) -> ir.StringValue:
    """Give each id its arm, as `leadline.evaluate.planning.assignment.assign_arms` without strata does.

    Parameters
    ----------
    ids
        The ids, as that function spells them.
    shares
        Arm → its share, adding up to 1; the order decides which range of the hash an arm gets.
    salt
        A text of this test's own.

    Raises
    ------
    ParameterError
        If the shares are not above 0, or do not add up to 1.
    """
    if not shares or min(shares.values()) <= 0 or not math.isclose(sum(shares.values()), 1, abs_tol=1e-9):
        found = _(", ").join(f"{arm} {share:g}" for arm, share in shares.items())
        raise ParameterError.of(
            _("The arms cannot be split"),
            _("the shares ({found}) must be above 0 and add up to 1.", found=found),
        )
    digits = hash_ids(ids, salt)
    arms = [*shares]
    ends = [*accumulate(shares.values())][:-1]
    within = [(digits < _bound(end), arm) for end, arm in zip(ends, arms[:-1], strict=True)]
    return ibis.cases(*within, else_=arms[-1]) if within else ibis.literal(arms[0])


def stratified_sample(
    customers: ir.Table, *, by: Sequence[str], rows_each: int, salt: str, customer: str = "customer_id"
) -> ir.Table:
    """Keep so many random rows of each stratum, all of a smaller one.

    Parameters
    ----------
    customers
        One row a customer.
    by
        Columns whose combinations are the strata; a missing value is a class of its own.
    rows_each
        Most rows of a stratum.
    salt
        A text: another one keeps other rows.
    customer
        Column of the id.

    Returns
    -------
    ibis Table
        Rows of ``customers`` with ``sampling_weight``: rows of the stratum for each row kept (Horvitz &
        Thompson 1952, JASA 47:663-685).

    Raises
    ------
    ParameterError
        If ``rows_each`` is below 1.
    """
    _check(rows_each=rows_each)
    hashed = customers.mutate(**{"hash of id": hash_ids(customers[customer], salt)})
    stratum = ibis.window(group_by=list(by))
    ranked = hashed.mutate(
        **{
            "place in stratum": ibis.row_number().over(
                group_by=list(by), order_by=[hashed["hash of id"], hashed[customer]]
            ),
            "rows of stratum": hashed.count().over(stratum),
        }
    )
    kept = ranked.filter(ranked["place in stratum"] < rows_each)
    size = kept["rows of stratum"]
    return kept.select(*customers.columns, sampling_weight=size / ibis.least(size, rows_each))


def bucket_number(ids: ir.Column, buckets: int) -> ir.IntegerValue:
    """Return the bucket of each id, from 0, int64: the same on every engine, and buckets are nearly even.

    Whole numbers are mixed by two multiplications modulo 2³¹ - 1, which cost a tenth of a hash; texts are
    hashed. An id has to be of one kind in all tables that are bucketed together. No randomness is promised:
    draw samples with `sample_customers`.

    Raises
    ------
    ParameterError
        If ``buckets`` is not from 1 to 65,536.
    """
    _check(buckets=buckets)
    number = _read_hash(ids) if ids.type().is_string() else _mix(as_whole(ids))
    return (number % buckets).cast("int64")


def _read_hash(ids: ir.Column) -> ir.IntegerValue:
    digits = hash_ids(ids, _BUCKET_SALT)
    values = [
        as_whole(ibis.literal(_ABOVE_ZERO).find(digits.substr(place, 1)) + 1)  # 0 is not found, which is -1
        for place in range(_BUCKET_DIGITS)
    ]
    return reduce(lambda number, value: number * 16 + value, values)


def _mix(number: ir.IntegerValue) -> ir.IntegerValue:
    for factor in _MULTIPLIERS:
        number = (number % _PRIME + _PRIME) % _PRIME * factor % _PRIME  # the rest of a negative is negative
        number = number ^ (number >> _HALF)
    return number


def _bound(share: float) -> str:
    """Return the lowest digits that are not within a share of the hashes; "g" is above all of them."""
    if share >= 1:
        return "g"
    return f"{math.ceil(share * 2**_EXACT_BITS) << (_BITS - _EXACT_BITS):0{_BITS // 4}x}"


def _check(*, share: float = 1.0, rows_each: int = 1, buckets: int = 1) -> None:
    problems = []
    if not 0 < share <= 1:
        problems.append(_("share == {share}, must be above 0 and at most 1.", share=f"{share:g}"))
    if rows_each < 1:
        problems.append(_("rows_each == {rows}, must be 1 or more.", rows=rows_each))
    if not 1 <= buckets <= 65_536:  # noqa: PLR2004 - folders of one table
        problems.append(_("buckets == {buckets}, must be from 1 to 65,536.", buckets=buckets))
    if problems:
        raise ParameterError(_("The sample cannot be drawn"), problems)
