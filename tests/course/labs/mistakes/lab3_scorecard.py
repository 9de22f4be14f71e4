"""Wrong answers to lab 3, as students who err so would write them: misconception → answer cell → source."""

_NINE = "table = standardise_log(customers[attributes])\nnine = find_components(table.corr().to_numpy())\n"
_SHARE = "first_percent = 100 * nine.variances[0] / nine.variances.sum()"
_BANK = _NINE + 'bank = nine.loadings[attributes.index("bank_calls_3m"), :2]\n'
_COUNTS = (
    "table = standardise_log(customers[attributes])\n"
    "whole = (np.linalg.eigvalsh(table.corr()) > 1).sum()\n"
    "samples = [table.sample(5_000, random_state=number) for number in range(100)]\n"
    "counts = np.array([(np.linalg.eigvalsh(sample.corr()) > 1).sum() for sample in samples])\n"
)
_POINTS = (
    "traffic_points = np.select([traffic < 1, traffic <= 10], [2, 4], 6)\n"
    "sessions_points = np.select([sessions <= 5, sessions <= 10], [2, 4], 6)\n"
)
_BY_MONTH = 'traffic, sessions = customers["traffic_mb_3m"] / 3, customers["sessions_3m"] / 3\n' + _POINTS
_INDEX = (
    _NINE
    + "weights = nine.loadings[:, :2] @ (nine.variances[:2] / nine.variances[:2].sum())\n"
    + "scored = customers.assign(score=table @ weights)\n"
)
_TOP = (
    _INDEX
    + 'best = scored.nlargest(1_000, "score")["customer_id"]\n'
    + 'asked = survey.loc[survey["customer_id"].isin(best), "holds_account"]\n'
)
_ALLOWED = 'allowed = scored[scored["may_contact"]]\n'

MISTAKES = {
    "raw_units": {"first": "nine = find_components(customers[attributes].cov().to_numpy())\n" + _SHARE},
    "not_standardised": {
        "first": "nine = find_components(np.log1p(customers[attributes]).cov().to_numpy())\n" + _SHARE
    },
    "no_logs": {"first": "nine = find_components(customers[attributes].corr().to_numpy())\n" + _SHARE},
    "share_of_kept": {
        "first": _NINE
        + "kept = nine.variances[nine.variances > 1]\n"
        + "first_percent = round(100 * kept[0] / kept.sum(), 1)"
    },
    "eigenvalue_not_share": {"first": _NINE + "first_percent = nine.variances[0]"},
    "share_not_percent": {"first": _NINE + "first_percent = nine.variances[0] / 9"},
    "first_only": {"weight": _BANK + "bank_weight = bank[0]"},
    "share_of_all": {"weight": _BANK + "bank_weight = bank @ nine.variances[:2] / nine.variances.sum()"},
    "components_alike": {"weight": _BANK + "bank_weight = bank.mean()"},
    "added_up": {"weight": _BANK + "bank_weight = bank.sum()"},
    "not_turned": {
        "weight": "table = standardise_log(customers[attributes])\n"
        "values, vectors = np.linalg.eigh(table.corr())\n"
        "values, vectors = values[::-1][:2], vectors[:, ::-1][:, :2]\n"
        "vectors = vectors * [1, -1] * np.where(vectors.sum(axis=0) < 0, -1, 1)\n"
        'bank_weight = vectors[attributes.index("bank_calls_3m")] @ values / values.sum()'
    },
    "kept_not_flipped": {"flips": _COUNTS + "flips_percent = 100 * (counts == whole).mean()"},
    "never_flips": {
        "flips": "table = standardise_log(customers[attributes])\n"
        "correlations = table.corr()\n"
        "counts = np.array([(np.linalg.eigvalsh(correlations) > 1).sum() for number in range(100)])\n"
        "flips_percent = 100 * (counts != counts[0]).mean()"
    },
    "not_by_month": {
        "points": 'traffic, sessions = customers["traffic_mb_3m"], customers["sessions_3m"]\n'
        + _POINTS
        + "mean_points = (traffic_points + sessions_points).mean()"
    },
    "traffic_only": {"points": _BY_MONTH + "mean_points = traffic_points.mean()"},
    "mean_of_the_two": {"points": _BY_MONTH + "mean_points = (traffic_points + sessions_points).mean() / 2"},
    "everybody_asked": {"prospects": 'prospects_percent = 100 * survey["holds_account"].mean()'},
    "recall_not_precision": {
        "prospects": _TOP + 'prospects_percent = 100 * asked.sum() / survey["holds_account"].sum()'
    },
    "unasked_are_no": {"prospects": _TOP + "prospects_percent = 100 * asked.sum() / 1_000"},
    "top_of_asked": {
        "prospects": _INDEX
        + 'asked = scored.merge(survey, on="customer_id").nlargest(1_000, "score")\n'
        + 'prospects_percent = 100 * asked["holds_account"].mean()'
    },
    "lift_not_share": {
        "prospects": _TOP + 'prospects_percent = asked.mean() / survey["holds_account"].mean()'
    },
    "heaviest_weight": {"heavy": 'overweighted = "monthly_bill_cny"'},
    "weight_deserved": {"heavy": 'overweighted = "fund_calls_3m"'},
    "not_permitted": {"list": _INDEX + 'call_list = scored.nlargest(1_000, "score")["customer_id"].tolist()'},
    "wrong_count": {"list": _INDEX + _ALLOWED + 'call_list = allowed.nlargest(100, "score")'},
    "upside_down": {
        "list": _INDEX + _ALLOWED + 'call_list = allowed.sort_values("score")["customer_id"].head(1_000)'
    },
    "columns_added": {
        "list": 'allowed = customers[customers["may_contact"]]\n'
        "total = allowed[attributes].sum(axis=1)\n"
        'call_list = allowed.loc[total.nlargest(1_000).index, "customer_id"]'
    },
}
