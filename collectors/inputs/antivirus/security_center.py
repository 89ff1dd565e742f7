"""Windows Security Center (`root/SecurityCenter2`): which products Windows knows, and their productState.

Microsoft does not document productState. As six hexadecimal digits TTSSUU: TT the kind of provider; the high digit
of SS 0 off, 1 on, 2 snoozed, 3 expired (these are WSC_SECURITY_PRODUCT_STATE of iwscapi.h), its low digit 1 for a
Microsoft product; UU 00 up to date, else not. SecurityCenter2 does not exist on Windows Server.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from collectors.inputs.antivirus.product import Mode, Product
from collectors.json_text import Record
from collectors.scalar import as_int, as_text

_MODES = {0: Mode.OFF, 1: Mode.ON, 2: Mode.SNOOZED, 3: Mode.EXPIRED}
_SMALLEST, _LARGEST = 0x010000, 0xFFFFFF
_TABLE_ROW = re.compile(
    r"(?P<name>\S.*?)\s{2,}.*?(?<![\w.])(?P<state>\d{6,8})\s*|(?P<state2>\d{6,8})\s+(?P<name2>\S.*)"
)


@dataclass(frozen=True, slots=True)
class ProductState:
    """What a productState says.

    Attributes:
        mode: on, off, snoozed, expired, or unknown for a value that is none of these.
        up_to_date: whether the definitions are; None if the value is no productState.
        microsoft: whether the product is Microsoft's own.
    """

    mode: Mode
    up_to_date: bool | None
    microsoft: bool


def decode(value: int) -> ProductState:
    """Return what a productState says; a number that cannot be one says nothing."""
    if not _SMALLEST <= value <= _LARGEST:
        return ProductState(Mode.UNKNOWN, None, False)
    state, updates = value >> 8 & 0xFF, value & 0xFF
    mode = _MODES.get(state >> 4, Mode.UNKNOWN)
    return ProductState(mode, None if mode is Mode.UNKNOWN else updates == 0, bool(state & 1))


def is_product(record: Record) -> bool:
    """Tell whether an object is an AntiVirusProduct (or another product) of Security Center."""
    if "productstate" in record:
        return True
    if "displayname" in record and ("instanceguid" in record or "pathtosignedproductexe" in record):
        return True
    state = as_int(record.get("state"))
    return "name" in record and state is not None and _SMALLEST <= state <= _LARGEST


def read(records: Iterable[Record]) -> list[Product]:
    """Return the products that Security Center lists; one whose state is missing is listed as unknown."""
    return [_product(record) for record in records if is_product(record)]


def read_table(text: str) -> list[Product]:
    """Return the products of a `Format-Table` or `wmic … get` table that has displayName and productState."""
    products: list[Product] = []
    for line in text.splitlines():
        row = _TABLE_ROW.fullmatch(line.strip())
        if row:
            name, state = row["name"] or row["name2"], row["state"] or row["state2"]
            products.append(_product({"displayname": name, "productstate": state}))
    return products


def is_table(text: str) -> bool:
    """Tell whether a text has the heading of such a table."""
    heads = text.lstrip("\ufeff \r\n").split("\n", 1)[0].lower().split()
    return "displayname" in heads and "productstate" in heads


def is_defender(product: Product) -> bool:
    """Tell whether a product of Security Center is the Defender that Windows brings along."""
    return "defender" in product.name.lower()


def _product(record: Record) -> Product:
    value = as_int(record.get("productstate", record.get("state")))
    said = decode(value) if value is not None else ProductState(Mode.UNKNOWN, None, False)
    name = as_text(record.get("displayname", record.get("name")), limit=100)
    return Product(
        name=name or (f"unnamed {value:#08x}" if value is not None else "unnamed"),
        source="securitycenter2",
        mode=said.mode,
        up_to_date=said.up_to_date,
        product_state=value,
    )
