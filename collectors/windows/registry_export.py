"""Registry exports: the text that `reg export` and Registry Editor write."""

import re

Values = dict[str, int | str]

_KEY = re.compile(r"\[(?P<removed>-?)(?P<path>HKEY_[^\]]+)\]")
_VALUE = re.compile(r'"(?P<name>(?:[^"\\]|\\.)*)"=(?P<data>.*)')
_DWORD = re.compile(r"dword:([0-9a-fA-F]{8})")
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
_BINARY_STRING = re.compile(r"hex\((?:1|2)\):((?:[0-9a-fA-F]{2},)*[0-9a-fA-F]{2})")
_CONTINUED = re.compile(r"\\\r?\n[ \t]*")
_OLD_HEAD = "REGEDIT4"
_HEADS = ("Windows Registry Editor Version 5.00", _OLD_HEAD)


def is_registry_export(text: str) -> bool:
    """Tell whether a text begins as a registry export does."""
    return text.lstrip("\ufeff \r\n").startswith(_HEADS)


def read_registry_export(text: str) -> dict[str, Values]:
    """Return the dword and string values of an export by key path, names in lower case, in the order of the file.

    Strings may be written as bytes: REG_EXPAND_SZ always is. Values of other types and values that are cut off are
    left out. Source: "How to add, modify, or delete registry subkeys and values by using a .reg file", Microsoft
    support article 310516.
    """
    keys: dict[str, Values] = {}
    current: Values = {}
    is_unicode = not text.lstrip("\ufeff \r\n").startswith(_OLD_HEAD)
    for line in _CONTINUED.sub("", text).splitlines():
        key = _KEY.fullmatch(line.strip())
        if key:
            current = {} if key["removed"] else keys.setdefault(key["path"], {})
            continue
        value = _VALUE.fullmatch(line.strip())
        if value:
            data = _read_data(value["data"], is_unicode)
            if data is not None:
                current[_unescape(value["name"]).lower()] = data
    return keys


def _read_data(data: str, is_unicode: bool) -> int | str | None:
    dword = _DWORD.fullmatch(data)
    if dword:
        return int(dword[1], 16)
    binary = _BINARY_STRING.fullmatch(data)
    if binary:
        return _read_bytes(bytes.fromhex(binary[1].replace(",", "")), is_unicode)
    string = _STRING.fullmatch(data)
    return _unescape(string[1]) if string else None


def _read_bytes(data: bytes, is_unicode: bool) -> str | None:
    """Return the text of a string written as bytes; None where its ending NUL is missing: it is cut off."""
    end = b"\0\0" if is_unicode else b"\0"
    if not data.endswith(end) or (is_unicode and len(data) % 2):
        return None
    text = data.decode("utf-16-le" if is_unicode else "cp932", errors="replace")
    return text.rstrip("\0")


def _unescape(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)
