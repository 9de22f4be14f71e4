"""Wrong answers to lab 4, as students who err so would write them: misconception → answer cell → source."""

_FILE = 'partner_file, district = lab["partner_file"], lab["district"]\n'
_DIGITS = 'digits = partner_file["phone"].str.replace(r"\\D", "", regex=True).str[-11:]\n'
_LISTS = (
    'subscribed = [called.loc[called[f"rank_{stage}"] <= 500, "subscribed"] for stage in (1, 2, 3)]\n'
    "one, two, three = (listed.mean() for listed in subscribed)\n"
    'base = called.loc[called["drawn_at_random"], "subscribed"].mean()\n'
)
_ERROR = _LISTS + "error = np.sqrt(one * (1 - one) / 500 + two * (1 - two) / 500)\n"
_GAIN = "partner_gain_lower_points = 100 * "
_MODEL = 'unseen = clients[~clients["agency_learned_from"]]\nseen = clients[clients["agency_learned_from"]]\n'
_BEST = '.nlargest(100, "agency_score")["subscribed"].mean()'
_WORTH = (
    _LISTS + 'value, records = terms["subscriber_value_cny"], terms["partner_records"]\nrecord_worth_cny = '
)

MISTAKES = {
    "joined_as_typed": {
        "match": _FILE + 'match_percent = 100 * partner_file["phone"].isin(district["phone"]).mean()'
    },
    "half_cleaned": {
        "match": _FILE
        + 'plain = partner_file["phone"].str.replace("-", "").str.replace(" ", "")\n'
        + 'match_percent = 100 * plain.isin(district["phone"]).mean()'
    },
    "share_of_base": {
        "match": _FILE + _DIGITS + 'match_percent = 100 * district["phone"].isin(digits).mean()'
    },
    "precision_not_lift": {"lift": _LISTS + "lift_2 = two"},
    "base_of_all_called": {"lift": _LISTS + 'lift_2 = two / called["subscribed"].mean()'},
    "over_first_list": {"lift": _LISTS + "lift_2 = two / one"},
    "all_ranked": {
        "lift": _LISTS + 'lift_2 = called.loc[called["rank_2"].notna(), "subscribed"].mean() / base'
    },
    "gain_without_limit": {"gain": _LISTS + _GAIN + "(two - one)"},
    "one_standard_error": {"gain": _ERROR + _GAIN + "(two - one - error)"},
    "difference_of_limits": {
        "gain": _LISTS
        + _GAIN
        + "(wilson_interval(500 * two, 500).lower - wilson_interval(500 * one, 500).upper)"
    },
    "upper_limit": {"gain": _ERROR + _GAIN + "(two - one + 1.96 * error)"},
    "taken_as_independent": {
        "rules": _LISTS
        + "error = np.sqrt(two * (1 - two) / 500 + three * (1 - three) / 500)\n"
        + "rules_gain_lower_points = 100 * (three - two - 1.96 * error)"
    },
    "rules_without_limit": {"rules": _LISTS + "rules_gain_lower_points = 100 * (three - two)"},
    "in_sample": {"promise": _MODEL + "promised_percent = 100 * seen" + _BEST},
    "not_ranked": {"promise": _MODEL + 'promised_percent = 100 * unseen["subscribed"].mean()'},
    "strong_is_leak": {"leak": 'leaking_column = "trades_3m"'},
    "weak_is_leak": {"leak": 'leaking_column = "pc_share"'},
    "whole_list_credited": {"worth": _WORTH + "500 * two * value / records"},
    "per_call": {"worth": _WORTH + "(two - one) * value"},
    "calls_subtracted": {"worth": _WORTH + '500 * ((two - one) * value - terms["call_cost_cny"]) / records'},
    "richest_first": {"list": 'new_list = list(new_city.nlargest(150, "assets_cny")["customer_id"])'},
    "wrong_length": {"list": 'new_list = list(new_city.nlargest(100, "trades_3m")["customer_id"])'},
}
