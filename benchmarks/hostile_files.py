"""What hostile accounts files cost until their finding is there: CPU seconds and peak memory, each in a fresh process.

The files are those of tests/load/test_hostile.py. At most 2 s and 300 MB; the better of two runs counts.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.load.test_hostile import BIG, MEGABYTES, measured

SECONDS = 2.0


def main() -> int:
    """Print one row a file; 1 where one takes more than it may."""
    kept = True
    print(f"{'CPU s':>6} {'MB':>5}  file")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "accounts.yaml"
        for name, (write, _) in BIG.items():
            file.write_text(write(), encoding="utf-8")
            seconds, megabytes, _ = min(measured(file), measured(file))
            kept = kept and seconds <= SECONDS and megabytes <= MEGABYTES
            print(f"{seconds:>6.2f} {megabytes:>5.0f}  {name}")
    print(f"at most {SECONDS} s and {MEGABYTES} MB: {'kept' if kept else 'NOT KEPT'}")
    return int(not kept)


if __name__ == "__main__":
    sys.exit(main())
