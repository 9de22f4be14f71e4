"""Contacts between arms, counted by hand."""

import ibis
import pandas as pd

from leadline.features.experiment.contacts import contact_features

UNITS = pd.DataFrame(
    {
        "id": [1, 2, 3, 4, 5, 5, 6, None],
        "arm": ["held_out", "held_out", "held_out", "call", "call", "call", "sms", "call"],
    }
)
# 1 calls 4 (another arm) twice; 2 and 3 talk with each other and with strangers; 6 is called by 5.
CALLS = pd.DataFrame({"caller_id": [1, 1, 2, 3, 9, 5, 4], "callee_id": [4, 4, 3, 8, 2, 6, 4]})


def count() -> pd.DataFrame:
    told = contact_features(ibis.memtable(UNITS), ibis.memtable(CALLS), unit="id", arm="arm")
    return told.to_pandas().set_index("arm")


def test_units_who_talk_with_another_arm_are_counted_once_whoever_called() -> None:
    told = count()
    assert told.loc["held_out"].tolist() == [3, 1]
    assert told.loc["call"].tolist() == [2, 2]
    assert told.loc["sms"].tolist() == [1, 1]


def test_ids_read_as_text_are_the_same_ids() -> None:
    text = CALLS.astype("string")
    told = contact_features(
        ibis.memtable(UNITS.dropna().astype({"id": int})), ibis.memtable(text), unit="id", arm="arm"
    )
    assert told.to_pandas().set_index("arm")["touched"].to_dict() == count()["touched"].to_dict()


def test_arms_come_in_their_order_not_as_the_engine_met_them() -> None:
    units = pd.DataFrame({"id": range(200), "arm": [f"arm_{199 - one:03}" for one in range(200)]})
    told = contact_features(ibis.memtable(units), ibis.memtable(CALLS), unit="id", arm="arm").to_pandas()
    assert told["arm"].tolist() == sorted(units["arm"])
