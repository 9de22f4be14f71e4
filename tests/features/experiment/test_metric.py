import pytest

from leadline.errors import ParameterError
from leadline.features.experiment import parse_metrics


def test_metrics_are_read_as_an_analyst_writes_them() -> None:
    texts = [
        "complaints: conversion, guardrail, lower is better, as Complained, twice",
        "spend_cny: mean, CNY, winsorise 0.99, unadjusted",
        "spend_cny/orders: ratio",
        "minutes: quantile 0.9",
        "visits",
    ]
    complaints, spend, ratio, minutes, visits = parse_metrics(texts)
    assert complaints.label == "Complained, twice"
    assert complaints.is_guardrail
    assert complaints.falls_is_good
    assert complaints.is_adjusted
    assert (spend.is_money, spend.winsorise, spend.is_adjusted) == (True, 0.99, False)
    assert ratio.columns == ("spend_cny", "orders")
    assert (ratio.key, minutes.quantile, visits.kind) == ("spend_cny/orders", 0.9, "mean")


def test_metrics_of_one_column_are_told_apart() -> None:
    keys = [metric.key for metric in parse_metrics(["spend: mean", "spend: quantile 0.5", "orders"])]
    assert keys == ["spend (mean)", "spend (quantile 0.5)", "orders"]


def test_all_that_cannot_be_read_is_told_at_once() -> None:
    with pytest.raises(ParameterError) as told:
        parse_metrics(
            ["a: median", "b/: ratio", "c: quantile 9", "d: mean, cheap", "e: conversion, winsorise 0.9"]
        )
    for part in (
        "“median” is not one of conversion, mean, ratio, quantile",
        "“b/: ratio”: a column's name is missing",
        "“c: quantile 9”: a quantile, and nothing else, has a number between 0 and 1",
        "“cheap” is not CNY, guardrail, lower is better, unadjusted",
        "winsorise is for a mean",
    ):
        assert part in str(told.value)
    with pytest.raises(ParameterError, match="All metrics are guardrails"):
        parse_metrics(["a: mean, guardrail"])
    with pytest.raises(ParameterError, match="“a \\(mean\\)” is named twice"):
        parse_metrics(["a", "a: mean"])
