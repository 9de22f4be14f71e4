"""Each customer's chance to buy if a channel reaches them, learned from a randomised campaign (E1)."""

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import expit

from leadline.data.loop.tables import NO_CONTACT
from leadline.data.raw import suggest
from leadline.engage.chances_result import ChancesResult
from leadline.engage.channel_check import check_numbers
from leadline.engage.channels import check_terms
from leadline.engage.ids import ID, check_ids, order_ids, spell_ids
from leadline.engage.lesson import Lesson, count_history, learn_from
from leadline.engage.problem import FloatArray
from leadline.engage.response_model import ALONE, Attributes, ResponseModel, fit_response, predict_held_out
from leadline.engage.response_spread import Spread, check_predictions, describe_channels, describe_tiers
from leadline.errors import DataError
from leadline.language import N_, _

_HEADLINE = N_("The chances cannot be estimated")
#: Log-odds beyond which a chance is 0 or 1.
_WIDEST = 40.0


def estimate_chances(
    customers: pd.DataFrame,
    history: pd.DataFrame | None,
    channels: pd.DataFrame,
    *,
    learned_from: pd.DataFrame | None = None,
    rng: np.random.Generator,
) -> ChancesResult:
    """Estimate for each customer and channel the chance to buy if the channel reaches them.

    A logistic model on score, likely obstacle and channel, whose channels differ only as far as the history
    makes them (partial pooling; Gelman & Hill 2007, *Data Analysis Using Regression*, ch. 14). A contact that
    did not get through counts as none, as do held-out customers; they tell who buys when left alone. A
    channel takes its chance from the customers' own ``chance_<channel>`` if they have it, else from the
    history, else from the table of channels (``response``); with none of these it is left out.

    Parameters
    ----------
    customers
        One row a customer to be assigned: ``customer_id``, ``score``, if known ``tier``, ``obstacle``.
    history
        From `leadline.engage.history.join_history`; channels must have been assigned at random.
    channels
        One row a channel: ``channel``, ``reach``, ``cost_cny``, ``capacity`` and, if stated, ``response``:
        the chance of an average customer to buy if reached.
    learned_from
        Customers of the history with ``score`` and ``obstacle``; by default ``customers``.
    rng
        Draws folds and the coefficients of intervals.

    Raises
    ------
    DataError
        With all problems at once.
    """
    known = customers if learned_from is None else learned_from
    problems = [*check_terms(channels), *_check_customers(customers, known)]
    if problems:
        raise DataError(_(_HEADLINE), problems)
    past = _no_history() if history is None else history
    needed = [name for name in channels["channel"].astype(str) if f"chance_{name}" not in customers.columns]
    lesson = learn_from(past, known, needed)
    attributes = Attributes.of(customers.iloc[order_ids(customers[ID])])
    model, check = None, None
    if lesson is not None:
        contacts = (lesson.people, lesson.channel, lesson.is_buyer, len(lesson.names), attributes)
        model = fit_response(*contacts)
        check = check_predictions(predict_held_out(*contacts, rng=rng), lesson)
    terms = _find_sources(count_history(past, known, channels), channels, customers, lesson)
    columns = attributes.encode(customers)
    chances = _predict(customers, columns, terms, model, lesson)
    ids = order_ids(customers[ID])
    spread = Spread(chances.iloc[ids], columns[ids], model, lesson, rng)
    return ChancesResult(
        chances=chances,
        channels=describe_channels(terms, spread),
        tiers=describe_tiers(spread, customers["tier"].iloc[ids]) if "tier" in customers else None,
        terms=_use_terms(channels, terms),
        check=check,
        contacts=0 if lesson is None else len(lesson.channel),
        buyers=0 if lesson is None else int(lesson.is_buyer.sum()),
        assigned_p_value=1.0 if lesson is None else lesson.assigned_p_value,
        spread=spread,
    )


