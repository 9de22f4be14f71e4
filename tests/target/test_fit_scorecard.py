"""Fitted and written scorecards: what a reader sees of them, and the file that keeps them."""

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from leadline.errors import DataError, ParameterError
from leadline.paths import PLANS
from leadline.plain_yaml import read_yaml
from leadline.target.fit_scorecard import fit_scorecard, take_points
from leadline.target.logistic_scorecard import POINTS_PER_LOG_ODDS
from leadline.target.points_file import parse_points
from leadline.target.scorecard_exports import write_exports
from leadline.target.scorecard_file import parse_scorecard, write_scorecard


def make_customers(number: int = 3_000, seed: int = 5) -> tuple[pd.DataFrame, pd.Series]:
    rng = np.random.default_rng(seed)
    mobile = rng.standard_normal(number)
    frame = pd.DataFrame(
        {
            "traffic": np.exp(2 + mobile + 0.5 * rng.standard_normal(number)),
            "sessions": rng.poisson(np.exp(1.5 + 0.6 * mobile)),
            "spend": 80 + 20 * mobile + 20 * rng.standard_normal(number),
            "staff": rng.random(number) < 0.3,
        }
    )
    buys = pd.Series(rng.random(number) < 1 / (1 + np.exp(1.5 - mobile)), dtype="boolean")
    return frame, buys


FRAME, BUYS = make_customers()
COLUMNS = list(FRAME)
PCA = fit_scorecard(FRAME, columns=COLUMNS, labels={"traffic": "Traffic, MB"})


def test_a_scorecard_without_outcomes_says_so_and_names_the_heaviest() -> None:
    assert PCA.weights["weight"].abs().is_monotonic_decreasing
    assert "Traffic, MB" in PCA.summary
    assert "no outcome was used" in PCA.summary
    assert PCA.components["variance"].sum() == pytest.approx(4)
    (parallel, kaiser) = PCA.sentences
    assert "keeps 1, and would with other customers too." in parallel
    assert "Kaiser's rule" in kaiser
    assert any("staff" in text for text in PCA.warnings), "its direction is chance"


def test_a_rule_that_flips_with_the_sample_is_shown_to_flip() -> None:
    noise = pd.DataFrame(np.random.default_rng(2).standard_normal((400, 8)), columns=list("abcdefgh"))
    card = fit_scorecard(noise, columns=list(noise))
    kept = card.kept.set_index("rule")
    assert kept["kept"]["parallel"] == 0
    assert kept["kept"]["kaiser"] >= 3
    assert kept["kept_lowest"]["kaiser"] < kept["kept_highest"]["kaiser"]
    assert any("share nothing" in text for text in card.warnings)
    assert "of draws" in card.sentences[1]


def test_the_logistic_peer_learns_from_known_outcomes_alone() -> None:
    some = BUYS.where(np.arange(len(BUYS)) < 1_000)
    card = fit_scorecard(FRAME, columns=COLUMNS, method="logistic", buys=some)
    assert (card.customers, card.buyers) == (1_000, int(BUYS[:1_000].sum()))
    weights = card.weights.set_index("column")
    assert (weights["points_highest"] - weights["points_lowest"] == weights["weight"]).all()
    assert (weights["weight_ci_lower"] < weights["weight"]).any()
    more = fit_scorecard(FRAME, columns=COLUMNS, method="logistic", buys=BUYS).weights.set_index("column")
    widths = [(card["weight_ci_upper"] - card["weight_ci_lower"])["traffic"] for card in (weights, more)]
    assert widths[1] < 0.8 * widths[0]


def test_the_interval_of_a_spread_is_that_of_refitted_slopes_and_never_much_narrower() -> None:
    """Bootstrap of customers, bins as given; the penalty makes the error of a weak attribute wider."""
    card = fit_scorecard(FRAME, columns=COLUMNS, method="logistic", buys=BUYS)
    split = card.points.split_score(FRAME).to_numpy() / POINTS_PER_LOG_ODDS
    buys, rng, slopes = BUYS.to_numpy(dtype=bool), np.random.default_rng(1), []
    for _ in range(150):
        rows = rng.integers(0, len(split), len(split))
        slopes.append(LogisticRegression(C=1.0).fit(split[rows], buys[rows]).coef_[0])
    errors = dict(zip(card.points.columns, np.std(slopes, axis=0), strict=True))
    widths = (card.weights["weight_ci_upper"] - card.weights["weight_ci_lower"]) / 2 / 1.96
    ratios = widths / card.weights["weight"] / card.weights["column"].map(errors)
    assert ratios[0] == pytest.approx(1, rel=0.2)
    assert ratios.dropna().between(0.8, 2).all()


