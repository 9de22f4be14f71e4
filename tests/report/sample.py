"""A realistic executed notebook, built without running one: a staged target model of insurance customers."""

from base64 import b64encode
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from nbformat import NotebookNode, v4

from leadline.report.blocks import draw_png
from leadline.results import Column, table_html

QUESTION = """# Which customers should the caravan campaign contact?

The campaign can reach **800 of 4,000** customers. This report compares three ways to choose them, each
with more data than the one before, and serves one decision: *whether buying the area attributes and
keeping the product register is worth its price*.

Systems: T3 target lists, T4 scorecards."""
DATA_TEXT = """## The customers

One row is one customer. The outcome is whether the customer holds a caravan policy (`caravan`)."""
STAGES_TEXT = """## What each stage adds

Every stage is judged on the same held-out customers with the same list size.

| stage | adds |
|---|---|
| area | 43 attributes of the postcode |
| products | 21 counts of policies held |
| refined | 21 contributions, boosted trees |"""
GAINS_TEXT = """### Gains curve

A list from the products stage finds **half of all buyers in the first 20%** of customers."""
ROBUST_TEXT = "## How much is luck\n\nThe comparison was repeated over 20 random splits."
LIMITS_TEXT = """## What this does not show

- Nobody was contacted: a buyer on the list may have bought anyway. Only a campaign with a control group
  shows that.
- The customers are Dutch and of the year 2000; prices and products have changed since."""

STAGES = pd.DataFrame(
    {
        "name": ["area", "products", "refined"],
        "precision": [0.105, 0.135, 0.1475],
        "precision_ci_lower": [0.0856, 0.1131, 0.1246],
        "precision_ci_upper": [0.1282, 0.1604, 0.1738],
        "recall": [0.3529, 0.4538, 0.4958],
        "lift": [1.765, 2.269, 2.479],
        "auc": [0.671, 0.731, 0.746],
        "list_size": [800, 800, 800],
    }
)
COLUMNS = {
    "name": Column("Stage"),
    "precision": Column("Buyers on the list", "share"),
    "precision_ci_lower": Column("from", "share"),
    "precision_ci_upper": Column("to", "share"),
    "recall": Column("Buyers found", "share"),
    "lift": Column("Lift", "ratio"),
    "auc": Column("AUC", "index"),
    "list_size": Column("List", "count"),
}


def make_notebook() -> NotebookNode:
    """Build the notebook as it is after its run."""
    splits = pd.DataFrame(
        {
            "split": range(1, 7),
            "gain_points": [3.1, -0.4, 2.6, 4.0, 1.2, 2.2],
            "auc": [0.061, 0.012, 0.055, 0.07, 0.031, 0.049],
        }
    )
    table = table_html(STAGES, COLUMNS, name="stages", caption="List of 800 customers, stage by stage")
    warning = '<p class="warning">Column <code>MOSTYPE</code> has a class seen once.</p>'
    summary = '<p class="summary">Products raised the share of buyers from 10.5% to 13.5%.</p>'
    notebook = v4.new_notebook()
    notebook.cells = [
        _markdown(QUESTION),
        _code(
            "list_size: Count = 800  # customers on the list\nseed: Seed = 7  # of all randomness",
            tags=["parameters"],
        ),
        _code("# Parameters\nlist_size = 800\n", tags=["injected-parameters"]),
        _code("from leadline import target\nfrom leadline.report import show_figure"),
        _markdown(DATA_TEXT),
        _code(
            "customers = read.customers(data)",
            _stream("9,822 customers, 86 columns, 586 buyers (6.0%)\n"),
        ),
        _markdown(STAGES_TEXT),
        _code(
            "stages = target.stage_models(customers, plan, list_size=list_size, rng=rng)\nstages",
            _display(
                {
                    "text/html": f'<div class="result">{summary}{warning}{table}</div>',
                    "text/plain": "StagesResult",
                }
            ),
        ),
        _markdown(GAINS_TEXT),
        _code(
            'show_figure(stages.figure(), caption="Gains")',
            _display(
                {"image/png": b64encode(draw_png(draw_gains())).decode(), "text/plain": "Gains"},
                {
                    "image/png": {
                        "alt": "Gains curve: products and refined rise faster than area; all above chance.",
                        "caption": "Share of all buyers found by share contacted, 4,000 held-out customers.",
                        "width": 672,
                    }
                },
            ),
        ),
        _markdown(ROBUST_TEXT),
        _code("splits", _display({"text/html": splits.to_html(), "text/plain": str(splits)})),
        _markdown(LIMITS_TEXT),
        _code(
            "record(stages, sources=[customers.source])",
            _display({"application/vnd.leadline.result+json": {"answer": "x"}, "text/plain": "Recorded."}),
        ),
    ]
    return notebook


