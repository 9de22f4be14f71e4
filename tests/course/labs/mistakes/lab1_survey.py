"""Wrong answers to lab 1, as students who err so would write them: misconception → answer cell → source."""

_SHARE = 'p = survey["uses_mobile_data"].mean()\n'
_HOLDERS = 'own = survey.loc[survey["holds_account"], "uses_mobile_data"]\np = own.mean()\n'
_AGES = (
    'ages = survey.groupby("age_group")["uses_mobile_data"].agg(["mean", "size"])\n'
    'margins = 196 * np.sqrt(ages["mean"] * (1 - ages["mean"]) / ages["size"])\n'
)

MISTAKES = {
    "count_not_share": {"share": 'users_percent = survey["uses_mobile_data"].sum()'},
    "among_holders": {"share": _HOLDERS + "users_percent = 100 * p"},
    "share_not_percent": {"share": _SHARE + "users_percent = round(p, 3)"},
    "error_not_margin": {"margin": _SHARE + "margin_points = 100 * np.sqrt(p * (1 - p) / len(survey))"},
    "both_sides": {"margin": _SHARE + "margin_points = 2 * 196 * np.sqrt(p * (1 - p) / len(survey))"},
    "no_root": {"margin": _SHARE + "margin_points = 196 * p * (1 - p) / len(survey)"},
    "group_with_all_people": {
        "group": _HOLDERS + "holders_margin_points = 196 * np.sqrt(p * (1 - p) / len(survey))"
    },
    "margin_of_all": {"group": _SHARE + "holders_margin_points = 196 * np.sqrt(p * (1 - p) / len(survey))"},
    "no_weights": {"weights": 'panel_percent = round(100 * panel["uses_mobile_data"].mean(), 2)'},
    "inverse_weights": {
        "weights": 'panel_percent = 100 * np.average(panel["uses_mobile_data"], weights=1 / panel["weight"])'
    },
    "groups_alike": {
        "weights": 'panel_percent = 100 * panel.groupby("age_group")["uses_mobile_data"].mean().mean()'
    },
    "in_proportion": {
        "size": _SHARE + "people_needed = 1000 * 1.96 * np.sqrt(p * (1 - p) / len(survey)) / 0.02"
    },
    "not_squared": {"size": _SHARE + "people_needed = 1.96**2 * p * (1 - p) / 0.02"},
    "error_is_wanted": {"size": _SHARE + "people_needed = p * (1 - p) / 0.02**2"},
    "added_margins": {"difference": _AGES + "difference_margin_points = margins.sum()"},
    "wider_margin_only": {"difference": _AGES + "difference_margin_points = margins.max()"},
    "mean_of_margins": {"difference": _AGES + "difference_margin_points = margins.mean()"},
    "many_is_good": {"source": 'better_source = "poll"'},
}
