"""The list: the permitted customers with the best scores, who is contacted by what, and who is held out."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from leadline.channels import CHANNELS
from leadline.data.loop.tables import HELD_OUT, NO_CONTACT
from leadline.data.raw import counted, find_file_rows, name_rows, shorten, suggest
from leadline.engage.gate_result import GateResult
from leadline.engage.holdout import check_holdout_size, count_held_out, draw_holdout
from leadline.engage.ids import ID, check_ids, is_among, order_ids, spell_ids
from leadline.engage.list_result import TREATED, ListResult
from leadline.engage.power import check_rates, state_power
from leadline.engage.tiers import check_shares, split_ranks
from leadline.engage.value import check_value, score_value
from leadline.errors import DataError
from leadline.language import _

HEADLINE = "The list cannot be built"
TIER_SHARES = (0.2, 0.3, 0.5)


def build_list(
    scored: pd.DataFrame,
    gate: GateResult,
    *,
    base_rate: float,
    salt: str,
    size: int | None = None,
    tier_shares: Sequence[float] = TIER_SHARES,
    channels: pd.DataFrame | None = None,
    holdout_share: float = 0.10,
    holdout_size: int | None = None,
    effect: float | None = None,
    value_cny: float | None = None,
    loss: str | None = None,
) -> ListResult:
    """Rank the permitted customers and hold some out at random.

    Parameters
    ----------
    scored
        One row a customer: ``customer_id``, ``score`` (higher is better) and, if known, ``tier`` and
        ``reasons`` (why this customer). Who did not pass the gate, or never stood before it, is left out.
        Among equal scores the smaller id comes first.
    gate
        Who may be contacted.
    base_rate
        Share that buys without a contact, for the power statement.
    salt
        A text of this campaign's own, by which the hold-out is drawn.
    size
        Most customers on the list; None takes all.
    tier_shares
        Shares of the list in tiers A, B and C, where the scores name no tiers.
    channels
        One row a contact planned: ``customer_id``, ``channel``. Customers without one are left out.
    holdout_share, holdout_size
        Share of the list, or number of customers, held out.
    effect
        A rise in the share of buyers (0.01 is one point) for which to say how many must be held out.
    value_cny, loss
        With the column ``loss`` in ``scored`` customers are ranked by chance × ``value_cny`` − loss
        (`leadline.engage.value.score_value`), and who is not worth more than 0 is left out.

    Raises
    ------
    DataError
        With all problems at once.
    """
    problems = check_list(
        scored,
        channels=channels,
        size=size,
        tier_shares=tier_shares,
        holdout_share=holdout_share,
        holdout_size=holdout_size,
        base_rate=base_rate,
        effect=effect,
        value_cny=value_cny,
        loss=loss,
    )
    if problems:
        raise DataError(HEADLINE, problems)
    frame = scored.assign(**{ID: spell_ids(scored[ID])})
    permitted = frame[is_among(frame[ID], gate.ids)]
    reachable = permitted if channels is None else _join_channels(permitted, channels)
    worthy = reachable
    if loss is not None and value_cny is not None:
        valued = score_value(reachable, value_cny=value_cny, loss=loss)
        worthy = valued[valued["score"] > 0]
    ranked = _rank(worthy)
    listed = ranked[:size]
    if not len(listed):
        raise DataError.of(HEADLINE, _tell_empty(scored, gate, len(permitted), len(reachable)))
    if wrong := check_holdout_size(len(listed), holdout_share, holdout_size):
        raise DataError(HEADLINE, wrong)
    if "tier" not in listed.columns:
        listed = listed.assign(tier=split_ranks(len(listed), tier_shares))
    is_held_out = draw_holdout(listed, share=holdout_share, size=holdout_size, salt=salt)
    held_out = count_held_out(len(listed), holdout_share, holdout_size)
    cut = listed["score"].iloc[-1]
    return ListResult(
        rows=_write_rows(listed, is_held_out.to_numpy(dtype=bool)),
        gate=gate,
        power=state_power(len(listed), held_out, base_rate=base_rate, effect=effect),
        scored=len(scored),
        strangers=int((~is_among(frame[ID], gate.all_ids)).sum()),
        permitted_scored=len(permitted),
        reachable=len(reachable),
        worthy=len(worthy),
        tied_listed=int((listed["score"] == cut).sum()),
        tied_unlisted=int((ranked["score"][len(listed) :] == cut).sum()),
        size=size,
        salt=salt,
    )


def check_list(
    scored: pd.DataFrame,
    *,
    channels: pd.DataFrame | None,
    size: int | None,
    tier_shares: Sequence[float],
    holdout_share: float,
    holdout_size: int | None,
    base_rate: float,
    effect: float | None,
    value_cny: float | None,
    loss: str | None,
) -> list[str]:
    """List what can be known to be wrong with a list before anybody stood at the gate; see `build_list`."""
    problems = [*_check_scored(scored), *_check_channels(channels), *check_value(scored, value_cny, loss)]
    if size is not None and not (isinstance(size, int | np.integer) and size >= 1):
        problems.append(f"size == {size!r}, must be a whole number of 1 or more.")
    elif len(scored):  # nobody knows yet how many pass the gate: the list cannot be longer than this
        longest = len(scored) if size is None else min(int(size), len(scored))
        problems += check_holdout_size(longest, holdout_share, holdout_size)
    return [*problems, *check_shares(tier_shares), *check_rates(base_rate, effect)]


def _join_channels(permitted: pd.DataFrame, channels: pd.DataFrame) -> pd.DataFrame:
    planned = pd.DataFrame({ID: spell_ids(channels[ID]), "channel": read_channels(channels["channel"])})
    return permitted.drop(columns="channel", errors="ignore").merge(planned.dropna(), on=ID, how="inner")


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


def _tell_empty(scored: pd.DataFrame, gate: GateResult, permitted: int, reachable: int) -> str:
    """Say why nobody is left."""
    if permitted:
        what = "has a channel in the plan" if not reachable else "is worth more than the loss to expect"
        return f"none of the {permitted:,} permitted customers {what}. Look at the plan and its ids."
    if len(gate.ids):
        return (
            f"none of the {len(scored):,} customers scored is among the {len(gate.ids):,} permitted. Are the "
            "ids of both tables the same?"
        )
    taken = [f"{row['label']} {row['removed']:,}" for row in gate.rules.to_dict("records") if row["removed"]]
    return (
        f"none of the {gate.group:,} customers may be contacted ({'; '.join(taken)}). Look at the columns "
        "that these rules read, and at the policy."
    )


def _check_scored(scored: pd.DataFrame) -> list[str]:
    problems = check_ids(scored, "the table of scores")
    if "tier" in scored.columns and scored["tier"].isna().any():
        problems.append(f"tier: {int(scored['tier'].isna().sum()):,} values are missing. Assign tiers first.")
    if "score" not in scored.columns:
        near = suggest("score", map(str, scored.columns))
        return [*problems, f"score: the table of scores has no such column.{near}"]
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
        near = suggest("channel", map(str, channels.columns))
        return [*problems, f"channel: the channel plan has no such column.{near}"]
    named = read_channels(channels["channel"])
    is_unknown = named.notna() & ~named.isin([*CHANNELS, NO_CONTACT])
    if is_unknown.any():
        rows, first = find_file_rows(is_unknown), str(channels["channel"][is_unknown].iloc[0])
        problems.append(
            f"channel: {counted(len(rows), 'value is', 'values are')} no channel ({name_rows(rows)}: "
            f"{shorten(first)}).{suggest(first, CHANNELS)} Known: {', '.join(CHANNELS)}."
        )
    if named.eq(NO_CONTACT).any():
        problems.append(f"channel: {NO_CONTACT!r} is kept for the hold-out. Leave such customers out.")
    return problems


def read_channels(channels: pd.Series) -> pd.Series:
    """Return channels as leadline spells them; one that it does not know stays as it is."""
    return channels.astype("string").str.normalize("NFKC").str.strip().str.casefold()