def make_record(**changes: Any) -> dict[str, Any]:
    """Build the run record that belongs to `make_notebook`, with ``changes``."""
    record = {
        "schema_version": 1,
        "run_id": "stage_target_model-20261101-140322",
        "status": "done",
        "notebook": {
            "name": "stage_target_model",
            "path": "notebooks/2_target/stage_target_model.ipynb",
            "sha256": "5d" * 32,
        },
        "title": "Which customers should the caravan campaign contact?",
        "answer": "Adding product holdings to area attributes raises the share of buyers on a list of 800 "
        "from 10.5% to 13.5% (gain 3.0 points, 95% interval 0.9 to 5.2); what refining adds may be luck.",
        "parameters": {"list_size": 800, "seed": 7, "stages": ["area", "products"], "as_of": None},
        "parameter_help": {"list_size": "customers on the list", "seed": "of all randomness"},
        "language": "en",
        "seed": 7,
        "sources": [
            {
                "name": "caravan",
                "path": "data/samples/caravan.parquet",
                "sha256": "ab" * 32,
                "rows": 9822,
                "columns": 86,
                "first_date": None,
                "last_date": None,
                "notes": ["Labels were read as text."],
            }
        ],
        "warnings": ["Column MOSTYPE alone nearly decides the outcome: check that it was known beforehand."],
        "marks": [
            {"label": "As many in each arm as planned", "verdict": "good", "help": "p <0.412>"},
            {"label": "No <day> twice", "verdict": "not asked", "help": ""},
            {"label": "Outcomes follow the start", "verdict": "failed", "help": "3 of 50 do not"},
        ],
        "kpis": [
            {
                "label": "Buyers on the list",
                "value": 0.1475,
                "unit": "share",
                "ci_lower": 0.1246,
                "ci_upper": 0.1738,
                "direction": "up",
                "bar": 0.1,
                "help": "Of the customers on the list, the share who <then> bought.",
            },
            {
                "label": "Gain of products over area",
                "value": 0.03,
                "unit": "points",
                "ci_lower": 0.009,
                "ci_upper": 0.052,
                "direction": "up",
            },
            {
                "label": "Gain of refined over products",
                "value": 0.0125,
                "unit": "points",
                "ci_lower": -0.004,
                "ci_upper": 0.03,
                "direction": "up",
            },
            {
                "label": "Customers on the list",
                "value": 800,
                "unit": "count",
                "ci_lower": None,
                "ci_upper": None,
                "direction": "neutral",
            },
        ],
        "results": {"stages": STAGES.to_dict("records")},
        "tables": [{"name": "stages.csv", "sha256": "0" * 64}, {"name": "gains.csv", "sha256": "1" * 64}],
        "started": "2026-11-01T14:03:22+00:00",
        "ended": "2026-11-01T14:03:41+00:00",
        "seconds": 19.2,
        "cpu_seconds": 14.8,
        "peak_memory_mb": 412.5,
        "attempts": 1,
        "versions": {"leadline": "0.1.0", "python": "3.11.7", "pandas": "3.1.0"},
        "failure": None,
    }
    return record | changes


def draw_gains() -> Figure:
    """Draw a small gains curve."""
    figure = Figure(figsize=(7, 4), layout="constrained")
    figure.set_label("Gains curve")
    axes = figure.subplots()
    share = np.linspace(0, 1, 50)
    for name, power in (("chance", 1), ("area", 0.66), ("products", 0.48), ("refined", 0.44)):
        axes.plot(share, share**power, label=name)
    axes.set_xlabel("Customers contacted")
    axes.set_ylabel("Buyers found")
    axes.legend(frameon=False)
    return figure


def _markdown(source: str) -> NotebookNode:
    return v4.new_markdown_cell(source)


def _code(source: str, *outputs: NotebookNode, tags: list[str] | None = None) -> NotebookNode:
    return v4.new_code_cell(source, outputs=list(outputs), metadata={"tags": tags or []})


def _stream(text: str) -> NotebookNode:
    return v4.new_output("stream", name="stdout", text=text)


def _display(data: dict[str, Any], metadata: dict[str, Any] | None = None) -> NotebookNode:
    return v4.new_output("display_data", data=data, metadata=metadata or {})
