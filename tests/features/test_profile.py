"""One row a customer: every row of customers stays, once, and who has no row in a table has 0."""

from functools import partial

import ibis
import pandas as pd
import pytest

from leadline.errors import DataError
from leadline.features import customer_features
from tests.features.engine import kinds_in_file, records, run
from tests.features.samples import AS_OF, make_usage

PEOPLE = pd.DataFrame({"customer_id": [2, 1, 900], "city": ["a", None, "c"]})


def describe(people: ibis.Table, usage: ibis.Table) -> ibis.Table:
    return customer_features(people, as_of=AS_OF, monthly_usage=usage)


@pytest.mark.parametrize(
    ("own", "theirs"), [("int64", "str"), ("str", "int64"), ("str", "str"), ("int32", "int64")]
)
def test_ids_of_either_kind_find_one_another(own: str, theirs: str) -> None:
    usage = make_usage(1)
    wanted = records(run(describe, PEOPLE, usage))
    found = run(describe, PEOPLE.astype({"customer_id": own}), usage.astype({"customer_id": theirs}))
    assert records(found.astype({"customer_id": "int64"})) == wanted
    assert [row["city"] for row in wanted] == [None, "a", "c"]
    assert wanted[0]["used_months_12m"] > 0
    assert set(wanted[2].values()) == {900, "c", 0}


def test_whole_numbers_stay_whole_in_a_file() -> None:
    kinds = kinds_in_file(describe, PEOPLE, make_usage(1))
    fractions = {name for name, kind in kinds.items() if kind == "double"}
    assert fractions == {"traffic_mb_mean", "sessions_mean", "spend_cny_mean"}
    assert set(kinds.values()) == {"double", "int64", "string"}


def test_a_table_that_is_not_given_adds_nothing() -> None:
    assert run(partial(customer_features, as_of=AS_OF), PEOPLE).columns.tolist() == ["customer_id", "city"]


def test_columns_of_one_name_and_ids_that_are_no_ids_are_refused() -> None:
    with pytest.raises(DataError, match="use_level: the features have a column of this name"):
        run(describe, PEOPLE.assign(use_level=1), make_usage(1))
    with pytest.raises(DataError, match="customer_id: ids are float64"):
        run(describe, PEOPLE.astype({"customer_id": float}), make_usage(1))
