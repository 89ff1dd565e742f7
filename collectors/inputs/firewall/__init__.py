from collections.abc import Mapping
from typing import Any

from collectors.input import Input, InputError
from collectors.inputs.firewall.declaration import DEVICE, PROFILE
from collectors.point import Point


class _Pending:
    def gather(self) -> list[Point]:
        raise InputError("this input cannot read anything yet")


def _create(_settings: Mapping[str, Any]) -> _Pending:
    return _Pending()


INPUT = Input(
    name="firewall",
    text=DEVICE.text,
    measurements=(DEVICE, PROFILE),
    create=_create,
    interval_s=600.0,
    timeout_s=60.0,
)
