"""The one seam to psutil: a call that this system lacks, or refuses, becomes a typed error in one line."""

from collections.abc import Callable
from typing import Any

import psutil

from collectors.input import AVAILABLE, Availability, InputError, NoPermission
from collectors.text import Text


def offered(name: str) -> bool:
    """Tell whether psutil has a call on this system."""
    return hasattr(psutil, name)


def availability(name: str) -> Callable[[], Availability]:
    """Return a check for `Input.available`: whether psutil has the call on this system."""

    def check() -> Availability:
        if offered(name):
            return AVAILABLE
        return Availability(
            ok=False,
            reason=Text("このOSでは psutil から読み取れません", "psutil cannot read this on this operating system"),
        )

    return check


def call(name: str, **options: Any) -> Any:
    """Call a psutil function by name.

    Raises:
        NoPermission: the system refused.
        InputError: this system has no such call, or it failed.
    """
    function = getattr(psutil, name, None)
    if function is None:
        raise InputError(f"psutil.{name} does not exist on this system")
    try:
        return function(**options)
    except (psutil.AccessDenied, PermissionError):
        raise NoPermission(f"no permission for psutil.{name}") from None
    except OSError as error:
        raise InputError(f"psutil.{name} failed: {error.strerror or type(error).__name__}") from error
    except (psutil.Error, NotImplementedError, RuntimeError) as error:
        raise InputError(f"psutil.{name} failed: {type(error).__name__}") from error
