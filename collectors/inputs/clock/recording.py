"""Which tool wrote a recorded output, by its content; and what it tells."""

from collections.abc import Callable

from collectors.input import BadOutput, Recording
from collectors.inputs.clock import unix, w32tm
from collectors.inputs.clock.points import to_points
from collectors.inputs.clock.status import Clock
from collectors.point import Point
from collectors.recorded_text import recorded_text

_FORMS: tuple[tuple[Callable[[str], bool], Callable[[str], Clock]], ...] = (
    (unix.is_chrony, unix.read_chrony),
    (unix.is_timesync, unix.read_timesync),
    (unix.is_timedated, unix.read_timedated),
    (unix.is_ntpq, unix.read_ntpq),
    (w32tm.is_status, w32tm.read),
)


def parse(recording: Recording) -> list[Point]:
    """Return the point of a recorded output.

    Known are: `chronyc tracking`; `timedatectl timesync-status` and `show`; `ntpq -p` and `ntpq -c rv`; `w32tm /query
    /status /verbose` in any language.

    Raises:
        BadOutput: the output is none of these, is empty, or is damaged.
        NoPermission: the tool refused to answer.
    """
    text = recorded_text(recording).lstrip("\ufeff")
    read = next((read for matches, read in _FORMS if matches(text)), None)
    if read is None:
        raise BadOutput("this is not the output of a time service that is known here")
    return to_points(read(text))
