"""Run the command line: ``python -m addrsvc``."""

from addrsvc.cli import main

main()
