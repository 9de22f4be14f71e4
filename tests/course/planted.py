"""The wrong answers planted in the labs, and how they are tried."""

import importlib.util
import itertools
from collections.abc import Sequence
from pathlib import Path

from leadline.course.cells import Cell
from leadline.course.rehearsal import rehearse

_MISTAKES = Path(__file__).with_name("labs") / "mistakes"
#: Misconception → ``grade_id`` of an answer cell → the source of a student who has it.
Planted = dict[str, dict[str, str]]


def planted_in(lab: str) -> Planted:
    """Return the wrong answers to a lab."""
    spec = importlib.util.spec_from_file_location(lab, _MISTAKES / f"{lab}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return dict(module.MISTAKES)


def find_named(cells: Sequence[Cell], planted: Planted, *, seed: int) -> set[str]:
    """Return the misconceptions that are named when a student has them.

    Those of different exercises are tried together; where one changes what another reads, alone.
    """
    named: set[str] = set()
    for members in _share_out(planted):
        changed = {exercise: source for sources in members.values() for exercise, source in sources.items()}
        found = {judged.mistake for judged in rehearse(cells, seed=seed, changed=changed)}
        for name in members.keys() - found:
            found |= {judged.mistake for judged in rehearse(cells, seed=seed, changed=members[name])} & {name}
        named |= found & members.keys()
    return named


def choose_one_an_exercise(planted: Planted) -> Planted:
    """Return the first misconception of each exercise."""
    return _share_out(planted)[0]


def _share_out(planted: Planted) -> list[Planted]:
    rounds: list[Planted] = []
    for name, changed in planted.items():
        for members in rounds:
            if changed.keys().isdisjoint(itertools.chain.from_iterable(members.values())):
                members[name] = changed
                break
        else:
            rounds.append({name: changed})
    return rounds
