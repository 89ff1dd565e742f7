"""Which printer it is: maker, model, serial number, and the id that it keeps for life.

What a device writes about itself (hrDeviceDescr, sysDescr) is what stands on its label; its sysObjectID names whoever
made its network card or its firmware. So the text decides, and the number only where the text names nobody.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from collectors.probe.asset import asset_id, real_serial
from collectors.probe.octets import mac_of, text_of
from collectors.probe.printer.makers import Maker, ModelRule, makers
from collectors.probe.printer.model import Identity
from collectors.probe.snmp import ObjectIdentifier, Table, TimeTicks, Value

_ENTERPRISES: Final = (1, 3, 6, 1, 4, 1)
_TEXTS: Final = ("hrDeviceDescr", "sysDescr", "prtGeneralPrinterName")

# Behind the model come version, firmware and lists of functions.
_LISTS: Final = re.compile(r"\s*(?:[;,/]|\s(?:version|ver\.|firmware)\b).*$", re.IGNORECASE)
_VERSION: Final = re.compile(r"\s\d+\.\d+(?:\.\d+)*$")
_SERIES: Final = re.compile(r"\s+series$", re.IGNORECASE)


def maker_by_text(objects: Mapping[str, Value]) -> Maker | None:
    """Return the maker that the device's own texts name: at their beginning, or as a word within."""
    texts = [text_of(objects.get(name)) for name in _TEXTS]
    for beginning in (True, False):
        for text in texts:
            if found := _named_in(text, beginning):
                return found
    return None


def _named_in(text: str, beginning: bool) -> Maker | None:
    named = [
        (len(name), maker)
        for maker in makers()
        for name in maker.names
        if re.search(rf"{'^' if beginning else chr(92) + 'b'}{re.escape(name)}(?![a-z0-9])", text, re.IGNORECASE)
    ]
    # "FUJI XEROX" is longer than "XEROX", and meant.
    return max(named, key=lambda each: each[0])[1] if named else None


def maker_by_number(objects: Mapping[str, Value]) -> Maker | None:
    """Return the maker whose enterprise number sysObjectID has."""
    object_id = objects.get("sysObjectID")
    if not isinstance(object_id, ObjectIdentifier) or object_id[:6] != _ENTERPRISES or len(object_id) < 7:
        return None
    return next((maker for maker in makers() if object_id[6] in maker.enterprises), None)


def makers_of(objects: Mapping[str, Value]) -> list[Maker]:
    """Return whose rules concern a device: the maker on its label first, then the one of its firmware."""
    found = [maker_by_text(objects), maker_by_number(objects)]
    return list({each.maker: each for each in found if each}.values())


def serial_of(objects: Mapping[str, Value], extra: Mapping[str, Value]) -> str:
    """Return the serial number: the standard object's, else one of the maker's own, else one within sysDescr.

    Args:
        objects: the standard objects by name.
        extra: makers' own objects, as `Maker.objects` names them; may be empty.
    """
    private = (value for name, value in extra.items() if name.startswith("serial "))
    for value in (objects.get("prtGeneralSerialNumber"), *private):
        if found := _serial_text(value):
            return found
    description = text_of(objects.get("sysDescr"))
    for maker in makers_of(objects):
        match = re.search(maker.serial_pattern, description) if maker.serial_pattern else None
        if match and (found := real_serial(match["serial"])):
            return found
    return ""


def identity(
    objects: Mapping[str, Value], extra: Mapping[str, Value], interfaces: Table, address: str, charset: str
) -> Identity:
    """Return who the device is.

    Args:
        objects: the standard objects by name.
        extra: makers' own objects, as `Maker.objects` names them.
        interfaces: ifPhysAddress; may be empty.
        address: what was asked.
        charset: Python codec of the device's texts; "" if not told.
    """
    known = makers_of(objects)
    serial = serial_of(objects, extra)
    mac = next((each for each in (mac_of(row.get("ifPhysAddress")) for row in interfaces.rows.values()) if each), "")
    engine = objects.get("snmpEngineID")
    uptime = objects.get("sysUpTime")
    return Identity(
        asset=asset_id(serial, mac, engine if isinstance(engine, bytes) else b"", address),
        name=text_of(objects.get("sysName"), charset) or text_of(objects.get("prtGeneralPrinterName"), charset),
        description=text_of(objects.get("sysDescr"), charset),
        location=text_of(objects.get("sysLocation"), charset),
        maker=known[0].maker if known else "",
        model=_model(objects, known, serial, charset),
        serial=serial,
        mac=mac,
        uptime_s=uptime / 100 if isinstance(uptime, TimeTicks) else None,
    )


def _serial_text(value: Value | None) -> str:
    if not isinstance(value, bytes):
        return ""
    # HP puts two octets of type and length before the text and a second line behind it.
    lines = [part for part in re.split(rb"[\x00-\x1f\x7f]+", value) if part]
    return real_serial(text_of(lines[0])) if lines else ""


def _model(objects: Mapping[str, Value], known: list[Maker], serial: str, charset: str) -> str:
    rule = known[0].model if known else ModelRule(reason="maker not known")
    names = known[0].names if known else ()
    for source in (*rule.sources, "prtGeneralPrinterName"):
        if found := _model_in(text_of(objects.get(source), charset), rule, names, serial):
            return found
    return ""


def _model_in(text: str, rule: ModelRule, names: Iterable[str], serial: str) -> str:
    match = re.search(rule.pattern, text) if rule.pattern else None
    text = match["model"] if match else text
    for noise in rule.noise:
        text = re.sub(noise, "", text)
    if serial:
        text = text.replace(serial, "")
    text = _without_maker(text.strip(), names)
    for tail in (_LISTS, _VERSION, _SERIES):
        text = tail.sub("", text).strip()
    excluded = any(re.fullmatch(each, text, re.IGNORECASE) for each in rule.excluded)
    return "" if excluded else text


def _without_maker(text: str, names: Iterable[str]) -> str:
    for name in sorted(names, key=len, reverse=True):
        rest = re.sub(rf"^{re.escape(name)}(?![a-z0-9])[\s_-]*", "", text, flags=re.IGNORECASE)
        if rest != text:
            return rest
    return text
