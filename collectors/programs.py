"""The seam between an input and the programs it runs, so that tests can stand in for them."""

from collections.abc import Sequence
from typing import Protocol

from collectors.command import Output


class Run(Protocol):
    """Runs a program; `collectors.command.run` is the real one."""

    def __call__(self, program: str, arguments: Sequence[str], timeout_s: float) -> Output:
        """Run it and return what it wrote.

        Raises:
            InputError: it is missing, may not be run, or did not end in time.
        """
        ...
