from leadline.course.game.firm import list_channels, list_customers, list_pilot
from leadline.course.game.game import Game
from leadline.course.game.guide import write_guide
from leadline.course.game.rules import FATIGUE, FATIGUE_QUARTERS, OPT_OUT, OPT_OUT_QUARTERS
from leadline.course.game.team_files import list_quarter
from leadline.course.game.world import World


def test_every_column_that_a_team_gets_is_explained(game: Game) -> None:
    guide = write_guide(game)
    world = World(game.ground)
    market = game.ground.market
    for frame in (list_customers(world), list_channels(market), list_pilot(market), list_quarter(world, 0)):
        for column in frame.columns:
            assert f"`{column}" in guide or f" {column}" in guide, column


def test_the_rules_in_words_are_those_in_numbers(game: Game) -> None:
    guide = write_guide(game)
    assert FATIGUE_QUARTERS == 2
    assert f"in the two quarters before takes {1 - FATIGUE:.0%} off" in guide
    assert OPT_OUT_QUARTERS == 4
    assert f"the chance is {OPT_OUT:.0%} for each contact in the four quarters before" in guide
    assert "CN¥500" in guide
