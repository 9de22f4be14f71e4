import numpy as np
import pytest

from leadline.engage import state_power
from leadline.engage.power import find_effect, find_power
from leadline.errors import ParameterError


def test_the_case_needs_the_published_numbers_of_contacts() -> None:
    assert find_power(2 * 2_059, 2_059, 0.235, 0.273 - 0.235, 0.05) == pytest.approx(0.8, abs=0.001)
    assert find_power(2 * 40, 40, 0.026, 0.235 - 0.026, 0.05) == pytest.approx(0.8, abs=0.02)


def test_the_smallest_effect_is_found_as_often_as_stated(rng) -> None:
    listed, held_out, base = 6_000, 600, 0.05
    effect = state_power(listed, held_out, base_rate=base).detectable_effect
    treated = listed - held_out
    x, y = rng.binomial(treated, base + effect, 20_000), rng.binomial(held_out, base, 20_000)
    pooled = (x + y) / listed
    z = (x / treated - y / held_out) / np.sqrt(pooled * (1 - pooled) * (1 / treated + 1 / held_out))
    assert (z > 1.959964).mean() == pytest.approx(0.8, abs=0.03)


def test_the_needed_share_is_the_smallest() -> None:
    found = state_power(5_000, 500, base_rate=0.03, effect=0.02)
    needed = round(found.needed_share * 5_000)
    assert (
        find_power(5_000, needed, 0.03, 0.02, 0.05) >= 0.8 > find_power(5_000, needed - 1, 0.03, 0.02, 0.05)
    )
    assert needed > 500
    assert f"{found.needed_share:.1%}" in found.warnings[0]
    enough = state_power(5_000, needed, base_rate=0.03, effect=0.02)
    assert f"{found.needed_share:.1%}" in enough.sentences[1]
    assert enough.warnings == []


def test_what_cannot_be_proven_is_said() -> None:
    found = state_power(1_000, 100, base_rate=0.03, effect=0.001)
    assert np.isnan(found.needed_share)
    assert "take a longer list" in found.warnings[0]
    assert "so the statement is rough" in found.warnings[1]
    assert np.isnan(find_effect(3, 1, 0.5, 0.8, 0.05))
    assert "no effect can be proven" in state_power(3, 1, base_rate=0.5).sentences[0]


def test_all_problems_come_at_once() -> None:
    with pytest.raises(ParameterError, match=r"base_rate == 1\.2[\s\S]*effect == -1[\s\S]*held_out == 10"):
        state_power(10, 10, base_rate=1.2, effect=-1)
