"""Registry exports: the text that `reg export` and Registry Editor write."""

import re

Values = dict[str, int | str]

_KEY = re.compile(r"\[(?P<removed>-?)(?P<path>HKEY_[^\]]+)\]")
_VALUE = re.compile(r'"(?P<name>(?:[^"\\]|\\.)*)"=(?P<data>.*)')
_DWORD = re.compile(r"dword:([0-9a-fA-F]{8})")
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
_HEADS = ("Windows Registry Editor Version 5.00", "REGEDIT4")


def is_registry_export(text: str) -> bool:
    """Tell whether a text begins as a registry export does."""
    return text.lstrip("\ufeff \r\n").startswith(_HEADS)


def read_registry_export(text: str) -> dict[str, Values]:
    """Return the dword and string values of an export by key path, names in lower case, in the order of the file.

    Values of other types and values that are cut off are left out. Source: "How to add, modify, or delete registry
    subkeys and values by using a .reg file", Microsoft support article 310516.
    """
    keys: dict[str, Values] = {}
    current: Values = {}
    for line in text.splitlines():
        key = _KEY.fullmatch(line.strip())
        if key:
            current = {} if key["removed"] else keys.setdefault(key["path"], {})
            continue
        value = _VALUE.fullmatch(line.strip())
        if value:
            data = _read_data(value["data"])
            if data is not None:
                current[_unescape(value["name"]).lower()] = data
    return keys


def _read_data(data: str) -> int | str | None:
    dword = _DWORD.fullmatch(data)
    if dword:
        return int(dword[1], 16)
    string = _STRING.fullmatch(data)
    return _unescape(string[1]) if string else None


def _unescape(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)
