import pytest

from leadline.errors import ParameterError
from leadline.market.order import Order


def test_text_becomes_what_the_parameter_is() -> None:
    texts = {"holder_rate": "0.12", "circle_size": "30", "reach": "0.1,0.2,0.3,0.4,0.5", "match": "1e-1"}
    parameters = Order.read(customers=2_000, seed=0, texts=texts).parameters
    assert (parameters.holder_rate, parameters.match) == (0.12, 0.1)
    assert parameters.reach == (0.1, 0.2, 0.3, 0.4, 0.5)
    assert (parameters.circle_size, type(parameters.circle_size)) == (30, int)
    from_yaml = Order.read(customers=2_000, seed=0, texts={"reach": ["0.1", "0.2", "0.3", "0.4", "0.5"]})
    assert from_yaml.parameters.reach == parameters.reach


def test_every_problem_is_told_at_once() -> None:
    texts = {
        "holder_rat": "0.1",
        "consent_rate": "1.5",
        "cost_cny": "1,-2,3,4,5",
        "phone_match": "most",
        "churn_light": "nan",
        "circle_size": "2.5",
        "capacity_per_million": "1,2,3,-4,5",
    }
    with pytest.raises(ParameterError) as caught:
        Order.read(customers=1_999, seed=-1, texts=texts, others=("the folder is taken",))
    told = "\n".join(caught.value.problems)
    assert len(caught.value.problems) == 10
    for part in (
        "the folder is taken",
        "customers == 1,999, must be from 2,000 to 100,000,000.",
        "seed == -1, must be >= 0.",
        "no parameter 'holder_rat'. Did you mean 'holder_rate'?",
        "consent_rate == 1.5, must be <= 1",
        "cost_cny of call == -2.0, must be >= 0",
        "phone_match == 'most', must be a finite number.",
        "churn_light == nan, must be a finite number.",
        "circle_size == 2.5, must be a whole number.",
        "capacity_per_million of trial == -4, must be >= 0",
    ):
        assert part in told


def test_a_sound_market_with_a_problem_elsewhere_is_refused() -> None:
    with pytest.raises(ParameterError, match="the folder is taken"):
        Order.read(customers=2_000, seed=0, texts={}, others=("the folder is taken",))
