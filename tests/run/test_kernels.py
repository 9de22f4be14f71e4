"""How a run talks to its kernel."""

from collections.abc import Callable
from pathlib import Path

import pytest

from leadline.run.kernels import _choose_transport
from leadline.run.runner import RunOutcome

CHECK = """
import ipykernel, json, tempfile
from pathlib import Path
told = json.loads(ipykernel.get_connection_info())
assert told["transport"] == "ipc", told
folder = Path(told["ip"]).parent
assert folder.stat().st_mode & 0o077 == 0, "others may not enter"
Path("sockets.txt").write_text(str(folder))
"""


@pytest.mark.parametrize("is_warm", [False, True])
def test_no_port_of_a_kernel_can_be_taken_by_another_run(
    run: Callable[..., RunOutcome], warm: Path, is_warm: bool
) -> None:
    outcome = run(CHECK, warm=warm if is_warm else None)
    assert outcome.record["failure"] is None
    assert not Path(Path("sockets.txt").read_text("utf-8")).exists(), "left over"


def test_where_a_socket_s_path_would_be_too_long_there_are_ports() -> None:
    assert _choose_transport(Path("/tmp") / "x")["transport"] == "ipc"
    assert _choose_transport(Path("/tmp") / ("x" * 120)) == {"transport": "tcp"}
