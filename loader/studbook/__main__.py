"""`python -m studbook` is `studbook`."""

from studbook.cli import main

main()
