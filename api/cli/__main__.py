"""`python -m api.cli`, for where the `karte` script is not on PATH."""

from api.cli import main

main()
