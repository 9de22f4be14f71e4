"""Each student has a market of one's own, the same each time, and nobody guesses its seed."""

import pytest

from leadline.course.worlds import World, find_seed
from leadline.shared_key import SharedKey

KEY = SharedKey(b"k" * 32)


def test_a_seed_follows_from_secret_and_id():
    assert find_seed(KEY, "ann") == find_seed(KEY, "ann")
    others = {find_seed(KEY, f"s{number}") for number in range(1_000)}
    assert len(others) == 1_000
    assert find_seed(SharedKey(b"K" * 32), "ann") != find_seed(KEY, "ann")
    assert 0 <= min(others) <= max(others) < 2**128


def test_equal_worlds_are_equal_and_others_are_not():
    one, same, other = World(1, 2_000), World(1, 2_000), World(2, 2_000)
    assert one.market.truth.is_holder.tolist() == same.market.truth.is_holder.tolist()
    assert one.market.truth.is_holder.tolist() != other.market.truth.is_holder.tolist()
    assert one.rng("a").random() == same.rng("a").random() != one.rng("b").random()


def test_tables_are_copies_and_agree_with_the_market():
    world = World(1, 2_000)
    customers = world.table("customers")
    assert customers["customer_id"].astype(str).tolist() == list(
        world.market.observed.customer_id.astype(str)
    )
    del customers["customer_id"]
    assert "customer_id" in world.table("customers")
    with pytest.raises(KeyError):
        world.table("truth")
