import pandas as pd
import pytest

from leadline.engage.history import join_history
from leadline.engage.lesson import count_history, learn_from
from leadline.errors import DataError

CONTACTS = pd.DataFrame(
    {
        "campaign_id": [1, 1, 1, 2, 2],
        "customer_id": ["07", "8", "9", "07", "10"],
        "channel": ["call", "none", "sms", "call", "call"],
        "contacted_on": ["2025-04-02", "2025-04-02", "2025-07-09", "2025-06-20", "2025-06-20"],
        "is_reached": [True, None, True, False, True],
    }
)
OUTCOMES = pd.DataFrame(
    {
        "campaign_id": [1, 1, 1, 2, 2],
        "customer_id": ["07", "8", "9", "07", "10"],
        "is_subscribed": [True, False, True, False, None],
    }
)
CAMPAIGNS = pd.DataFrame({"campaign_id": [1, 2], "ended_on": ["2025-06-30", "2025-09-30"]})


def test_only_what_was_known_on_the_day_counts() -> None:
    joined = join_history(CONTACTS, OUTCOMES, as_of="2025-06-30")
    assert joined["customer_id"].tolist() == ["07", "8", "07"]  # 9 came later, 10 has no answer
    assert joined["is_subscribed"].tolist() == [True, False, False]
    assert joined["is_reached"].tolist()[:1] == [True]
    over = join_history(CONTACTS, OUTCOMES, as_of="2025-06-30", campaigns=CAMPAIGNS)
    assert over["customer_id"].tolist() == ["07", "8"]


def test_all_problems_come_at_once() -> None:
    with pytest.raises(DataError) as caught:
        join_history(
            CONTACTS.rename(columns={"channel": "chanel"}), OUTCOMES[["customer_id"]], as_of="2025-06-30"
        )
    for part in ("channel: the contacts table", "'chanel'", "is_subscribed: the outcomes", "campaign_id"):
        assert part in str(caught.value)
    twice = pd.concat([CONTACTS, CONTACTS[:1]], ignore_index=True).assign(channel=None)
    with pytest.raises(DataError) as caught:
        join_history(twice, OUTCOMES, as_of="2025-06-30")
    assert "name a customer of the same campaign again" in str(caught.value)
    assert "channel: 6 values are missing in the contacts table" in str(caught.value)


def make_history(**changes):
    frame = pd.DataFrame({"customer_id": [str(number) for number in range(60)]})
    frame["channel"] = ["call", "sms", "none"] * 20
    frame["is_reached"] = pd.array([True, False, None] * 20, dtype="boolean")
    frame["is_subscribed"] = [True, False, False] * 10 + [False] * 30
    return frame.assign(**changes)


KNOWN = pd.DataFrame({"customer_id": range(60), "score": [3.0, 1.0, 2.0] * 20})
TERMS = pd.DataFrame({"channel": ["call", "sms"], "reach": [0.5, 0.9]})


def test_who_was_not_reached_counts_as_left_alone() -> None:
    lesson = learn_from(make_history(), KNOWN, ["call", "sms"])
    assert lesson.names == ("call",)  # nobody was reached by sms
    assert lesson.channel.tolist() == [1, 0, 0] * 20
    assert lesson.knows_alone
    assert lesson.assigned_p_value < 1e-6  # the calls went to the best scores


def test_a_channel_that_does_not_say_who_was_reached_has_reach_one() -> None:
    silent = make_history(is_reached=pd.array([None] * 60, dtype="boolean"))
    lesson = learn_from(silent, KNOWN, ["call", "sms"])
    assert lesson.names == ("call", "sms")
    assert lesson.channel.tolist() == [1, 2, 0] * 20
    assert count_history(silent, KNOWN, TERMS)["reach"].tolist() == [1.0, 1.0]


def test_reach_lies_between_the_table_and_the_history() -> None:
    counts = count_history(make_history(), KNOWN, TERMS)
    assert counts["reach"].tolist() == pytest.approx([(10 + 20) / 40, 18 / 40])
    assert counts[["contacts", "reached", "buyers"]].to_numpy().tolist() == [[20, 20, 10], [20, 0, 0]]


def test_too_few_buyers_teach_nothing() -> None:
    assert learn_from(make_history(is_subscribed=[True] * 4 + [False] * 56), KNOWN, ["call"]) is None
    assert learn_from(make_history(), KNOWN.assign(customer_id=range(100, 160)), ["call"]) is None
