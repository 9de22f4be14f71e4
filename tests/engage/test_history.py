import pandas as pd
import pytest

from leadline.engage.history import join_history
from leadline.engage.history_notes import tell_history
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


def test_a_subscription_after_the_day_is_not_known_on_it() -> None:
    dated = OUTCOMES.assign(subscribed_on=["2025-08-15", None, "2025-07-30", None, None])
    joined = join_history(CONTACTS, dated, as_of="2025-06-30")
    assert joined["customer_id"].tolist() == ["8", "07"]  # nobody knows whether the campaign was over
    assert not joined["is_subscribed"].any()
    over = join_history(CONTACTS, dated, as_of="2025-06-30", campaigns=CAMPAIGNS)
    assert over["customer_id"].tolist() == ["07", "8"]  # the campaign was over, and they had not bought
    assert not over["is_subscribed"].any()
    later = join_history(CONTACTS, dated, as_of="2025-08-15", campaigns=CAMPAIGNS)
    assert later["is_subscribed"].tolist() == [True, False, True]


def test_words_are_read_as_people_write_them() -> None:
    written = CONTACTS.assign(
        channel=["Call", " NONE", "\uff33MS", "call", "CALL"], is_reached=["yes", None, "Y", "no", 1]
    )
    joined = join_history(written, OUTCOMES, as_of="2025-07-30")
    assert joined["channel"].tolist() == ["call", "none", "sms", "call"]
    assert joined["is_reached"].astype("string").fillna("?").tolist() == ["True", "?", "True", "False"]
    with pytest.raises(DataError) as caught:
        join_history(
            CONTACTS.assign(channel="cal", is_reached="maybe"),
            OUTCOMES.assign(subscribed_on="soon"),
            as_of="2025-06-30",
        )
    for part in ("Did you mean 'call'", "neither yes nor no", "5 values are no date"):
        assert part in str(caught.value)


def test_what_a_history_cannot_tell_is_said() -> None:
    customers = pd.DataFrame({"customer_id": [7, 8]})
    history = join_history(CONTACTS, OUTCOMES, as_of="2025-06-30")

    def tell(columns: list[str], as_of: str = "2025-06-30", **changes: object) -> str:
        given = {"contacts": CONTACTS, "campaigns": CAMPAIGNS} | changes
        return tell_history(history, customers, as_of=as_of, columns=columns, **given)

    assert tell(["age_years", "assets_cny"]) == ""
    assert "broker_calls_3m; use_level look back" in tell(["age_years", "broker_calls_3m", "use_level"])
    assert "Calls look back" in tell(["use_level"], labels={"use_level": "Calls"})
    assert tell(["broker_calls_3m"], as_of="2025-12-31") == ""
    assert "use_level look back" in tell(["use_level"], as_of="2025-12-31")
    assert "come from a file" in tell([])
    assert "may still do so" in tell(["age_years"], campaigns=None)
    assert "Are the ids the same" in tell_history(history, customers + 100, as_of="2025-06-30", columns=["a"])
    assert tell_history(None, customers, as_of="2025-06-30") == ""


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
