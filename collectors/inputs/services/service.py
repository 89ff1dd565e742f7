"""What is known of services that do not run."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Down:
    """A service that should run and does not.

    Attributes:
        name: as the system names it.
        failed: True where it ended with an error, False where it is merely stopped.
        exit_code: what it ended with; None if not known.
    """

    name: str
    failed: bool
    exit_code: int | None = None


@dataclass(frozen=True, slots=True)
class Findings:
    """What was read of a device.

    Attributes:
        down: the services that do not run, in the order of the source.
        excused: how many more do not run, and need not.
        checked: how many should run in all; None where the source does not tell.
        whole: whether the source was read to its end.
    """

    down: tuple[Down, ...]
    excused: int = 0
    checked: int | None = None
    whole: bool = True
