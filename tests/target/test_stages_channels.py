"""Stages that say whom they can list and how they contact them."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from leadline.errors import DataError
from leadline.target import parse_plan, stage_models
from leadline.target.stage_questions import match_stages, plan_lists, trace_stages
from leadline.target.unasked import list_unasked

SIZE = 4_000
CHANNELS = ("sms", "call", "branch")


def make_customers(seed: int = 3) -> pd.DataFrame:
    """A fifth are the partner's clients, who buy; near a branch a visit helps, elsewhere a call."""
    rng = np.random.default_rng(seed)
    income = rng.normal(size=SIZE)
    is_client = rng.random(SIZE) < 0.2
    trades = np.where(is_client, rng.poisson(3, SIZE), np.nan)
    km = rng.exponential(4, SIZE)
    base = -3.5 + 0.5 * income + np.where(is_client, 1.4 + 0.2 * np.nan_to_num(trades), 0)
    lift = {"sms": 0.0, "call": 0.6, "branch": np.where(km < 2, 2.5, -0.5)}
    noise = rng.logistic(size=SIZE)
    outcomes = {f"buys_{name}": base + lift[name] + noise > 0 for name in CHANNELS}
    chance = {f"chance_{name}": 1 / (1 + np.exp(-(base + lift[name]))) for name in CHANNELS}
    return pd.DataFrame(
        {
            "customer_id": [f"c{place}" for place in range(SIZE)],
            "income": income,
            "is_client": is_client,
            "trades": trades,
            "km": km,
            **outcomes,
            **chance,
        }
    )


STAGES = [
    {"name": "own", "columns": ["income"], "method": "logistic", "channels": "call"},
    {"name": "partner", "columns": ["trades"], "among": "is_client", "method": "logistic"},
    {
        "name": "channels",
        "tiers": ["0.5", "0.5"],
        "channels": [{"channel": "branch", "where": {"column": "km", "under": "2"}}, {"channel": "call"}],
    },
]
OUTCOMES = {name: f"buys_{name}" for name in CHANNELS}


@pytest.fixture(scope="module")
def market() -> pd.DataFrame:
    return make_customers()


def judge(frame, stages=STAGES, seed=1, **options):
    plan = parse_plan({"stages": stages}, frame.columns)
    wanted = {"target": "buys_call", "list_size": 200, "repeats": 1, "channel_outcomes": OUTCOMES} | options
    return stage_models(frame, plan, rng=np.random.default_rng(seed), **wanted)


@pytest.fixture(scope="module")
def result(market):
    return judge(
        market, repeats=2, buyer_value_cny=100, contact_cost_cny={"sms": 0.1, "call": 3, "branch": 12}
    )


def test_only_those_among_are_listed(result, market):
    listed = result.lists[result.lists["stage"] == "partner"]
    assert market["is_client"].iloc[listed["position"]].all()
    assert not market["is_client"].iloc[result.lists.query("stage == 'own'")["position"]].all()
    held_out = market.iloc[result.trial.split.test]
    assert result.stages["can_be_listed"].tolist() == [1_600, *[int(held_out["is_client"].sum())] * 2]
    assert (result.lists.groupby("stage")["position"].nunique() == 200).all()
    assert result.lists.groupby("stage")["rank"].max().eq(200).all()


def test_the_list_is_judged_by_the_outcome_under_its_channel(result, market):
    listed = result.lists[result.lists["stage"] == "channels"]
    near = market["km"].iloc[listed["position"]].to_numpy() < 2
    assert listed["channel"].tolist() == np.where(near, "branch", "call").tolist()
    rows = market.iloc[listed["position"]]
    expected = np.where(near, rows["buys_branch"], rows["buys_call"]).mean()
    assert result.stages["precision"].iloc[2] == pytest.approx(expected)
    step = result.steps.iloc[1]
    assert step["gain"] == pytest.approx(expected - result.stages["precision"].iloc[1])
    assert step["gain_ci_lower"] < step["gain"] < step["gain_ci_upper"]
    assert step["verdict"] == "better"


