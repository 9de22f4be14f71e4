"""Wrong answers to lab 6 as students give them: mistake → answer cell → source."""

_SIZE = """
p = plan["base_percent"].iloc[0] / 100
q = p * (1 + plan["lift_percent"].iloc[0] / 100)
"""
_ARMS = """
arms = test.groupby("arm")["subscribed"].agg(["mean", "size"])
errors = np.sqrt(arms["mean"] * (1 - arms["mean"]) / arms["size"])
effect = arms.loc["call", "mean"] - arms.loc["held_out", "mean"]
"""
_P = 'p = 2 * stats.norm.sf(np.abs(metrics["difference"] / metrics["standard_error"]))\n'

MISTAKES = {
    "relative_as_absolute": {
        "size": 'p = plan["base_percent"].iloc[0] / 100\nd = plan["lift_percent"].iloc[0] / 100\n'
        "customers_per_group = 2.8**2 * (p * (1 - p) + (p + d) * (1 - p - d)) / d**2"
    },
    "both_groups": {
        "size": _SIZE + "customers_per_group = 2 * 2.8**2 * (p * (1 - p) + q * (1 - q)) / (q - p) ** 2"
    },
    "no_power": {
        "size": _SIZE + "customers_per_group = 1.96**2 * (p * (1 - p) + q * (1 - q)) / (q - p) ** 2"
    },
    "one_sided": {
        "size": _SIZE
        + "customers_per_group = (1.645 + 0.84) ** 2 * (p * (1 - p) + q * (1 - q)) / (q - p) ** 2"
    },
    "gap_without_size": {
        "ratio": 'share = 100 * campaigns["called"] / (campaigns["called"] + campaigns["held_out"])\n'
        'gap = (share - campaigns["planned_called_percent"]).abs()\n'
        'broken_campaign = campaigns["campaign"][gap.argmax()]'
    },
    "fifty_fifty_assumed": {
        "ratio": 'share = campaigns["called"] / (campaigns["called"] + campaigns["held_out"])\n'
        'broken_campaign = campaigns["campaign"][(share - 0.5).abs().argmax()]'
    },
    "precision_as_effect": {
        "effect": 'effect_points = 100 * test.loc[test["arm"] == "call", "subscribed"].mean()'
    },
    "relative_lift": {
        "effect": 's = test.groupby("arm")["subscribed"].mean()\n'
        'effect_points = 100 * (s["call"] - s["held_out"]) / s["held_out"]'
    },
    "one_group_only": {"interval": _ARMS + 'effect_lower_points = 100 * (effect - 1.96 * errors["call"])'},
    "added_errors": {"interval": _ARMS + "effect_lower_points = 100 * (effect - 1.96 * errors.sum())"},
    "p_is_probability_of_no_effect": {"p": 'p_reading = "a"'},
    "looks_cost_nothing": {
        "peeking": 'rng = np.random.default_rng(5)\nn = 500 * int(plan["looks"].iloc[0])\n'
        "a, b = rng.binomial(n, 0.08, size=(2, 4_000)) / n\n"
        "z = (a - b) / np.sqrt((a * (1 - a) + b * (1 - b)) / n)\n"
        "false_alarm_percent = 100 * (np.abs(z) > 1.96).mean()"
    },
    "looks_independent": {
        "peeking": 'rng = np.random.default_rng(5)\nlooks = int(plan["looks"].iloc[0])\n'
        "a, b = rng.binomial(500, 0.08, size=(2, 10_000, looks)) / 500\n"
        "z = (a - b) / np.sqrt((a * (1 - a) + b * (1 - b)) / 500)\n"
        "false_alarm_percent = 100 * (np.abs(z) > 1.96).any(axis=1).mean()"
    },
    "not_corrected": {"holm": _P + "metrics_shown = int((p < 0.05).sum())"},
    "bonferroni": {"holm": _P + "metrics_shown = int((p < 0.05 / len(p)).sum())"},
    "no_covariate": {
        "cuped": 'm = test.groupby("arm")["spend_after_cny"].mean()\n'
        'spend_effect_cny = m["call"] - m["held_out"]'
    },
    "adjusted_by_outcome": {
        "cuped": 'x, y = test["subscribed"].astype(float), test["spend_after_cny"]\n'
        'm = (y - x.cov(y) / x.var() * (x - x.mean())).groupby(test["arm"]).mean()\n'
        'spend_effect_cny = m["call"] - m["held_out"]'
    },
}
