"""The list: the permitted customers with the best scores, who is contacted by what, and who is held out."""

import numpy as np
import pandas as pd

from leadline.channels import CHANNELS
from leadline.data.loop.tables import HELD_OUT, NO_CONTACT
from leadline.data.raw import find_file_rows, name_rows, shorten, suggest
from leadline.engage.cells import read_channels
from leadline.engage.gate_result import GateResult
from leadline.engage.holdout import draw_holdout
from leadline.engage.ids import ID, check_ids, is_among, order_ids, spell_ids
from leadline.engage.list_result import TREATED, ListResult
from leadline.engage.order import ListOrder
from leadline.engage.power import state_power
from leadline.engage.tiers import split_ranks
from leadline.engage.value import check_value, score_value
from leadline.errors import DataError
from leadline.language import N_, _, plural

HEADLINE = N_("The list cannot be built")


def build_list(
    scored: pd.DataFrame, gate: GateResult, order: ListOrder, *, channels: pd.DataFrame | None = None
) -> ListResult:
    """Rank the permitted customers and hold some out at random.

    Parameters
    ----------
    scored
        One row a customer: ``customer_id``, ``score`` (higher is better) and, if known, ``reasons`` (why this
        customer) and the column of losses that the order names. A ``tier`` of all customers scored is not
        that of the list, which is cut anew. Who did not pass the gate, or never
        stood before it, is left out. Among equal scores the smaller id comes first.
    gate
        Who may be contacted.
    order
        What is wanted of the list.
    channels
        One row a contact planned: ``customer_id``, ``channel``. Customers without one are left out.

    Raises
    ------
    DataError
        With all problems at once.
    """
    if problems := check_list(scored, order, channels):
        raise DataError(_(HEADLINE), problems)
    frame = scored.assign(**{ID: spell_ids(scored[ID])})
    permitted = frame[is_among(frame[ID], gate.ids)]
    reachable = permitted if channels is None else _join_channels(permitted, channels)
    worthy = reachable
    if order.loss is not None and order.value_cny is not None:
        valued = score_value(reachable, value_cny=order.value_cny, loss=order.loss)
        worthy = valued[valued["score"] > 0]
    ranked = _rank(worthy)
    listed = ranked[: order.size]
    if not len(listed):
        raise DataError.of(_(HEADLINE), _tell_empty(scored, gate, len(permitted), len(reachable)))
    if wrong := order.check_holdout(len(listed)):
        raise DataError(_(HEADLINE), wrong)
    listed = listed.assign(tier=split_ranks(len(listed), order.tier_shares))
    held_out = order.count_held_out(len(listed))
    is_held_out = draw_holdout(listed, size=held_out, salt=order.salt)
    cut = listed["score"].iloc[-1]
    return ListResult(
        rows=_write_rows(listed, is_held_out.to_numpy(dtype=bool)),
        gate=gate,
        power=state_power(len(listed), held_out, base_rate=order.base_rate, effect=order.effect),
        scored=len(scored),
        strangers=int((~is_among(frame[ID], gate.all_ids)).sum()),
        permitted_scored=len(permitted),
        reachable=len(reachable),
        worthy=len(worthy),
        tied_listed=int((listed["score"] == cut).sum()),
        tied_unlisted=int((ranked["score"][len(listed) :] == cut).sum()),
        size=order.size,
        salt=order.salt,
    )


def check_list(scored: pd.DataFrame, order: ListOrder, channels: pd.DataFrame | None) -> list[str]:
    """List what can be known to be wrong with a list before anybody stood at the gate; see `build_list`."""
    return [
        *_check_scored(scored),
        *_check_channels(channels),
        *check_value(scored, order.value_cny, order.loss),
        *order.check(len(scored)),
    ]


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
        what = _("has a channel in the plan") if not reachable else _("is worth more than the loss to expect")
        return _(
            "none of the {permitted} permitted customers {what}. Look at the plan and its ids.",
            permitted=f"{permitted:,}",
            what=what,
        )
    if len(gate.ids):
        return _(
            "none of the {count} customers scored is among the {permitted} permitted. Are the ids "
            "of both tables the same?",
            count=f"{len(scored):,}",
            permitted=f"{len(gate.ids):,}",
        )
    return tell_barred(gate)


def tell_barred(gate: GateResult) -> str:
    """Say by which rules everybody was barred."""
    if not gate.group:
        return _(
            "none of the {population} customers is in the group that the campaign is for. Look "
            "at the column that tells it.",
            population=f"{gate.population:,}",
        )
    taken = [f"{row['label']} {row['removed']:,}" for row in gate.rules.to_dict("records") if row["removed"]]
    return _(
        "none of the {group} customers may be contacted ({taken}). Look at the columns that "
        "these rules read, and at the policy.",
        group=f"{gate.group:,}",
        taken=_("; ").join(taken),
    )


def _check_scored(scored: pd.DataFrame) -> list[str]:
    problems = check_ids(scored, _("the table of scores"))
    if "score" not in scored.columns:
        hint = suggest("score", map(str, scored.columns))
        return [*problems, _("score: the table of scores has no such column.{hint}", hint=hint)]
    if not pd.api.types.is_numeric_dtype(scored["score"]):
        problems.append(_("score: holds {dtype}, must be numbers.", dtype=scored["score"].dtype))
    elif bad := int((~np.isfinite(scored["score"].to_numpy(dtype=float, na_value=np.nan))).sum()):
        problems.append(
            _(
                "score: {bad} values are missing or infinite. Score these customers, or drop them.",
                bad=f"{bad:,}",
            )
        )
    return problems


def _check_channels(channels: pd.DataFrame | None) -> list[str]:
    if channels is None:
        return []
    problems = check_ids(channels, _("the channel plan"))
    if "channel" not in channels.columns:
        hint = suggest("channel", map(str, channels.columns))
        return [*problems, _("channel: the channel plan has no such column.{hint}", hint=hint)]
    named = read_channels(channels["channel"])
    is_unknown = named.notna() & ~named.isin([*CHANNELS, NO_CONTACT])
    if is_unknown.any():
        rows, first = find_file_rows(is_unknown), str(channels["channel"][is_unknown].iloc[0])
        problems.append(
            plural(
                "channel: {count} value is no channel ({rows}: {first}).{hint} Known: {channels}.",
                "channel: {count} values are no channel ({rows}: {first}).{hint} Known: {channels}.",
                len(rows),
                rows=name_rows(rows),
                first=shorten(first),
                hint=suggest(first, CHANNELS),
                channels=_(", ").join(CHANNELS),
            )
        )
    if named.eq(NO_CONTACT).any():
        problems.append(
            _(
                "channel: {no_contact} is kept for the hold-out. Leave such customers out.",
                no_contact=repr(NO_CONTACT),
            )
        )
    return problems
