"""How much memory a process takes, as Linux tells it."""

from pathlib import Path


def kilobytes(kind: str, pid: int | str = "self") -> int:
    """VmRSS: now; VmHWM: at most so far; RssAnon: now, without what is mapped of files."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(kind))
