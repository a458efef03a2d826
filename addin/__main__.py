"""`python -m addin` is the `microhedge` command."""

from addin.cli import main

main()
