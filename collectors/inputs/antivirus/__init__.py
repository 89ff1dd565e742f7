from collections.abc import Mapping
from typing import Any

from collectors.input import Input, InputError
from collectors.inputs.antivirus.declaration import DEVICE, PRODUCT
from collectors.point import Point


class _Pending:
    def gather(self) -> list[Point]:
        raise InputError("this input cannot read anything yet")


def _create(_settings: Mapping[str, Any]) -> _Pending:
    return _Pending()


INPUT = Input(
    name="antivirus",
    text=DEVICE.text,
    measurements=(DEVICE, PRODUCT),
    create=_create,
    interval_s=600.0,
    timeout_s=90.0,
)
