"""The text of a recorded output, refused where it cannot be one."""

from collectors.decode import decode_text
from collectors.input import BadOutput, Recording

MAX_BYTES = 16 * 1024 * 1024
"""No tool that is read here writes more."""


def recorded_text(recording: Recording) -> str:
    """Return the text of a recording, decoded from whatever encoding.

    Raises:
        BadOutput: it is empty or absurdly large.
    """
    if len(recording.data) > MAX_BYTES:
        raise BadOutput(f"the output is larger than {MAX_BYTES // 1024**2} MiB")
    text = decode_text(recording.data)
    if not text.strip("\ufeff \r\n\t\0"):
        raise BadOutput("the output is empty")
    return text
