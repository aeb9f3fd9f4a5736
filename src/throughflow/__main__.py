"""``python -m throughflow``."""

from throughflow.cli.main import main

main()
