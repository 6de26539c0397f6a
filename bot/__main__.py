"""`python -m bot` is `callboard`."""

import sys

from bot.cli import main

sys.exit(main())
