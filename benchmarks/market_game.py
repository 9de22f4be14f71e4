"""The market game: time and memory of 20 teams over 8 quarters, lists lost by kills, luck left in the ranks.

The bars: at most 2 minutes of computing; kill -9 at any moment loses no accepted list; the replay from the
log gives the same board.
"""

import argparse
import os
import resource
import signal
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from leadline.course.game.files import BOARD_FILE, publish_files
from leadline.course.game.game import Game, load_game
from leadline.course.game.ground import Ground
from leadline.course.game.log import open_log, read_events
from leadline.course.game.make import make_game
from leadline.course.game.players import play_policy
from leadline.course.game.profit import measure_profit
from leadline.course.game.rules import Terms
from leadline.course.game.turns import advance_quarter, submit_list
from leadline.course.game.world import World
from leadline.errors import LeadlineError
from leadline.market import assignment
from leadline.market.market import simulate
from leadline.market.parameters import MarketParameters
from leadline.market.policies import POLICIES
from leadline.market.truth import ARMS

TEAMS = 20
_MOST_WAIT_SECONDS = 3.0


def write_list(game: Game, team: str, number: int, file: Path) -> float | None:
    """Write a list as some team would: a policy of its own, a size of its own, a fifth held out."""
    world, market = game.worlds[team], game.ground.market
    seen = market.observed
    policy = list(POLICIES.values())[number % len(POLICIES)]
    now = replace(
        seen,
        subscribed_before=seen.subscribed_before | world.find_known_subscribers(),
        recently_contacted=world.count_contacts(number % 3 + 1) > 0,
        do_not_contact=seen.do_not_contact | world.has_opted_out,
    )
    capacity = market.parameters.capacity(market.customers)
    size = int(market.customers * (0.002 + 0.001 * number))
    rng = np.random.default_rng([number, game.quarter])
    made = policy(now, assignment.Terms(list_size=min(size, capacity[1]), capacity=capacity), rng)
    if not len(made.row):  # everybody that this policy would contact was contacted lately
        return None
    channel = np.where(rng.random(len(made.row)) < 0.2, 0, made.channel)  # noqa: PLR2004
    pd.DataFrame({"customer_id": seen.customer_id[made.row], "channel": np.array(ARMS)[channel]}).to_csv(
        file, index=False
    )
    return float(round(0.3 * (channel > 0).sum()))


def play(folder: Path, customers: int, quarters: int) -> None:
    """Play a whole game by its public functions; print the seconds of each part."""
    seconds = dict.fromkeys(("new", "submit", "advance", "replay"), 0.0)
    start = time.perf_counter()
    game = make_game(
        folder,
        [f"Team {number:02}" for number in range(1, TEAMS + 1)],
        customers=customers,
        quarters=quarters,
        budget_cny=3.0 * customers,
    )
    seconds["new"] = time.perf_counter() - start
    while not game.is_over:
        for number, team in enumerate(game.teams):
            file = folder.parent / "list.csv"
            claimed = write_list(game, team, number, file)
            if claimed is None:
                continue
            start = time.perf_counter()
            submit_list(folder, team, str(file), claimed=claimed)
            seconds["submit"] += time.perf_counter() - start
        start = time.perf_counter()
        game = advance_quarter(folder)
        seconds["advance"] += time.perf_counter() - start
    before = {
        path: path.read_bytes() for path in folder.rglob("*.*") if path.suffix in (".csv", ".html", ".md")
    }
    start = time.perf_counter()
    publish_files(folder, load_game(folder), anew=True)
    seconds["replay"] = time.perf_counter() - start
    same = all(path.read_bytes() == content for path, content in before.items())
    cpu = time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{customers:,} customers, {TEAMS} teams, {quarters} quarters: {sum(seconds.values()):.1f} s, "
        f"{cpu:.1f} s of one core, {peak:.0f} MB"
    )
    print("  " + ", ".join(f"{name} {spent:.1f} s" for name, spent in seconds.items()))
    print(f"  replayed {len(before)} files: {'the same, byte for byte' if same else 'THEY DIFFER'}")