def test_a_model_learns_from_those_alone_whom_it_can_list(result):
    weights = result.weights[result.weights["stage"] == "partner"]
    assert weights["feature"].tolist() == ["income", "trades"]  # not: whether the partner knows the customer
    assert set(result.calibration["stage"]) == {"own", "partner", "channels"}
    sizes = result.calibration.groupby("stage")["customers"].sum()
    assert sizes.to_dict() == dict(zip(result.stages["name"], result.stages["can_be_listed"], strict=True))


def test_recall_and_lift_follow_the_outcomes_of_the_list(result, market):
    last = result.stages.iloc[2]
    held_out = market.iloc[result.trial.split.test]
    listed = market.index.isin(result.lists.query("stage == 'channels'")["position"])
    others = int(held_out.loc[~listed[held_out.index], "buys_call"].sum())
    assert last["recall"] == pytest.approx(last["buyers_listed"] / (last["buyers_listed"] + others))
    assert last["lift"] == pytest.approx(last["precision"] / held_out["buys_call"].mean())
    assert last["lift_ci_lower"] < last["lift"] < last["lift_ci_upper"]


def test_tiers_and_capacities_are_shares_of_the_list(market):
    last = STAGES[2] | {
        "channels": [
            {"channel": "branch", "where": {"column": "km", "under": "2"}},
            {"channel": "call", "tiers": ["A"]},
            {"channel": "sms"},
        ],
        "capacity": {"branch": "0.05"},
    }
    judged = judge(market, [*STAGES[:2], last])
    listed = judged.lists[judged.lists["stage"] == "channels"]
    assert (listed["channel"] == "branch").sum() == 10
    assert listed["tier"].tolist() == ["A"] * 100 + ["B"] * 100
    assert set(listed.loc[listed["tier"] == "B", "channel"]) <= {"sms", "branch"}
    near = market["km"].iloc[listed["position"]].to_numpy() < 2
    assert np.flatnonzero(listed["channel"] == "branch").tolist() == np.flatnonzero(near)[:10].tolist()


def test_profit_takes_the_cost_of_each_channel(result):
    last = result.stages.iloc[2]
    channels = result.lists.query("stage == 'channels'")["channel"].value_counts()
    cost = channels["branch"] * 12 + channels["call"] * 3
    assert last["profit_cny"] == pytest.approx(last["buyers_listed"] * 100 - cost)
    assert result.stages["profit_cny"].iloc[1] == pytest.approx(
        result.stages["buyers_listed"].iloc[1] * 100 - 600
    )


def test_tiers_and_channels_are_counted(result):
    contacts = result.contacts.contacts
    last = contacts[contacts["stage"] == "channels"]
    assert last.groupby("tier")["customers"].sum().to_dict() == {"A": 100, "B": 100}
    assert last["buyers"].sum() == result.stages["buyers_listed"].iloc[2]
    assert "branch visit" in result.contacts.summary
    assert result.contacts.sentences[0].startswith("Channels are not compared")
    assert "A · call" in [label.get_text() for label in result.contacts.figure().axes[0].get_yticklabels()]


def test_the_whole_gain_is_split_without_remainder(result):
    parts = result.gain_split.parts
    whole = result.stages["precision"].iloc[-1] - result.stages["precision"].iloc[0]
    assert parts["part"].sum() == pytest.approx(whole)
    assert parts["ingredient"].tolist() == ["partner", "channels"]
    alone, last = (parts.set_index("ingredient")[name] for name in ("part_alone", "part_last"))
    assert alone["partner"] == pytest.approx(result.steps["gain"].iloc[0])
    assert last["channels"] == pytest.approx(result.steps["gain"].iloc[1])
    assert (parts["part_ci_lower"] < parts["part"]).all()
    assert "averaged over all orders" in result.gain_split.summary


