"""Where things are in a checkout."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ROOT / "requirements"
JS = ROOT / "js"
LOGS = ROOT / ".venv-logs"


def digest(files: Iterable[Path]) -> str:
    """SHA-256 over the names and the contents of files, in the order of their names."""
    total = hashlib.sha256()
    for file in sorted(files):
        total.update(file.relative_to(ROOT).as_posix().encode() + b"\0")
        total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()
