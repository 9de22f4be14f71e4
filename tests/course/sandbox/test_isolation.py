"""What protects a submission where grading does not run as root, and where the system refuses."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

TRIAL = """
import json
from leadline.course.sandbox import Cell, Limits, Sandbox
looks = "import os, socket\\n" + (
    "x = {'root': os.path.exists('/submission'), 'pid': os.getpid(), 'data': os.listdir('data')}\\n"
    "x['rights'] = [line for line in open('/proc/self/status') if line[:6] in ('CapEff', 'CapPrm')]\\n"
    "x['interfaces'] = [name for number, name in socket.if_nameindex()]"
)
bomb = "import os, time\\nfor n in range(40):\\n  if not os.fork(): time.sleep(99)\\ntime.sleep(99)"
with Sandbox(Limits(seconds=15, processes=24)) as sandbox:
    ran = sandbox.run([Cell("looks", looks), Cell("bomb", bomb)], ["x"], {"a.csv": b"1"})
    again = sandbox.run([Cell("again", "y = 1")], ["y"])
print(json.dumps([ran.answers["x"], ran.errors, ran.ended, ran.unprotected, again.answers]))
"""
#: A user namespace without rights, in which no further namespace can be made.
WITHOUT = 'echo 0 > /proc/sys/user/max_user_namespaces; exec setpriv --bounding-set=-all --inh-caps=-all "$@"'


def trial(tmp_path: Path, *prefix: str) -> list:
    script = tmp_path / "trial.py"
    script.write_text(TRIAL, "utf-8")
    ended = subprocess.run(
        [*prefix, sys.executable, script], capture_output=True, text=True, timeout=120, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


@pytest.mark.tmpfs
def test_an_ordinary_user_has_every_protection(tmp_path: Path) -> None:
    prefix = ("unshare", "--user", "--map-user=12345", "--map-group=12345")
    looks, errors, ended, unprotected, again = trial(tmp_path, *prefix)
    assert unprotected == []
    assert looks["root"]
    assert looks["pid"] < 5
    assert looks["data"] == ["a.csv"]
    assert all(int(line.split()[1], 16) == 0 for line in looks["rights"])
    assert looks["interfaces"] == ["lo"]
    assert "as many processes" in ended or "bomb" in errors
    assert again == {"y": 1}


@pytest.mark.tmpfs
def test_where_the_system_refuses_it_runs_and_says_what_is_missing(tmp_path: Path) -> None:
    prefix = ("unshare", "--user", "--map-root-user", "sh", "-c", WITHOUT, "sh")
    looks, _errors, ended, unprotected, again = trial(tmp_path, *prefix)
    assert [text.partition(":")[0] for text in unprotected] == ["Network", "Other processes", "Files"]
    assert not looks["root"]
    assert looks["data"] == ["a.csv"]
    assert "as many processes" in ended
    assert again == {"y": 1}
