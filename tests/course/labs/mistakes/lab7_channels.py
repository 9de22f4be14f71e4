"""Wrong answers to lab 7 as students give them: mistake → answer cell → source."""

_TESTED = """
tested = channel_tests[channel_tests["group"] != "no client"]
tested = tested.groupby("channel")[["customers", "reached", "subscribed"]].sum()
share = tested["subscribed"] / tested["customers"]
"""
_BANDS = """
value = subscribers["contribution_12m_cny"].mean()
buys = bands["called_subscribed"] / bands["called"]
alone = bands["held_out_subscribed"] / bands["held_out"]
"""
_PLAN = """
ids = customers.loc[customers["is_client"], "customer_id"].tolist()
strangers = customers.loc[~customers["is_client"], "customer_id"].tolist()
call_ids, trial_ids, branch_ids, sms_ids = [], [], [], []
"""

MISTAKES = {
    "reach_multiplied": {
        "reach": _TESTED + 'counts = tested.loc["call"]\n'
        'cost_per_reached_cny = cost["call"] * counts["reached"] / counts["customers"]'
    },
    "cost_of_a_contact": {"reach": 'cost_per_reached_cny = cost["call"]'},
    "cost_per_subscriber": {"incremental": _TESTED + 'cost_per_won_cny = cost["call"] / share["call"]'},
    "reach_counted_twice": {
        "incremental": _TESTED + 'reach = tested.loc["call", "reached"] / tested.loc["call", "customers"]\n'
        'cost_per_won_cny = cost["call"] / reach / (share["call"] - share["none"])'
    },
    "precision_not_uplift": {
        "break-even": _TESTED + 'value = subscribers["contribution_12m_cny"].mean()\n'
        'break_even_points = 100 * (cost["branch"] / value + share["none"])'
    },
    "value_of_a_month": {
        "break-even": 'month = subscribers["contribution_12m_cny"].mean() / 12\n'
        'break_even_points = 100 * cost["branch"] / month'
    },
    "median_value": {
        "break-even": 'value = subscribers["contribution_12m_cny"].median()\n'
        'break_even_points = 100 * cost["branch"] / value'
    },
    "dearest_contact": {"none": "losing_channel = cost.idxmax()"},
    "smallest_effect_only": {"none": 'losing_channel = "sms"'},
    "as_long_as_total_earns": {
        "bands": _BANDS + 'total = (bands["customers"] * ((buys - alone) * value - cost["call"])).cumsum()\n'
        "bands_to_call = int((total > 0).sum())"
    },
    "best_band_only": {
        "bands": _BANDS + 'bands_to_call = int(((buys - alone) * value - cost["call"]).argmax() + 1)'
    },
    "contacted_twice": {"plan": _PLAN + "call_ids, sms_ids = ids[:200], ids"},
    "over_capacity": {"plan": _PLAN + "call_ids, sms_ids = ids[:300], ids[300:]"},
    "over_budget": {
        "plan": _PLAN
        + "call_ids, trial_ids, branch_ids, sms_ids = ids[:200], ids[200:300], ids[300:360], ids[360:]"
    },
    "not_clients": {
        "plan": _PLAN + 'everybody = customers["customer_id"].tolist()\ncall_ids = everybody[:200]'
    },
    "cheapest_only": {"plan": _PLAN + "sms_ids = ids"},
    "no_messages": {"plan": _PLAN + "call_ids = ids[:200]"},
}
