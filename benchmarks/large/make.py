"""Write the invented trade: `python -m large.make FOLDER ROWS`."""

import sys
from pathlib import Path

from large import data

data.make(Path(sys.argv[1]), int(sys.argv[2]))
