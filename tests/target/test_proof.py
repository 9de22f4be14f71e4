"""Contacts needed for proof: the case's own figures, and a simulation."""

import numpy as np
import pytest
from statsmodels.stats.proportion import proportions_ztest

from leadline.errors import ParameterError
from leadline.target.proof import count_contacts_to_prove


def test_the_steps_of_the_case_need_forty_and_two_thousand_contacts() -> None:
    assert count_contacts_to_prove(0.026, 0.235) == 40
    assert count_contacts_to_prove(0.235, 0.273) == pytest.approx(2_057, rel=0.002)
    assert count_contacts_to_prove(0.273, 0.235) == count_contacts_to_prove(0.235, 0.273)


def test_a_simulation_finds_the_power_asked_for() -> None:
    contacts = count_contacts_to_prove(0.10, 0.15, power=0.9)
    rng = np.random.default_rng(0)
    shown = 0
    for first, second in zip(
        rng.binomial(contacts, 0.10, 1_500), rng.binomial(contacts, 0.15, 1_500), strict=True
    ):
        shown += proportions_ztest([first, second], [contacts, contacts])[1] < 0.05
    assert shown / 1_500 == pytest.approx(0.9, abs=0.02)


def test_impossible_questions_are_refused_at_once() -> None:
    with pytest.raises(ParameterError) as caught:
        count_contacts_to_prove(1.2, 1.2, power=0)
    assert len(caught.value.problems) == 4
