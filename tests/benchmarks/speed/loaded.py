"""The program, which writes down at its end which modules it had loaded.

Run as `python -m tests.benchmarks.speed.loaded FILE ARGUMENT…`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from bot.cli import main

if __name__ == "__main__":
    code = main(sys.argv[2:])
    Path(sys.argv[1]).write_text("\n".join(sorted(sys.modules)), encoding="utf-8")
    sys.exit(code)
