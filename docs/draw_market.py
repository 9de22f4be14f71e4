"""Draw docs/market.png: what causes what in the simulated market, and what each reference list reaches."""

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from leadline.chart.theme import COLOURS, FAINT, INK, QUIET, theme
from leadline.market.comparison import compare_policies
from leadline.market.market import simulate
from leadline.market.parameters import MarketParameters

SEEDS = range(1, 21)
CUSTOMERS, LIST_SIZE = 1_000_000, 5_000
OPERATOR, PARTNER, HIDDEN = COLOURS[0], COLOURS[1], QUIET
NODES = {
    "people": (0.16, 0.90, "Age, income,\naffinity", HIDDEN),
    "circles": (0.50, 0.90, "Circles and ties", HIDDEN),
    "obstacles": (0.84, 0.90, "Obstacles: difficulty,\nfear, price, PC", HIDDEN),
    "investor": (0.50, 0.66, "Account and\ntrading", HIDDEN),
    "operator": (0.16, 0.40, "Operator sees:\nuse, spend, calls", OPERATOR),
    "partner": (0.50, 0.40, "Partner sees:\ntrades, assets", PARTNER),
    "utility": (0.84, 0.52, "Utility of\nsubscribing", HIDDEN),
    "channel": (0.50, 0.13, "List and channel\n(permission first)", COLOURS[2]),
    "outcome": (0.84, 0.13, "Subscribes; use,\nmonths, value", INK),
}
ARROWS = [
    ("people", "investor"), ("people", "operator"), ("people", "obstacles"), ("circles", "utility"),
    ("circles", "investor"), ("investor", "partner"), ("investor", "operator"), ("investor", "utility"),
    ("obstacles", "utility"), ("operator", "channel"), ("partner", "channel"), ("utility", "outcome"),
    ("channel", "outcome"),
]  # fmt: skip


def draw_causes(axes: Axes) -> None:
    axes.set(xlim=(0, 1), ylim=(0, 1.04), title="What causes what; colour: who sees it")
    axes.axis("off")
    boxes = {name: draw_box(axes, *node) for name, node in NODES.items()}
    for start, end in ARROWS:
        arrow = FancyArrowPatch(
            NODES[start][:2],
            NODES[end][:2],
            patchA=boxes[start],
            patchB=boxes[end],
            arrowstyle="-|>",
            mutation_scale=11,
            connectionstyle="arc3,rad=-0.25" if (start, end) == ("people", "obstacles") else None,
            color=QUIET,
            shrinkA=2,
            shrinkB=2,
        )
        axes.add_patch(arrow)


def draw_box(axes: Axes, x: float, y: float, text: str, colour: str) -> FancyBboxPatch:
    box = FancyBboxPatch(
        (x - 0.13, y - 0.075),
        0.26,
        0.15,
        boxstyle="round,pad=0.005,rounding_size=0.02",
        facecolor="white",
        edgecolor=colour,
        linewidth=1.6,
    )
    axes.add_patch(box)
    axes.text(x, y, text, ha="center", va="center", fontsize=8.5, color=INK)
    return box


def draw_lists(axes: Axes) -> None:
    found = [
        compare_policies(
            simulate(MarketParameters(), seed, CUSTOMERS),
            list_size=LIST_SIZE,
            rng=np.random.default_rng(seed),
        ).table
        for seed in SEEDS
    ]
    lists = pd.concat(found).groupby("policy", sort=False)[["expected_precision", "organic_rate"]].mean()
    places = range(len(lists))
    axes.barh(places, 100 * lists["expected_precision"], color=FAINT, label="won by the contact")
    axes.barh(places, 100 * lists["organic_rate"], color=COLOURS[0], label="would have subscribed anyway")
    for place, value in zip(places, lists["expected_precision"], strict=True):
        axes.text(100 * value + 0.5, place, f"{100 * value:.1f}%", va="center", fontweight="bold")
    axes.set_yticks(places, lists.index, color=INK)
    axes.invert_yaxis()
    axes.set(xlim=(0, 42), xlabel="Subscribers among 5,000 listed, %", title="What each list reaches")
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.legend(loc="upper right")


def main() -> None:
    with theme():
        figure = Figure(figsize=(11, 4.4), layout="constrained")
        left, right = figure.subplots(1, 2, width_ratios=(1.15, 1))
        draw_causes(left)
        draw_lists(right)
        figure.savefig(Path(__file__).with_name("market.png"), dpi=110, metadata={"Software": None})


if __name__ == "__main__":
    main()
