import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from leadline.course.game.board import render_board
from leadline.course.game.game import load_game
from leadline.course.game.make import add_team, make_game
from tests.browser.chromium import open_file, start_browser


@pytest.fixture(scope="module")
def board(finished: Path) -> str:
    return render_board(load_game(finished), "en")


def test_the_page_tells_winner_claims_and_every_player(board: str) -> None:
    assert re.search(r"(A|乙) wins: its contacts truly earned|No team earned more than doing nothing", board)
    assert "18 subscribers won were claimed, the truth is" in board
    for name in (
        "乙",
        "Doing nothing",
        "Computer: a random list, called",
        "Contacted against its own hold-out",
    ):
        assert name in board


def test_the_page_loads_nothing_and_its_policy_names_its_own_parts(board: str) -> None:
    assert "http://" not in board
    assert "https://" not in board
    for tag in ("style", "script"):
        for part in re.findall(rf"<{tag}>(.*?)</{tag}>", board, re.DOTALL):
            assert b64encode(sha256(part.encode()).digest()).decode() in board


def test_the_same_log_gives_the_same_page(finished: Path, board: str) -> None:
    assert render_board(load_game(finished), "en") == board


def test_a_page_in_chinese_has_chinese_figures(finished: Path) -> None:
    page = render_board(load_game(finished), "zh")
    assert 'lang="zh-Hans"' in page
    assert "¥" in page
    assert "CN¥" not in page


def test_an_open_game_asks_for_patience(tmp_path: Path) -> None:
    make_game(tmp_path / "game", ["A"], customers=2_000, quarters=1, budget_cny=10)
    game = add_team(tmp_path / "game", "B_2")
    page = render_board(game, "en")
    assert "Quarter 1 of 1 is open. 0 of 2 teams have handed in a list." in page
    assert "B_2" in page


@pytest.mark.browser
def test_the_page_reads_everywhere(chromium: str, finished: Path, tmp_path: Path) -> None:
    """Nothing serious for axe, nothing wider than the screen, columns that sort, nothing loaded."""
    game = load_game(finished)
    with start_browser(chromium) as browser:
        for language, scheme, width in (("en", "dark", 1200), ("zh", "light", 390)):
            page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
            errors: list[str] = []
            page.on("console", lambda message, told=errors: told.append(message.text))
            assert open_file(page, tmp_path / "board.html", render_board(game, language)) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            page.locator("summary").click()
            rules = Axe().run(page).response["violations"]
            assert [rule["id"] for rule in rules if rule["impact"] in ("serious", "critical")] == []
            table = page.locator("table").first
            table.locator("th button").nth(2).click()
            cells = table.locator("tbody td:nth-child(3)")
            profits = list(map(float, cells.evaluate_all("cells => cells.map(cell => cell.dataset.value)")))
            assert profits == sorted(profits)
            assert errors == []