def test_a_random_campaign_judges_the_same_plan(market):
    """Over many draws of the channels the weighted precision is on average what the plan truly expects."""
    rng = np.random.default_rng(8)
    found, covered = [], []
    for seed in range(8):
        drawn = rng.choice(CHANNELS, SIZE, p=[0.2, 0.4, 0.4])
        chance = np.select(
            [drawn == name for name in CHANNELS], [market[f"chance_{name}"] for name in CHANNELS]
        )
        frame = market.assign(channel=drawn, buys=rng.random(SIZE) < chance)
        judged = judge(frame, seed=seed, target="buys", channel_outcomes=None, channel_column="channel")
        listed = judged.lists[judged.lists["stage"] == "channels"]
        rows = market.iloc[listed["position"]]
        truth = np.where(listed["channel"] == "branch", rows["chance_branch"], rows["chance_call"]).mean()
        last = judged.stages.iloc[2]
        found.append(last["precision"] - truth)
        covered.append(last["precision_ci_lower"] <= truth <= last["precision_ci_upper"])
    assert abs(np.mean(found)) < 0.04
    assert sum(covered) >= 6
    held_out = judged.trial.split.test
    others = int(frame["buys"].iloc[np.setdiff1d(held_out, listed["position"])].sum())
    buyers = 200 * last["precision"]  # of the whole list, though only some of it counts
    assert last["recall"] == pytest.approx(buyers / (buyers + others))
    assert last["contacts_counted"] < 120
    assert last["effective_contacts"] <= last["contacts_counted"] + 1e-9
    assert "had been contacted by the channel planned" in judged.summary
    assert any("channels drawn at random" in text for text in judged.sentences)
    assert "Counted" in judged._repr_html_()


def test_a_channel_is_not_credited_with_being_contacted_at_all():
    """Call and sms equally good, a third left alone, the same list: the step to calls brings nothing."""
    stages = [{"name": "own", "columns": ["x"], "method": "logistic"}, {"name": "calls", "channels": "call"}]
    verdicts, gains = [], []
    for seed in range(8):
        rng = np.random.default_rng(seed)
        x, channel = rng.normal(size=SIZE), rng.choice(["none", "call", "sms"], SIZE)
        chance = np.where(channel == "none", 0.02, 0.3) / (1 + np.exp(-x))
        frame = pd.DataFrame({"x": x, "channel": channel, "buys": rng.random(SIZE) < chance})
        judged = judge(
            frame, stages, seed, target="buys", channel_outcomes=None, channel_column="channel", repeats=2
        )
        verdicts.append(judged.steps["verdict"].iloc[0])
        gains.append(judged.steps["gain"].iloc[0])
        assert (frame["channel"].iloc[judged.lists["position"]] != "none").all()
    assert verdicts.count("open") >= 6
    assert abs(np.mean(gains)) < 0.02
    assert any("mix of channels" in text for text in judged.sentences)
    alone = frame["channel"] == "none"
    base = frame["buys"].iloc[judged.trial.split.test].mean()
    assert judged.base.value == pytest.approx(base)
    assert base == pytest.approx(frame["buys"][~alone].mean(), abs=0.03)
    plain = judge(
        frame, stages[:1], target="buys", channel_outcomes=None, channel_column="channel", repeats=1
    )
    assert (frame["channel"].iloc[plain.lists["position"]] != "none").all()


@pytest.mark.parametrize("values", ["far", pd.Timestamp("2025-01-01")])
def test_a_bound_on_what_is_no_number_is_one_of_the_problems(market, values):
    last = STAGES[2] | {"channels": [{"channel": "branch", "where": {"column": "t", "under": "2"}}, "call"]}
    last["channels"][1] = {"channel": "call"}
    with pytest.raises(DataError, match=r"t: 4,000 values are no numbers.*row 2") as caught:
        judge(market.assign(t=values), [*STAGES[:2], last], list_size=0)
    assert "list_size == 0" in str(caught.value)


def test_costs_of_stages_without_a_channel_are_those_of_the_random_draw(market):
    drawn = np.random.default_rng(8).choice([*CHANNELS, "none"], SIZE)
    stages = [STAGES[0] | {"channels": "call"}, STAGES[1]]
    del stages[0]["channels"]
    judged = judge(
        market.assign(channel=drawn),
        [*stages, STAGES[2]],
        channel_outcomes=None,
        channel_column="channel",
        buyer_value_cny=100,
        contact_cost_cny={"sms": 0.1, "call": 3, "branch": 12},
    )
    shares = pd.Series(drawn[drawn != "none"]).value_counts(normalize=True)
    cost = 200 * (shares["sms"] * 0.1 + shares["call"] * 3 + shares["branch"] * 12)
    first = judged.stages.iloc[0]
    assert first["profit_cny"] == pytest.approx(first["buyers_listed"] * 100 - cost)


