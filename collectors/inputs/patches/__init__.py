from collections.abc import Mapping
from typing import Any

from collectors.input import Input, InputError
from collectors.inputs.patches.declaration import DEVICE
from collectors.point import Point


class _Pending:
    def gather(self) -> list[Point]:
        raise InputError("this input cannot read anything yet")


def _create(_settings: Mapping[str, Any]) -> _Pending:
    return _Pending()


INPUT = Input(
    name="patches",
    text=DEVICE.text,
    measurements=(DEVICE,),
    create=_create,
    interval_s=6 * 3600.0,
    timeout_s=600.0,
)
