import numpy as np

from leadline.course.game.ground import draw_luck


def test_luck_is_the_same_everywhere_and_another_each_quarter() -> None:
    luck = draw_luck(1, 2, 3)
    again, other = draw_luck(1, 2, 3), draw_luck(1, 3, 3)
    assert (luck.noise == again.noise).all()
    assert not np.isin(luck.reach, other.reach).any()
    # the raw stream of PCG64, which no version of NumPy changes
    bits = np.random.PCG64(np.random.SeedSequence(1, spawn_key=(2,))).random_raw(9)
    assert luck.reach[0] == (int(bits[3]) >> 11) / 2**53 + 2.0**-54


def test_luck_has_the_distributions_that_the_market_asks_for() -> None:
    luck = draw_luck(5, 1, 200_000)
    assert abs(luck.noise.mean()) < 0.02
    assert abs(luck.noise.std() - np.pi / 3**0.5) < 0.02  # standard logistic
    for uniform in (luck.reach, luck.opt_out):
        assert abs((uniform < 0.3).mean() - 0.3) < 0.005
    assert abs(np.corrcoef(luck.reach, luck.opt_out)[0, 1]) < 0.01
