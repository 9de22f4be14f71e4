"""A market as a folder of tables: made on request, and the sample that notebooks open by its name."""

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from filelock import FileLock

from leadline.channels import CHANNELS
from leadline.data.dictionary import write_dictionary
from leadline.data.loop.tables import HELD_OUT
from leadline.data.table_folder import read_json, write_tables
from leadline.data.tables import MARKET_TABLES
from leadline.datasets import SAMPLE_MARKET, cache_folder
from leadline.errors import DataError
from leadline.language import _
from leadline.market.campaign_rows import PILOT
from leadline.market.folder import tabulate_market
from leadline.market.market import MARKET_VERSION, Market
from leadline.market.note import SCHEMA_VERSION, describe_market, introduce_market, remake_market
from leadline.market.order import NOTE_FILE
from leadline.market.parameters import MarketParameters

_README = "README.md"
#: A market of average luck among the first twenty-five.
_SAMPLE_SEED, _SAMPLE_CUSTOMERS = 11, 100_000
_FEWEST_CUSTOMERS = 20_000


def write_market(place: Path, parameters: MarketParameters, seed: int, customers: int) -> dict[str, int]:
    """Make a market in the new folder ``place``; return the rows of each table.

    Raises
    ------
    ParameterError
        If the folder is taken, or there are fewer customers than the smallest city has.
    RunError
        If it cannot be written.
    """
    note = describe_market(parameters, seed, customers)
    texts = {
        NOTE_FILE: _write_note(note),
        _README: introduce_market(note) + "\n" + write_dictionary(MARKET_TABLES),
    }
    return write_tables(place, MARKET_TABLES, tabulate_market(parameters, seed, customers), texts=texts)


def open_market(data: str) -> Path:
    """Return the folder that ``data`` names.

    ``market`` is the sample of 100,000 customers: it is made in the cache when it is first asked for, and
    anew when this leadline is of another market version or has other default parameters.

    Raises
    ------
    DataError
        If the folder is no market, or one too small for a survey's questions to be asked of anybody.
    """
    if data != SAMPLE_MARKET:
        folder = Path(data)
        customers = read_json(folder, NOTE_FILE).get("customers")
        if isinstance(customers, int) and customers < _FEWEST_CUSTOMERS:
            raise DataError.of(
                _("{folder} is too small a market", folder=folder),
                _(
                    "it has {customers} customers, and hardly anybody in it has the service. Make one of "
                    "{fewest_customers} or more: leadline market make",
                    customers=f"{customers:,}",
                    fewest_customers=f"{_FEWEST_CUSTOMERS:,}",
                ),
            )
        return folder
    parameters = MarketParameters()
    home = cache_folder() / SAMPLE_MARKET
    home.mkdir(parents=True, exist_ok=True)
    place = home / _name_sample(parameters)
    with FileLock(home / ".lock"):  # of several first readers one makes it, the others wait
        if not place.exists():
            write_market(place, parameters, _SAMPLE_SEED, _SAMPLE_CUSTOMERS)
    return place


def find_folder(data: str) -> Path | str:
    """Return the folder of the sample for its name (`open_market`); any other name as it is."""
    return open_market(data) if data == SAMPLE_MARKET else data


def remake_truth(folder: Path) -> Market:
    """Make the market of a folder again, with its truth.

    Raises
    ------
    DataError
        If the folder is no market of this leadline.
    """
    return remake_market(read_json(folder, NOTE_FILE), str(folder))


def find_truth(data: Path | str) -> Market | None:
    """Make the market of a folder again (`remake_truth`); None where ``data`` is no simulated market."""
    return remake_truth(Path(data)) if (Path(data) / NOTE_FILE).is_file() else None


def find_planned_shares(
    data: Path | str, campaign_id: str, *, control: str = HELD_OUT
) -> dict[str, float] | None:
    """Share of a campaign's customers planned for each arm; None where ``data`` is no simulated market.

    ``control`` is what those held out are called.
    """
    if not (Path(data) / NOTE_FILE).is_file():
        return None
    arms = (control, *CHANNELS)
    if campaign_id == str(PILOT):
        return dict.fromkeys(arms, 1 / len(arms))
    changes = read_json(Path(data), NOTE_FILE).get("parameters") or {}
    held_out = MarketParameters.from_dict(changes).launch_holdout
    return {control: held_out, "call": (1 - held_out) / 2, "sms": (1 - held_out) / 2}


def _name_sample(parameters: MarketParameters) -> str:
    """Return a name that changes whenever the sample's tables do."""
    made_of = [SCHEMA_VERSION, MARKET_VERSION, _SAMPLE_SEED, _SAMPLE_CUSTOMERS, asdict(parameters)]
    return hashlib.sha256(json.dumps(made_of).encode()).hexdigest()[:8]


def _write_note(note: dict[str, Any]) -> str:
    return json.dumps(note, indent=2, ensure_ascii=False) + "\n"