def test_channels_that_cannot_be_judged_are_said_to_be_so(market):
    judged = judge(market, channel_outcomes=None)
    assert judged.channels_judged == "not"
    assert "cannot be judged on this table" in judged.warnings[0]
    assert judged.steps["verdict"].tolist()[1] == "unjudged"
    assert np.isnan(judged.steps["gain"].iloc[1])
    assert any("“channels” adds to “partner” cannot be judged" in text for text in judged.sentences)
    assert "channels" not in judged.summary
    assert judged.gain_split.parts["ingredient"].tolist() == ["partner"]
    assert judged.steps["p_value_holm"].iloc[0] == judged.steps["p_value"].iloc[0]
    assert judged._repr_html_()


def test_one_channel_by_which_all_were_contacted_is_judged(market):
    judged = judge(market, STAGES[:2], channel_outcomes=None, reference_channel="call")
    assert judged.channels_judged == ""
    assert not judged.warnings


def test_a_list_longer_than_those_who_can_be_listed_is_warned_of(market):
    judged = judge(market, list_size=500)
    count = int(judged.stages["can_be_listed"].iloc[1])
    assert judged.warnings[0] == (
        f"“partner” can list {count} of the held-out customers only; the other {500 - count} places of its "
        f"list are filled at random from all others. Ask for a list of {count} or fewer."
    )
    listed = market["is_client"].iloc[judged.lists.query("stage == 'partner'")["position"]]
    assert listed.iloc[:count].all()
    assert not listed.iloc[count:].any()


def test_ties_at_the_cut_are_told_once_a_ranking(result, market):
    stages = [
        {
            "name": "points",
            "method": "points",
            "rules": [
                {"column": "income", "rules": [{"under": 1, "points": 0}, {"at_least": 1, "points": 5}]}
            ],
        },
        {"name": "channels", "channels": "call"},
    ]
    judged = judge(market, stages, list_size=100)
    tied = int((market["income"].iloc[judged.trial.split.test] >= 1).sum())
    told = [text for text in judged.sentences if "same score" in text]
    assert told == [
        (
            f"The cut of “points” falls among {tied} customers with the same score; 100 of them are listed, "
            "picked by a random order of the customers that the seed fixes: the same for all stages, and on "
            "every run."
        )
    ]
    assert not [text for text in result.sentences if "same score" in text]
    again = judge(market, stages, list_size=100)
    assert again.lists.equals(judged.lists)


def test_a_mix_from_which_no_list_can_be_made_is_named(market):
    rules = [{"column": "trades", "rules": [{"under": 3, "points": 0}, {"at_least": 3, "points": 5}]}]
    stages = [*STAGES[:2], {"name": "rules", "method": "points", "rules": rules, "among": "is_client"}]
    judged = judge(market, stages)
    assert judged.gain_split.parts.empty
    assert judged.gain_split.unformed == (("rules",),)
    assert judged.gain_split.summary.endswith("no list can be made: rules.")
    assert judged.gain_split.figure().get_label()


def test_more_ingredients_than_can_be_split_are_told_to_be_joined(market):
    stages = [
        STAGES[0],
        *({"name": f"s{number}", "channels": name} for number, name in enumerate(("sms", "call") * 3)),
    ]
    judged = judge(market, stages)
    assert judged.gain_split.parts.empty
    assert "not split among 6 ingredients" in judged.gain_split.summary
    joined = [stage | {"ingredient": "way"} if stage["name"] != "own" else stage for stage in stages]
    assert judge(market, joined).gain_split.parts["ingredient"].tolist() == ["way"]


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({"is_client": "maybe"}, "is_client: 4,000 values are neither yes nor no (first: 'maybe', row 2)"),
        ({"is_client": False}, "is_client is yes for none of the held-out customers"),
        (
            {"income": 1.0},
            "stage 'own': each of its columns (income) holds one value for all training customers",
        ),
    ],
)
def test_bad_customers_are_explained(market, change, wanted):
    with pytest.raises(DataError) as error:
        judge(market.assign(**change))
    assert wanted in "\n".join(error.value.problems)


