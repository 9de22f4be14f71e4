"""Wrong answers to lab 5, as students who err so would write them: misconception → answer cell → source."""

_SHARES = (
    'groups = campaign.groupby("group")["subscribed"].agg(["mean", "size"])\n'
    '(p_1, n_1), (p_0, n_0) = groups.loc["invited"], groups.loc["held_out"]\n'
)
_ERRORS = (
    _SHARES + "error_1, error_0 = np.sqrt(p_1 * (1 - p_1) / n_1), np.sqrt(p_0 * (1 - p_0) / n_0)\n"
    "error = np.hypot(error_1, error_0)\n"
    "uplift_lower_points = 100 * "
)
_ALIKE = (
    'shares = campaign[campaign["likeness"] >= 60].groupby("group")["subscribed"].mean()\n'
    "anyway_percent = 100 * "
)
_LISTED = 'listed = campaign[campaign["group"] != "not_listed"]\nsize = round(0.3 * len(listed))\n'
_NEAR = (
    _LISTED
    + 'shares = listed.nsmallest(size, "branch_distance_km").groupby("group")["subscribed"].mean()\n'
    + "near_uplift_points = 100 * "
)

MISTAKES = {
    "precision_as_effect": {"uplift": _SHARES + "uplift_points = round(100 * p_1, 1)"},
    "listed_against_unlisted": {
        "uplift": _SHARES + 'uplift_points = 100 * (p_1 - groups.loc["not_listed", "mean"])'
    },
    "relative_uplift": {"uplift": _SHARES + "uplift_points = 100 * (p_1 / p_0 - 1)"},
    "holdout_share": {"uplift": _SHARES + "uplift_points = 100 * p_0"},
    "uplift_without_limit": {"lower": _SHARES + "uplift_lower_points = 100 * (p_1 - p_0)"},
    "one_standard_error": {"lower": _ERRORS + "(p_1 - p_0 - error)"},
    "invited_error_only": {"lower": _ERRORS + "(p_1 - p_0 - 1.96 * error_1)"},
    "added_errors": {"lower": _ERRORS + "(p_1 - p_0 - 1.96 * (error_1 + error_0))"},
    "limit_of_precision": {"lower": _ERRORS + "(p_1 - 1.96 * error_1)"},
    "gross_subscribers": {
        "won": 'won_subscribers = campaign[campaign["group"] == "invited"]["subscribed"].sum()'
    },
    "counts_subtracted": {
        "won": 'counts = campaign.groupby("group")["subscribed"].sum()\n'
        'won_subscribers = counts["invited"] - counts["held_out"]'
    },
    "whole_list": {"won": _SHARES + "won_subscribers = round((n_1 + n_0) * (p_1 - p_0))"},
    "before_and_after": {"next": 'next_holdout = "none"'},
    "unlisted_as_control": {"next": 'next_holdout = "not_listed"'},
    "chosen_holdout": {"next": 'next_holdout = "least_alike"'},
    "won_share": {"anyway": _ALIKE + '(1 - shares["held_out"] / shares["invited"])'},
    "holdout_share_of_half": {"anyway": _ALIKE + 'shares["held_out"]'},
    "precision_at_k": {"near": _NEAR + 'shares["invited"]'},
    "farthest_first": {
        "near": _LISTED
        + 'shares = listed.nlargest(size, "branch_distance_km").groupby("group")["subscribed"].mean()\n'
        + 'near_uplift_points = 100 * (shares["invited"] - shares["held_out"])'
    },
    "most_alike": {"list": 'invitations = list(new_city.nlargest(100, "likeness")["customer_id"])'},
    "nearest_only": {
        "list": 'invitations = list(new_city.nsmallest(100, "branch_distance_km")["customer_id"])'
    },
    "wrong_length": {"list": 'invitations = list(new_city.nlargest(150, "likeness")["customer_id"])'},
}
