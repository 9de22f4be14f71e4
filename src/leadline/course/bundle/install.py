"""Install leadline from this folder, without a network: ``python install.py [FOLDER]``.

离线安装 leadline。Needs Python alone: leadline is not there yet.
FOLDER is where it is installed to: ``leadline-env`` beside this file when not given.
"""

import hashlib
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
OLDEST = (3, 11)


def say(english: str, chinese: str) -> None:
    """Tell in both languages."""
    sys.stdout.write(f"{english}\n")
    try:
        sys.stdout.write(f"{chinese}\n")
    except UnicodeEncodeError:  # a terminal of another code page
        return
    sys.stdout.flush()


def find_damaged() -> list[str]:
    """Return the files that are not as they were packed."""
    damaged = []
    for line in (HERE / "SHA256SUMS").read_text("utf-8").splitlines():
        wanted, name = line.split("  ", 1)
        path = HERE / name
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != wanted:
            damaged.append(name)
    return damaged


def main() -> int:
    """Check the files, make an environment, install."""
    if sys.version_info < OLDEST:
        say("Python 3.11 or newer is needed.", "需要 Python 3.11 或更新版本。")
        return 1
    if damaged := find_damaged():
        say(f"Damaged or missing: {', '.join(damaged)}", "以上文件损坏或缺失，请重新拷贝整个压缩包。")
        return 1
    place = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "leadline-env"
    venv.create(place, with_pip=True)
    programs = place / ("Scripts" if sys.platform == "win32" else "bin")
    command = [str(programs / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--no-index", "--find-links", str(HERE / "wheels"), "leadline"]
    if subprocess.run(command, check=False).returncode:
        say(
            "It could not be installed. The packages fit one kind of computer and Python only; see above.",
            "安装失败。安装包只适用于特定的系统和 Python 版本，详见上面的提示。",
        )
        return 1
    say(
        "Installed. Unpack your lab, go into its folder, and start:",
        "安装完成。解压实验包，进入该文件夹后运行：",
    )
    sys.stdout.write(f"    {programs / 'jupyter'} lab\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