def test_too_few_buyers_among_those_who_can_be_listed_are_explained(market):
    few = market.assign(is_client=np.arange(SIZE) % 80 == 0)
    with pytest.raises(DataError) as error:
        judge(few)
    assert "training customers with is_client there are" in "\n".join(error.value.problems)


def test_fewer_than_two_buyers_are_refused(market):
    with pytest.raises(DataError) as error:
        judge(market.assign(buys_call=np.arange(SIZE) == 7))
    assert "at least 10 are needed" in "\n".join(error.value.problems)


def test_missing_outcomes_of_a_channel_and_costs_come_in_one_error(market):
    with pytest.raises(DataError) as error:
        judge(
            market,
            channel_outcomes={"call": "buys_call"},
            buyer_value_cny=100,
            contact_cost_cny={"call": 3},
            list_size=9_999,
        )
    text = "\n".join(error.value.problems)
    for wanted in (
        "contacts by branch, and channel_outcomes names no column",
        "names no cost for branch",
        "list_size == 9,999",
    ):
        assert wanted in text


def test_perfect_collinearity_is_a_warning_and_no_crash(market):
    stages = [{"name": "own", "columns": ["income", "twice"], "method": "logistic"}, STAGES[1]]
    judged = judge(market.assign(twice=2 * market["income"]), stages)
    assert any("twice repeats income" in text for text in judged.warnings)


def test_stages_answer_what_comes_next(result, market):
    curve = trace_stages(result)
    planned = curve.curve[curve.curve["list_size"] == 200]
    assert planned["precision"].tolist() == pytest.approx(result.stages["precision"].tolist())
    assert planned["precision_ci_lower"].tolist() == pytest.approx(
        result.stages["precision_ci_lower"].tolist()
    )
    sizes = plan_lists(result)
    assert sizes.steps["stage"].tolist() == ["partner", "channels"]
    assert np.isnan(sizes.steps["shared_share"].iloc[1])  # the same customers, by other channels
    labels = match_stages(result, draws=1, rng=np.random.default_rng(1))
    assert labels.matches["stage"].tolist() == ["partner"]


def test_what_cannot_be_judged_needs_no_list_to_prove_it(market):
    judged = judge(market, channel_outcomes=None)
    assert plan_lists(judged).steps["stage"].tolist() == ["partner"]
    single = judge(market, STAGES[:1])
    assert plan_lists(single) is None
    assert match_stages(single, rng=np.random.default_rng(1)) is None
    assert single.gain_split.summary == "There is one stage only, so no gain to split."


def test_customers_are_named_best_first(result, market):
    named = result.name_customers(market["customer_id"])
    assert list(named) == ["own", "partner", "channels"]
    assert named["partner"]["rank"].tolist() == list(range(1, 201))
    positions = result.lists.query("stage == 'partner'")["position"]
    assert named["partner"]["customer_id"].tolist() == market["customer_id"].iloc[positions].tolist()


def test_lists_without_asking_take_the_best_of_all(result, market):
    refused = make_customers(4).assign(customer_id=[f"r{place}" for place in range(SIZE)])
    unasked = list_unasked(result, refused, rng=np.random.default_rng(1))
    assert list(unasked.lists) == ["own", "partner", "channels"]
    assert len(unasked.among) == 1_600 * 2
    partner = unasked.lists["partner"]
    assert set(partner["customer_id"]) <= set(unasked.among)
    assert len(partner) == 200
    both = pd.concat([market, refused]).set_index("customer_id").loc[partner["customer_id"]]
    assert both["is_client"].all()
    asked = result.name_customers(market["customer_id"])["partner"]
    own = market.set_index("customer_id").loc[asked["customer_id"]]
    assert both["trades"].mean() > own["trades"].mean()  # chosen from twice as many
    near = both["km"].to_numpy() < 2
    assert unasked.lists["channels"]["channel"].tolist() == np.where(near, "branch", "call").tolist()
    with pytest.raises(DataError, match="no such column"):
        list_unasked(judge(market.drop(columns="customer_id")), refused, rng=np.random.default_rng(1))


def test_the_frame_is_not_changed(market):
    before = market.copy()
    judge(market, as_of=dt.date(2026, 1, 1))
    pd.testing.assert_frame_equal(market, before)
