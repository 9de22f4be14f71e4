"""The lists that the stages would have made if nobody had been asked for consent: what asking costs."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from leadline.data.flags import read_yes
from leadline.errors import DataError
from leadline.language import _
from leadline.target.encode import encode_attributes, read_attribute
from leadline.target.holdout import Split
from leadline.target.result import StagesResult
from leadline.target.trial import make_list

_ID = "customer_id"


@dataclass(frozen=True, eq=False, kw_only=True)
class UnaskedLists:
    """Lists made from the held-out customers and as large a share of those who did not agree.

    ``lists`` is stage → one row a customer listed, best first: ``customer_id``, ``channel``; ``among`` the
    ids of all who could be listed.
    """

    lists: dict[str, pd.DataFrame]
    among: list[str]


def list_unasked(result: StagesResult, unasked: pd.DataFrame, *, rng: np.random.Generator) -> UnaskedLists:
    """Let each stage, taught as it was, also list customers who did not agree to be contacted.

    Parameters
    ----------
    result
        The comparison; its customers must have a ``customer_id``.
    unasked
        Customers whom nothing but an opt-out or a missing consent bars, one row each, with the columns of
        the plan.
    rng
        Draws as large a share of them as was held out of the others, and settles ties.

    Raises
    ------
    DataError
        If the customers have no id.
    """
    trial = result.trial
    ground, split = trial.ground, trial.split
    if _ID not in ground.frame.columns:
        raise DataError.of(
            _("Lists cannot name customers"), _("{id}: the table has no such column. Map it.", id=_ID)
        )
    share = len(split.test) / (len(split.train) + len(split.test))
    drawn = unasked.iloc[np.sort(rng.permutation(len(unasked))[: round(share * len(unasked))])]
    frame = pd.concat([ground.frame, drawn], ignore_index=True)
    wider = replace(
        ground,
        frame=frame,
        attributes=[read_attribute(frame[column]) for column in trial.plan.columns],
        buys=np.concatenate([ground.buys, np.zeros(len(drawn), dtype=bool)]),
        among={name: read_yes(frame[name], []) for name in ground.among},
        outcomes=None,
        tie_order=rng.permutation(len(frame)),
    )
    everybody = np.concatenate([split.test, np.arange(len(ground.frame), len(frame))])
    wider_split = Split(split.train, everybody)
    features = encode_attributes(wider.attributes, split.train)
    lists = {}
    for stage in trial.plan.stages:
        made = make_list(trial.plan.recipe_up_to(stage), wider, wider_split, features)
        order = np.lexsort((wider.tie_order[everybody], -made.scores))[: ground.list_size]
        lists[stage.name] = pd.DataFrame(
            {_ID: frame[_ID].to_numpy()[everybody[order]], "channel": made.channel[order]}
        )
    return UnaskedLists(lists=lists, among=frame[_ID].iloc[everybody].astype(str).tolist())
