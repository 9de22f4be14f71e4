"""The list: the permitted customers with the best scores, who is contacted by what, and who is held out."""

import numpy as np
import pandas as pd

from leadline.data.loop.tables import HELD_OUT, NO_CONTACT
from leadline.engage.gate_result import GateResult
from leadline.engage.holdout import check_holdout_size, count_held_out, draw_holdout
from leadline.engage.ids import ID, check_ids, is_among, order_ids, spell_ids
from leadline.engage.list_result import TREATED, ListResult
from leadline.engage.power import state_power
from leadline.errors import DataError
from leadline.language import _


def build_list(
    scored: pd.DataFrame,
    gate: GateResult,
    *,
    base_rate: float,
    salt: str,
    size: int | None = None,
    channels: pd.DataFrame | None = None,
    holdout_share: float = 0.10,
    holdout_size: int | None = None,
    effect: float | None = None,
) -> ListResult:
    """Rank the permitted customers and hold some out at random.

    Parameters
    ----------
    scored
        One row a customer: ``customer_id``, ``score`` (higher is better), ``tier`` and, if known, ``reasons``
        (why this customer). Who did not pass the gate, or never stood before it, is left out.
    gate
        Who may be contacted.
    base_rate
        Share that buys without a contact, for the power statement.
    salt
        A text of this campaign's own, by which the hold-out is drawn.
    size
        Most customers on the list; None takes all.
    channels
        One row a contact planned: ``customer_id``, ``channel``. Customers without one are left out.
    holdout_share, holdout_size
        Share of the list, or number of customers, held out.
    effect
        A rise in the share of buyers (0.01 is one point) for which to say how many must be held out.

    Raises
    ------
    DataError
        With all problems at once.
    """
    problems = [*_check_scored(scored), *_check_channels(channels)]
    if size is not None and not (isinstance(size, int | np.integer) and size >= 1):
        problems.append(f"size == {size!r}, must be a whole number of 1 or more.")
    if problems:
        raise DataError("The list cannot be built", problems)
    frame = scored.assign(**{ID: spell_ids(scored[ID])})
    allowed = gate.decisions.loc[gate.decisions["is_permitted"], ID]
    permitted = frame[is_among(frame[ID], allowed)]
    reachable = permitted
    if channels is not None:
        planned = channels.assign(**{ID: spell_ids(channels[ID])})[[ID, "channel"]].dropna()
        reachable = permitted.drop(columns="channel", errors="ignore").merge(planned, on=ID, how="inner")
    ranked = _rank(reachable)[:size]
    if not len(ranked):
        raise DataError.of(
            "The list cannot be built",
            f"none of the {len(scored):,} customers scored may be contacted. Look at the gate's counts.",
        )
    if wrong := check_holdout_size(len(ranked), holdout_share, holdout_size):
        raise DataError("The list cannot be built", wrong)
    is_held_out = draw_holdout(ranked, share=holdout_share, size=holdout_size, salt=salt)
    held_out = count_held_out(len(ranked), holdout_share, holdout_size)
    return ListResult(
        rows=_write_rows(ranked, is_held_out.to_numpy(dtype=bool)),
        gate=gate,
        power=state_power(len(ranked), held_out, base_rate=base_rate, effect=effect),
        scored=len(scored),
        left_out=len(scored) - len(permitted),
        without_channel=len(permitted) - len(reachable),
        size=size,
        salt=salt,
    )


def _rank(frame: pd.DataFrame) -> pd.DataFrame:
    by_id = frame.iloc[order_ids(frame[ID])]
    best_first = np.argsort(-by_id["score"].to_numpy(dtype=np.float64), kind="stable")
    return by_id.iloc[best_first].reset_index(drop=True)


def _write_rows(ranked: pd.DataFrame, is_held_out: np.ndarray) -> pd.DataFrame:
    tier = ranked["tier"].astype("string")
    planned = (
        ranked["channel"].astype("string") if "channel" in ranked.columns else pd.Series(pd.NA, ranked.index)
    )
    reasons = ranked["reasons"] if "reasons" in ranked.columns else tier.map(_tell_tier)
    return pd.DataFrame(
        {
            "rank": np.arange(1, len(ranked) + 1),
            ID: ranked[ID],
            "tier": tier,
            "score": ranked["score"].to_numpy(dtype=np.float64),
            "channel": planned.mask(is_held_out, NO_CONTACT),
            "planned_channel": planned,
            "arm": np.where(is_held_out, HELD_OUT, TREATED),
            "reasons": reasons.astype("string"),
        }
    )


def _tell_tier(tier: str) -> str:
    return _("score of tier {tier}", tier=tier)


def _check_scored(scored: pd.DataFrame) -> list[str]:
    problems = check_ids(scored, "the table of scores")
    problems += [
        f"{column}: the table of scores has no such column."
        for column in ("score", "tier")
        if column not in scored.columns
    ]
    if "tier" in scored.columns and scored["tier"].isna().any():
        problems.append(f"tier: {int(scored['tier'].isna().sum()):,} values are missing. Assign tiers first.")
    if "score" not in scored.columns:
        return problems
    if not pd.api.types.is_numeric_dtype(scored["score"]):
        problems.append(f"score: holds {scored['score'].dtype}, must be numbers.")
    elif bad := int((~np.isfinite(scored["score"].to_numpy(dtype=float, na_value=np.nan))).sum()):
        problems.append(
            f"score: {bad:,} values are missing or infinite. Score these customers, or drop them."
        )
    return problems


def _check_channels(channels: pd.DataFrame | None) -> list[str]:
    if channels is None:
        return []
    problems = check_ids(channels, "the channel plan")
    if "channel" not in channels.columns:
        problems.append("channel: the channel plan has no such column.")
    elif channels["channel"].astype("string").eq(NO_CONTACT).any():
        problems.append(f"channel: {NO_CONTACT!r} is kept for the hold-out. Leave such customers out.")
    return problems
