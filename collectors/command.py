"""The one way in which inputs run another program."""

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

from collectors.input import InputError, NoPermission, ToolMissing, find_program

MAX_OUTPUT_BYTES = 16 * 1024 * 1024
"""More than this from one tool is not a reading but a fault."""


@dataclass(frozen=True, slots=True)
class Output:
    """What a program wrote and how it ended.

    Attributes:
        stdout: as the program wrote it, not decoded.
        stderr: as the program wrote it, not decoded.
        code: exit code; negative where a signal ended it.
    """

    stdout: bytes
    stderr: bytes
    code: int


def run(program: str, arguments: Sequence[str], timeout_s: float) -> Output:
    """Run a program without a shell and in the C locale, and return what it wrote.

    The exit code is not judged: tools such as smartctl say facts with it.

    Raises:
        ToolMissing: there is no such program.
        NoPermission: this process may not run it.
        InputError: it did not end within `timeout_s` seconds, or wrote more than `MAX_OUTPUT_BYTES`.
    """
    path = find_program(program)
    if path is None:
        raise ToolMissing(f"{program} is not installed")
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "LANGUAGE": "C"}
    try:
        done = subprocess.run(
            [str(path), *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout_s,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise InputError(f"{program} did not answer within {timeout_s:g} s") from None
    except PermissionError:
        raise NoPermission(f"no permission to run {path}") from None
    except OSError as error:
        raise InputError(f"{program} could not be started: {error.strerror}") from error
    if len(done.stdout) > MAX_OUTPUT_BYTES:
        raise InputError(f"{program} wrote more than {MAX_OUTPUT_BYTES // 1024**2} MiB")
    return Output(done.stdout, done.stderr, done.returncode)
