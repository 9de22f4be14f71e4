"""Wrong answers to lab 2, as students who err so would write them: misconception → answer cell → source."""

_AMOUNTS = 'amounts = customers[["everyday_cny", "travel_cny", "football_cny", "golf_cny"]]\n'
_TABLE = "table = standardise(leisure_shares(customers))\n"
_TWO_DIVISIONS = (
    "like = leisure_shares(customers)\n"
    "new = standardise(leisure_shares(second), like=like)\n"
    "first = place(new, find_centres(standardise(like), segments_found))\n"
    "other = place(new, find_centres(new, segments_found))\n"
)
_SEGMENTS = _TABLE + "centres = find_centres(table, segments_found)\nlabels = place(table, centres)\n"
_GOLF = _SEGMENTS + "members = customers[labels == centres[:, 2].argmax()]\n"

MISTAKES = {
    "deviation_not_variance": {
        "variance": _AMOUNTS + 'travel_percent = 100 * amounts["travel_cny"].std() / amounts.std().sum()'
    },
    "money_not_variance": {
        "variance": _AMOUNTS + 'travel_percent = 100 * amounts["travel_cny"].sum() / amounts.sum().sum()'
    },
    "after_standardising": {
        "variance": _AMOUNTS
        + "spread = standardise(amounts).var()\n"
        + 'travel_percent = 100 * spread["travel_cny"] / spread.sum()'
    },
    "logs_taken": {
        "variance": _AMOUNTS
        + "spread = np.log1p(amounts).var()\n"
        + 'travel_percent = 100 * spread["travel_cny"] / spread.sum()'
    },
    "share_not_percent": {
        "variance": _AMOUNTS + 'travel_percent = amounts["travel_cny"].var() / amounts.var().sum()'
    },
    "most_is_best": {
        "number": _TABLE
        + "fit = {}\n"
        + "for number in range(2, 8):\n"
        + "    centres = find_centres(table, number)\n"
        + "    fit[number] = ((table - centres[place(table, centres)]) ** 2).sum().sum()\n"
        + "segments_found = min(fit, key=fit.get)"
    },
    "interests_only": {"number": "segments_found = leisure_shares(customers).shape[1]"},
    "labels_compared": {"holds": _TWO_DIVISIONS + "agreement = (first == other).mean()"},
    "not_one_percent": {"holds": _TWO_DIVISIONS + "agreement = 100 * adjusted_rand_score(first, other)"},
    "any_golf": {"size": 'golf_percent = 100 * (customers["golf_payments"] > 0).mean()'},
    "payments_not_customers": {
        "size": 'payments = customers.filter(like="_payments").sum()\n'
        'golf_percent = 100 * payments["golf_payments"] / payments.sum()'
    },
    "other_segment": {"size": _SEGMENTS + "golf_percent = 100 * (labels == centres[:, 0].argmax()).mean()"},
    "everybody": {"worth": 'golf_cny = round(customers["commission_cny"].mean(), 2)'},
    "total_not_mean": {"worth": _GOLF + 'golf_cny = members["commission_cny"].sum()'},
    "median_not_mean": {"worth": _GOLF + 'golf_cny = members["commission_cny"].median()'},
    "active_only": {
        "worth": _GOLF + 'golf_cny = members.loc[members["commission_cny"] > 0, "commission_cny"].mean()'
    },
    "stability_is_enough": {"better": 'better = "either"'},
    "zero_or_not": {"better": 'better = "amounts"'},
    "richest_not_golfers": {"list": 'golf_guests = second.nlargest(40, "monthly_bill_cny")["customer_id"]'},
    "not_of_second": {"list": 'golf_guests = customers.nlargest(40, "golf_payments")["customer_id"]'},
    "wrong_count": {"list": 'golf_guests = second[second["golf_payments"] > 0]["customer_id"]'},
}
