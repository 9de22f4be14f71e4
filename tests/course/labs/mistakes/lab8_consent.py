"""Wrong answers to lab 8 as students give them: mistake → answer cell → source."""

_FREE = """
free = ~customers["opted_out"] & ~customers["is_subscriber"]
quiet = ~(customers["last_contact_days"] <= 30)
yes = customers["consent"] == "yes"
ranked = customers.sort_values("forecast_percent", ascending=False)
is_suitable = customers["risk_level"].isin(["C3", "C4", "C5"])
"""
_LISTS = """
pool = customers[customers["is_client"] & ~customers["is_subscriber"]]
list_a = pool.sort_values("forecast_percent", ascending=False).head(300)
ok = (list_a["consent"] == "yes") & ~list_a["opted_out"] & ~(list_a["last_contact_days"] <= 30)
"""
_AUDIT = """
audit = complaints.set_index("status")
kind = np.where(list_a["consent"] == "yes", "permitted", "no consent")
count = pd.Series(np.where(list_a["opted_out"], "opted out", kind)).value_counts()
"""

MISTAKES = {
    "opt_out_ignored": {
        "permitted": _FREE + 'permitted_count = int((yes & ~customers["is_subscriber"] & quiet).sum())'
    },
    "unknown_is_yes": {
        "permitted": _FREE + 'permitted_count = int(((customers["consent"] != "no") & free & quiet).sum())'
    },
    "never_contacted_dropped": {
        "permitted": _FREE
        + 'permitted_count = int((yes & free & (customers["last_contact_days"] > 30)).sum())'
    },
    "list_with_opt_outs": {"list": _FREE + 'list_ids = ranked["customer_id"].head(150).tolist()'},
    "list_without_consent": {
        "list": _FREE + "keep = free & quiet & is_suitable\n"
        'list_ids = ranked.loc[keep[ranked.index], "customer_id"].head(150).tolist()'
    },
    "not_suitable": {
        "list": _FREE + 'level = customers["risk_level"].isin(["C1", "C2", "C3"])\n'
        "keep = yes & free & quiet & level\n"
        'list_ids = ranked.loc[keep[ranked.index], "customer_id"].head(150).tolist()'
    },
    "level_unknown": {
        "list": _FREE + "keep = yes & free & quiet\n"
        'list_ids = ranked.loc[keep[ranked.index], "customer_id"].head(150).tolist()'
    },
    "not_ranked": {
        "list": _FREE + "keep = yes & free & quiet & is_suitable\n"
        'list_ids = customers.loc[keep, "customer_id"].head(150).tolist()'
    },
    "relative_loss": {
        "price": _LISTS + 'best = pool[may_contact[pool.index]].sort_values("forecast_percent").tail(300)\n'
        "first, second = list_a.forecast_percent.mean(), best.forecast_percent.mean()\n"
        "consent_price_points = 100 * (first - second) / first"
    },
    "list_not_refilled": {
        "price": _LISTS + "kept = list_a.loc[ok, 'forecast_percent'].mean()\n"
        'consent_price_points = list_a["forecast_percent"].mean() - kept'
    },
    "share_removed": {"price": _LISTS + "consent_price_points = 100 * (1 - ok.mean())"},
    "fines_forgotten": {
        "cost": _AUDIT + 'expected_cost_cny = (count * 150 * audit["complaints"] / audit["contacts"]).sum()'
    },
    "one_rate_for_all": {
        "cost": "total = complaints.sum(numeric_only=True)\n"
        'expected_cost_cny = 300 * (150 * total["complaints"] + 5_000 * total["upheld"]) / total["contacts"]'
    },
    "fine_for_every_complaint": {
        "cost": _AUDIT + 'expected_cost_cny = (count * 5_150 * audit["complaints"] / audit["contacts"]).sum()'
    },
    "opted_out_as_permitted": {
        "cost": _AUDIT + 'each = (150 * audit["complaints"] + 5_000 * audit["upheld"]) / audit["contacts"]\n'
        "expected_cost_cny = (pd.Series(kind).value_counts() * each).sum()"
    },
    "found_by_subtraction": {"cells": 'hidden_rows = int(branches["customers"].between(1, 9).sum())'},
    "empty_rows_hidden": {"cells": 'hidden_rows = int((branches["customers"] < 10).sum())'},
    "permitted_only": {
        "hash": 'allowed = customers[may_contact]\nhits = allowed["phone"].map(sha256_of)\n'
        'recognised_ids = allowed.loc[hits.isin(hashed["phone_sha256"]), "customer_id"].tolist()'
    },
    "named_without_match": {
        "hash": 'recognised_ids = customers.loc[customers["is_client"], "customer_id"].tolist()'
    },
    "stronger_hash_protects": {"protect": 'protection = "longer"'},
    "salt_is_a_key": {"protect": 'protection = "salt in the file"'},
}
