"""The order of the notebook's own stages on fresh markets, and the levels that they reach.

Bar: on 20 fresh seeds (N = 100,000, list of 500) the case's stages (operator's data, partner's data, the
whole) keep their order in at least 18. A market is written as a folder of tables and read back as the
notebook reads it; those whom the shipped contact policy bars are left out; `stage_models` judges
the plan that ships for the market on held-out customers. No stage learns its order of customers from
outcomes, so that most can be held out. Beside it: the notebook's default of 40% held out, with a list as
deep as the case's.
"""

import argparse
import datetime as dt
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from leadline.channels import CHANNELS
from leadline.data import read_table
from leadline.engage import choose_judged, parse_policy
from leadline.features import read_customers
from leadline.market.parameters import MarketParameters
from leadline.market.reveal import reveal_outcomes
from leadline.market.sample import remake_truth, write_market
from leadline.plain_yaml import read_yaml
from leadline.target import parse_plan, stage_models
from leadline.target.checks import find_group
from leadline.target.plan import StagePlan
from leadline.target.trial import StageList

AS_OF = dt.date(2025, 6, 30)
PLAN = Path(__file__).resolve().parents[1] / "reports" / "plans" / "market.yml"
POLICY = PLAN.parent / "contact_policy.yml"
OUTCOMES = {channel: f"subscribes_{channel}" for channel in CHANNELS}
TARGET = OUTCOMES["call"]
#: Share held out and size of the list; the first is the bar's.
DESIGNS = ((0.9, 500), (0.4, 200))


def read_market(seed: int, customers: int) -> pd.DataFrame:
    """Return the customers of a fresh market who may be contacted, with what each would do."""
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / "market"
        write_market(folder, MarketParameters(), seed, customers)
        seen = read_customers(folder, as_of=AS_OF).frame
        known = seen.merge(reveal_outcomes(remake_truth(folder)), on="customer_id", validate="one_to_one")
        return choose_judged(
            known,
            parse_policy(read_yaml(POLICY)),
            as_of=AS_OF,
            group=find_group(known, read_plan(known)),
            products=read_table(f"{folder}::products").frame,
            holdings=read_table(f"{folder}::holdings").frame,
            contact_history=read_table(f"{folder}::contacts").frame,
        ).frame


def read_plan(frame: pd.DataFrame) -> StagePlan:
    hidden = [name for name in frame if name.startswith(("subscribes_", "chance_"))]
    return parse_plan(
        read_yaml(PLAN), frame.columns, reserved=hidden, read_rules=lambda name: read_yaml(PLAN.parent / name)
    )


def find_true_precision(held_out: pd.DataFrame, made: StageList) -> float:
    """Mean chance of the listed, each by the channel that the stage gives him."""
    chance = [
        held_out[f"chance_{channel or 'call'}"].to_numpy()[(made.channel == channel) & made.listed]
        for channel in np.unique(made.channel[made.listed])
    ]
    return float(np.concatenate(chance).mean())


def judge(frame: pd.DataFrame, seed: int, share: float, list_size: int) -> pd.DataFrame:
    """One row a stage: precision as reported, and as truly expected."""
    result = stage_models(
        frame,
        read_plan(frame),
        target=TARGET,
        list_size=list_size,
        holdout_share=share,
        channel_outcomes=OUTCOMES,
        repeats=1,
        rng=np.random.default_rng(seed),
    )
    held_out = frame.iloc[result.trial.split.test]
    true = [find_true_precision(held_out, made) for made in result.trial.lists]
    return result.stages[["name", "precision"]].assign(expected=true, seed=seed)


def summarise(found: pd.DataFrame, share: float, list_size: int) -> None:
    print(f"\nlists of {list_size}, {share:.0%} held out: mean ± sd over {found['seed'].nunique()} seeds")
    for name, rows in found.groupby("name", sort=False):
        reported, true = 100 * rows["precision"], 100 * rows["expected"]
        print(
            f"{name:20} {reported.mean():6.2f} ± {reported.std():.2f} %   "
            f"truly expected {true.mean():6.2f} ± {true.std():.2f} %"
        )
    for what in ("precision", "expected"):
        wide = found.pivot_table(index="seed", columns="name", values=what)[list(found["name"].unique())]
        case = wide.iloc[:, [0, 1, -1]]
        kept = [int((part.diff(axis=1).iloc[:, 1:] > 0).all(axis=1).sum()) for part in (case, wide)]
        print(f"order of {what}: the case's three stages {kept[0]} of {len(wide)}, all {kept[1]}")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--customers", type=int, default=100_000)
    asked.add_argument("--seeds", type=int, default=20, help="how many; they start at 1")
    given = asked.parse_args()
    found: dict[tuple[float, int], list[pd.DataFrame]] = {design: [] for design in DESIGNS}
    for seed in range(1, 1 + given.seeds):
        frame = read_market(seed, given.customers)
        for design, rows in found.items():
            rows.append(judge(frame, seed, *design))
            levels = "  ".join(f"{100 * value:5.1f}" for value in rows[-1]["precision"])
            print(f"seed {seed:2}, list of {design[1]}: {levels}", flush=True)
    for (share, size), rows in found.items():
        summarise(pd.concat(rows), share, size)


if __name__ == "__main__":
    main()