def test_an_attribute_without_points_has_no_interval_and_a_rare_bin_a_wide_one() -> None:
    rare = pd.DataFrame({"a": np.arange(60) % 2, "rare": np.arange(60) >= 57, "flat": np.arange(60) % 3 // 2})
    buys = pd.Series(
        (np.arange(60) % 2 == 1) & (np.arange(60) % 5 > 0) & (np.arange(60) < 57), dtype="boolean"
    )
    card = fit_scorecard(rare, columns=list(rare), method="logistic", buys=buys)
    weights = card.weights.set_index("column")
    has_points = weights["weight"] > 0
    assert weights["weight_ci_lower"].notna().equals(has_points)
    assert weights["weight_ci_lower"]["rare"] < 0 < weights["weight_ci_upper"]["rare"]


def test_every_wrong_column_is_named_at_once_and_outcomes_are_asked_for() -> None:
    with pytest.raises(DataError) as caught:
        fit_scorecard(FRAME, columns=["trafic", "spend", "spend", "zzz"])
    assert [text.split(":")[0] for text in caught.value.problems] == ["trafic", "spend", "zzz"]
    assert "Did you mean 'traffic'?" in str(caught.value)
    with pytest.raises(ParameterError, match="Name the target column"):
        fit_scorecard(FRAME, columns=COLUMNS, method="logistic")
    nobody = pd.Series([False] * len(FRAME), dtype="boolean")
    with pytest.raises(DataError, match="0 buyers: at least 2"):
        fit_scorecard(FRAME, columns=COLUMNS, method="logistic", buys=nobody)


@pytest.mark.parametrize("method", ["pca", "logistic", "points"])
def test_a_scorecard_comes_back_from_its_file(method: str, tmp_path) -> None:
    if method == "points":
        card = take_points(parse_points(read_yaml(PLANS / "market_points.yml")))
    else:
        card = fit_scorecard(FRAME, columns=COLUMNS, method=method, buys=BUYS)  # type: ignore[arg-type]
    path = tmp_path / "scorecard.json"
    path.write_text(write_scorecard(card), "utf-8")
    assert json.loads(path.read_text("utf-8"))["schema_version"] == 1
    back = parse_scorecard(read_yaml(path))
    assert back.points == card.points
    assert write_scorecard(back) == write_scorecard(card)
    assert back.summary == card.summary
    assert back.sentences == card.sentences
    assert back._repr_html_() == card._repr_html_()


def test_a_points_file_is_a_scorecard_too() -> None:
    card = parse_scorecard(read_yaml(PLANS / "case_points.yml"))
    assert card.method == "points"
    assert "A person wrote the points" in card.summary
    assert card.components_figure().get_label() == "These points rest on no components."


def test_a_file_of_another_kind_is_refused_with_all_problems() -> None:
    with pytest.raises(ParameterError, match="this leadline reads 1"):
        parse_scorecard({"schema_version": "2"})
    with pytest.raises(ParameterError) as caught:
        parse_scorecard(
            {"schema_version": "1", "method": "magic", "weights": {"weight": ["x"]}, "buyers": "many"}
        )
    text = str(caught.value)
    for words in ("points: is not there", "method == 'magic'", "weights: is no table", "buyers == 'many'"):
        assert words in text


def test_exports_are_safe_texts_and_changed_points_stand_beside() -> None:
    card = take_points(
        parse_points(
            {
                "name": '<b>"""\n-- x',
                "attributes": [
                    {"column": 'a"', "label": "<i>", "rules": [{"equals": "'", "points": 1}], "otherwise": 0}
                ],
            }
        )
    )
    texts = write_exports(card, card.points)
    assert sorted(texts) == ["points.html", "points.py", "points.sql", "scorecard.json"]
    assert "<b>" not in texts["points.html"]
    assert "<i>" not in texts["points.html"]
    compile(texts["points.py"], "points.py", "exec")
    other = parse_points(read_yaml(PLANS / "case_points.yml"))
    assert "scorecard_changed.json" in write_exports(card, other)