def _find_sources(
    counts: pd.DataFrame, channels: pd.DataFrame, customers: pd.DataFrame, lesson: Lesson | None
) -> pd.DataFrame:
    """Say where each channel's chance comes from: given, history, stated or, where there is none, none."""
    stated = (
        channels["response"].to_numpy(dtype=float, na_value=np.nan)
        if "response" in channels.columns
        else np.full(len(channels), np.nan)
    )
    learned = () if lesson is None else lesson.names
    sources = [
        "given"
        if f"chance_{name}" in customers.columns
        else "history"
        if name in learned
        else "stated"
        if np.isfinite(value)
        else "none"
        for name, value in zip(counts["channel"], stated, strict=True)
    ]
    if set(sources) == {"none"}:
        raise DataError.of(
            _(_HEADLINE),
            _(
                "no channel has a chance: the history is absent or holds too few buyers, and neither "
                "customers (chance_<channel>) nor channels (response) state any. State them, or hand "
                "in a longer history."
            ),
        )
    return counts.assign(source=sources, response=stated)


def _predict(
    customers: pd.DataFrame,
    columns: FloatArray,
    terms: pd.DataFrame,
    model: ResponseModel | None,
    lesson: Lesson | None,
) -> pd.DataFrame:
    """Return ``customer_id`` and a chance a channel; that of being left alone where it is known."""
    found: dict[str, FloatArray] = {}
    for row in terms.to_dict("records"):
        name = row["channel"]
        if row["source"] == "given":
            found[name] = customers[f"chance_{name}"].to_numpy(dtype=np.float64)
        elif row["source"] == "history" and model is not None and lesson is not None:
            found[name] = model.under(1 + lesson.names.index(name)).predict(columns)
        elif row["source"] == "stated":
            found[name] = _spread_stated(row["response"], columns, model)
    if f"chance_{NO_CONTACT}" in customers.columns:
        found[NO_CONTACT] = customers[f"chance_{NO_CONTACT}"].to_numpy(dtype=np.float64)
    elif model is not None and lesson is not None and lesson.knows_alone:
        found[NO_CONTACT] = model.under(ALONE).predict(columns)
    frame = pd.DataFrame({f"chance_{name}": chance for name, chance in found.items()}, index=customers.index)
    frame.insert(0, ID, spell_ids(customers[ID]))
    return frame


def _spread_stated(response: float, columns: FloatArray, model: ResponseModel | None) -> FloatArray:
    """Give every customer the stated chance or, if the score's weight is known, more to the better ones.

    The mean over all customers is the stated chance.
    """
    if model is None or not 0 < response < 1:
        return np.full(len(columns), response)
    relative = columns @ model.posterior.mean[: columns.shape[1]]

    def miss(level: float) -> float:
        return float(expit(level + relative).mean()) - response

    widest = float(np.abs(relative).max()) + _WIDEST
    chance: FloatArray = expit(brentq(miss, -widest, widest) + relative)
    return chance


def _use_terms(channels: pd.DataFrame, terms: pd.DataFrame) -> pd.DataFrame:
    """Return the channels that have a chance, with the reach to plan with."""
    used = (terms["source"] != "none").to_numpy()
    reach = np.where(terms["source"] == "given", terms["reach_stated"], terms["reach"])
    return channels.assign(reach=reach).loc[used].drop(columns="response", errors="ignore")


def _no_history() -> pd.DataFrame:
    columns = {ID: "string", "channel": "string", "is_reached": "boolean", "is_subscribed": "bool"}
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in columns.items()})


def _check_customers(customers: pd.DataFrame, known: pd.DataFrame) -> list[str]:
    tables = {_("the customers table"): customers}
    if known is not customers:
        tables[_("the table of those learned from")] = known
    problems = []
    for name, table in tables.items():
        problems += check_ids(table, name)
        if "score" not in table.columns:
            problems.append(
                _(
                    "score: {name} has no such column.{hint}",
                    name=name,
                    hint=suggest("score", map(str, table.columns)),
                )
            )
        else:
            problems += check_numbers(table["score"], -np.inf, np.inf)
    for column in customers.columns:
        if str(column).startswith("chance_"):
            problems += check_numbers(customers[column], 0.0, 1.0)
    if "obstacle" in customers.columns and "obstacle" not in known.columns:
        problems.append(
            _("obstacle: the table of those learned from has no such column. Join it, or leave it out.")
        )
    return problems
