"""Who of each arm talks with somebody in another: the way by which a campaign reaches its control (V1)."""

import ibis.expr.types as ir

from leadline.features.experiment.rows import spell
from leadline.features.experiment.scan import ARM


def contact_features(units: ir.Table, calls: ir.Table, *, unit: str, arm: str) -> ir.Table:
    """Count by arm the units that called, or were called by, a unit of another arm.

    Parameters
    ----------
    units
        The test's units; several rows of one count once, one of two arms in both.
    calls
        One row a call: ``caller_id``, ``callee_id``, as `leadline.data.tables.CALLS`, of a time before or in
        the test. Calls with people outside the test are not seen. Ids are compared as text.
    unit, arm
        Columns of ``units``.

    Returns
    -------
    ibis Table
        One row an arm, in their order: ``arm``, ``units``, ``touched`` (those of them with a call to or from
        another arm), as `leadline.evaluate.checks.experiment.check_experiment` reads.
    """
    known = units.select(unit=_spell(units[unit]), **{ARM: spell(units[arm])})
    known = known.filter(known.unit.notnull(), known[ARM].notnull()).distinct()
    caller, callee = _spell(calls.caller_id), _spell(calls.callee_id)
    made, received = calls.select(one=caller, other=callee), calls.select(one=callee, other=caller)
    pairs = made.union(received, distinct=True)
    first = known.select(one=known.unit, arm_one=known[ARM])
    second = known.select(other=known.unit, arm_other=known[ARM])
    both = pairs.join(first, "one").join(second, "other")
    crossing = both.filter(both.arm_one != both.arm_other)
    touched = crossing.select(unit=crossing.one, **{ARM: crossing.arm_one}).distinct().mutate(is_touched=1)
    told = known.left_join(touched, ["unit", ARM])
    return told.group_by(ARM).aggregate(units=told.count(), touched=told.is_touched.count()).order_by(ARM)


def _spell(ids: ir.Column) -> ir.StringColumn:
    """Write ids as text; numbers that became fractions beside a gap lose their ".0"."""
    return (ids.cast("int64") if ids.type().is_floating() else ids).cast("string")
