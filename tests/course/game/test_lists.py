from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from leadline.course.game.game import Game, load_game
from leadline.course.game.lists import check_team_list
from leadline.course.game.turns import advance_quarter, submit_list
from leadline.errors import DataError


def refuse(game: Game, team: str, file: str, **more: object) -> str:
    with pytest.raises(DataError) as caught:
        check_team_list(game, team, file, **more)  # type: ignore[arg-type]
    return str(caught.value)


def test_every_problem_is_told_at_once(game: Game, tmp_path: Path) -> None:
    seen = game.ground.market.observed
    barred = seen.customer_id[~seen.consent | seen.do_not_contact][:3].tolist()
    fine = seen.customer_id[seen.permitted][:300].tolist()
    ids = [*barred, 99, fine[0], fine[0], *fine[1:]]
    channels = ["none", "call", "call", "call", "call", "call", "fax", *["branch"] * 298]
    file = tmp_path / "list.csv"
    pd.DataFrame({"customer_id": ids, "channel": channels}).to_csv(file, index=False)
    told = refuse(game, "B", str(file), claimed=-1)
    for wrong in (
        "there is no team 'B'",
        "1 id is not in this market (row 5: '99')",
        "1 customer is listed already (row 7",
        "3 customers are not to be contacted",  # the held-out one, too
        "1 value is no channel (row 8: 'fax')",
        "298 customers by branch, whose capacity in a market of 4,000 is 16",
        "claimed subscribers: -1",
    ):
        assert wrong in told, wrong
    assert "budget" not in told  # of whom?
    assert "these contacts cost CN¥3,593.50, and CN¥500.00 of the budget is left" in refuse(
        game, "A", str(file)
    )


def test_a_list_needs_its_channels(game: Game, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    pd.DataFrame({"customer_id": [1], "chanel": ["call"]}).to_csv(file, index=False)
    told = refuse(game, "A", str(file))
    assert "channel: the column is absent. Did you mean 'chanel'?" in told
    assert "1 id is not in this market" in told


def test_a_file_that_cannot_be_read_is_one_problem_among_others(game: Game, tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_text("")
    told = refuse(game, "B", str(tmp_path / "empty.csv"))
    assert "there is no team 'B'" in told
    assert "2 problems" in told


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_lists_come_as_spreadsheets_write_them(
    game: Game, write_list: Callable[..., str], encoding: str
) -> None:
    file = Path(write_list("list.csv", "call", "none", 备注=["重点客户", "对照"]))
    file.write_text(file.read_text("utf-8"), encoding)
    listed = check_team_list(game, "A", str(file))
    assert listed.arm.tolist() == [2, 0]
    assert listed.cost_cny == 3.5


def test_excel_and_a_mapping_are_read(game: Game, write_list: Callable[..., str], tmp_path: Path) -> None:
    frame = pd.read_csv(write_list("list.csv", "sms", "trial"))
    frame.rename(columns={"customer_id": "客户号", "channel": "渠道"}).to_excel(
        tmp_path / "名单.xlsx", index=False
    )
    (tmp_path / "names.yml").write_text("customer_id: 客户号\nchannel: 渠道\n", "utf-8")
    listed = check_team_list(game, "乙", str(tmp_path / "名单.xlsx"), mapping=tmp_path / "names.yml")
    assert listed.cost_cny == 6.06


def test_more_than_is_left_is_refused_exactly(
    game: Game, folder: Path, write_list: Callable[..., str]
) -> None:
    """142 calls cost 497 of 500; with 50 messages they cost exactly 500."""
    submit_list(folder, "A", write_list("fits.csv", *["call"] * 142, *["sms"] * 50))
    told = refuse(game, "A", write_list("list.csv", *["call"] * 142, *["sms"] * 51))
    assert "CN¥500.06" in told
    advance_quarter(folder)
    left = 500 - load_game(folder).worlds["A"].cost_cny
    assert left < 20  # those who subscribed before cost nothing
    told = refuse(load_game(folder), "A", write_list("next.csv", *["call"] * 30, skip=200))
    assert f"CN¥105.00, and CN¥{left:.2f} of the budget is left" in told


def test_a_claim_is_between_none_and_all(game: Game, write_list: Callable[..., str]) -> None:
    file = write_list("list.csv", "call", "none")
    check_team_list(game, "A", file, claimed=1)
    assert "2 is not possible" in refuse(game, "A", file, claimed=2)
    assert "not possible" in refuse(game, "A", file, claimed=float("nan"))


def test_who_opted_out_in_the_game_is_on_no_list(
    folder: Path, game: Game, write_list: Callable[..., str]
) -> None:
    file = write_list("list.csv", *["sms"] * 800)
    submit_list(folder, "A", file)
    game = advance_quarter(folder)
    submit_list(folder, "A", file)
    with pytest.MonkeyPatch.context() as patch:  # a game of two quarters has but one after the first opt-outs
        patch.setattr("leadline.course.game.world.OPT_OUT", 0.9)
        world = load_game(folder).worlds["A"]
        world.play(*game.find_list(1, "A"))
    gone = int(world.has_opted_out.sum())
    assert gone > 50
    game.worlds["A"] = world
    told = refuse(game, "A", file)
    assert f"{gone} customers opted out after your contacts" in told
    assert "opted out after" not in refuse(game, "A", file.replace("list", "absent"))
    check_team_list(game, "乙", file)  # the other team's customers know nothing of it


def test_subscribers_that_the_team_knows_of_cost_nothing(
    folder: Path, write_list: Callable[..., str]
) -> None:
    file = write_list("list.csv", *["call"] * 70)
    submit_list(folder, "A", file)
    game = advance_quarter(folder)
    won = int(game.worlds["A"].subscribes[game.find_list(1, "A")[0]].sum())
    listed = check_team_list(load_game(folder), "A", file)
    assert won > 0
    assert listed.idle == won
    assert listed.cost_cny == pytest.approx(3.5 * (70 - won))


def test_nothing_is_told_of_subscribers_whom_the_team_never_listed(
    folder: Path, write_list: Callable[..., str]
) -> None:
    """A list must not serve to ask who subscribes."""
    file = write_list("list.csv", *["call"] * 100)
    game = load_game(folder)
    listed = check_team_list(game, "A", file)
    game.worlds["A"].subscribed_in[listed.row[:5]] = 0
    assert check_team_list(game, "A", file).idle == 0


def test_when_the_game_is_over_no_list_is_taken(folder: Path, write_list: Callable[..., str]) -> None:
    for _quarter in range(2):
        game = advance_quarter(folder, even_if_empty=True)
    assert "all its 2 quarters are closed" in refuse(game, "A", write_list("list.csv", "call"))