def kill_writers(folder: Path, kills: int) -> None:
    """Kill a process that hands in lists and closes quarters, again and again; look for what it was told."""
    rng = np.random.default_rng(8)
    make_game(folder, ["A", "B"], customers=2_000, quarters=40, budget_cny=1e9)
    game = load_game(folder)
    allowed = game.ground.market.observed.permitted
    ids = game.ground.market.observed.customer_id[allowed][:20]
    file = folder.parent / "kill.csv"
    pd.DataFrame({"customer_id": ids, "channel": "none"}).to_csv(file, index=False)
    told: list[str] = []
    for kill in range(kills):
        answers = folder.parent / f"answers_{kill}"
        child = os.fork()
        if not child:
            _write_until_killed(folder, file, answers, first=1_000 * kill)
        time.sleep(float(rng.uniform(0.05, _MOST_WAIT_SECONDS)))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        told += answers.read_text().split() if answers.exists() else []
    with open_log(folder) as log:
        events = read_events(log)
    kept = {f"list:{event.team}:{event.body['file']}" for event in events if event.kind == "submission"}
    kept |= {f"closed:{event.quarter}" for event in events if event.kind == "advance"}
    lost = [answer for answer in told if answer not in kept]
    publish_files(folder, load_game(folder), anew=True)
    board = (folder / BOARD_FILE).read_bytes()
    publish_files(folder, load_game(folder), anew=True)
    same = board == (folder / BOARD_FILE).read_bytes()
    print(f"{kills} kills: {len(told)} answers given, {len(lost)} lost; same board again: {same}")


def _write_until_killed(folder: Path, file: Path, answers: Path, first: int) -> None:
    number = first
    with answers.open("a") as out:
        while True:
            number += 1
            mine = file.with_name(f"{number}.csv")
            mine.write_bytes(file.read_bytes())
            team = "AB"[number % 2]
            try:
                submit_list(folder, team, str(mine))
                print(f"list:{team}:{mine.name}", file=out, flush=True)
                if number % 3 == 0:
                    game = advance_quarter(folder)
                    print(f"closed:{game.quarter - 1}", file=out, flush=True)
            except LeadlineError:  # the game is over
                os._exit(0)


def weigh_luck(customers: int, lucks: int) -> None:
    """Compare true with realised profit over many lucks of one market: no bias, and far less spread."""
    market = simulate(MarketParameters(), 5, customers)
    terms = Terms(quarters=8, budget_cny=1e9)
    for policy in ("random", "rules", "channels"):
        sums = []
        for luck in range(lucks):
            ground = Ground(market, 1_000 + luck)
            untouched = World(ground)
            for _quarter in range(terms.quarters):
                untouched.play(np.empty(0, np.int64), np.empty(0, np.int8))
            truths = measure_profit(play_policy(ground, terms, policy, terms.quarters), untouched)
            sums.append([sum(t.profit_cny for t in truths), sum(t.realised_cny for t in truths)])
        true, realised = np.array(sums).T
        error = (true - realised).std(ddof=1) / lucks**0.5
        print(
            f"{policy:9} true {true.mean():8,.0f} (sd {true.std(ddof=1):5,.0f}), "
            f"realised {realised.mean():8,.0f} (sd {realised.std(ddof=1):5,.0f}), "
            f"difference {(true - realised).mean():+.0f} ± {1.96 * error:.0f}"
        )


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--customers", type=int, default=20_000)
    asked.add_argument("--quarters", type=int, default=8)
    asked.add_argument("--kills", type=int, default=20)
    asked.add_argument("--lucks", type=int, default=200)
    asked.add_argument("--keep", type=Path, help="folder to leave the game in")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        play(given.keep or place / "game", given.customers, given.quarters)
        if given.kills:
            kill_writers(place / "killed", given.kills)
    if given.lucks:
        weigh_luck(given.customers, given.lucks)


if __name__ == "__main__":
    sys.exit(main())
