"""What is not told has no card and no warning, and is recorded all the same."""

from collections.abc import Callable

from leadline.evaluate.judging.effects import compare_arms
from leadline.evaluate.judging.withheld import withhold
from leadline.features.experiment import ExperimentScan


def test_a_withheld_result_has_no_card_and_keeps_its_record(
    scan_campaign: Callable[..., ExperimentScan],
) -> None:
    effects = compare_arms(scan_campaign("is_sold: conversion", "spend_cny: mean, CNY"))
    assert effects.kpis
    (told,) = withhold([effects, None], is_told=True)
    assert told is effects
    (kept,) = withhold([effects, None], is_told=False)
    assert (list(kept.kpis), list(kept.warnings)) == ([], [])
    assert kept.to_dict() == effects.to_dict()
    assert kept.table.equals(effects.table)
    assert "better" not in kept.summary
