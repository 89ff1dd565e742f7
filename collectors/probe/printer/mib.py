"""Objects and words of the MIBs that printers speak.

Sources: Printer-MIB v2 (RFC 3805) with IANA-PRINTER-MIB (RFC 3806), HOST-RESOURCES-MIB (RFC 2790), SNMPv2-MIB
(RFC 3418), IF-MIB (RFC 2863), SNMP-FRAMEWORK-MIB (RFC 3411). Words are those of the MIBs.
"""

from typing import Final

from collectors.probe.snmp import Oid, oid

_MIB_2: Final = "1.3.6.1.2.1"
_HOST_DEVICE: Final = f"{_MIB_2}.25.3.2.1"
_HOST_PRINTER: Final = f"{_MIB_2}.25.3.5.1"
_PRINTER: Final = f"{_MIB_2}.43"

SYSTEM: Final[dict[str, Oid]] = {
    "sysDescr": oid(f"{_MIB_2}.1.1.0"),
    "sysObjectID": oid(f"{_MIB_2}.1.2.0"),
    "sysUpTime": oid(f"{_MIB_2}.1.3.0"),
    "sysName": oid(f"{_MIB_2}.1.5.0"),
    "sysLocation": oid(f"{_MIB_2}.1.6.0"),
}

PER_DEVICE: Final[dict[str, Oid]] = {
    "hrDeviceDescr": oid(f"{_HOST_DEVICE}.3"),
    "hrDeviceStatus": oid(f"{_HOST_DEVICE}.5"),
    "hrPrinterStatus": oid(f"{_HOST_PRINTER}.1"),
    "hrPrinterDetectedErrorState": oid(f"{_HOST_PRINTER}.2"),
    "prtGeneralCurrentLocalization": oid(f"{_PRINTER}.5.1.1.2"),
    "prtGeneralPrinterName": oid(f"{_PRINTER}.5.1.1.16"),
    "prtGeneralSerialNumber": oid(f"{_PRINTER}.5.1.1.17"),
}
"""Columns whose index is hrDeviceIndex; a printer is nearly always device 1."""

PER_MARKER: Final[dict[str, Oid]] = {
    "prtMarkerCounterUnit": oid(f"{_PRINTER}.10.2.1.3"),
    "prtMarkerLifeCount": oid(f"{_PRINTER}.10.2.1.4"),
}
"""Columns whose index is hrDeviceIndex and prtMarkerIndex."""

CHARACTER_SET: Final = oid(f"{_PRINTER}.7.1.1.4")
"""prtLocalizationCharacterSet, by hrDeviceIndex and prtLocalizationIndex."""

ENGINE_ID: Final = oid("1.3.6.1.6.3.10.2.1.1.0")
"""snmpEngineID."""

PHYSICAL_ADDRESSES: Final[dict[str, Oid]] = {"ifPhysAddress": oid(f"{_MIB_2}.2.2.1.6")}

SUPPLIES: Final[dict[str, Oid]] = {
    name: oid(f"{_PRINTER}.11.1.1.{column}")
    for name, column in {
        "prtMarkerSuppliesColorantIndex": 3,
        "prtMarkerSuppliesClass": 4,
        "prtMarkerSuppliesType": 5,
        "prtMarkerSuppliesDescription": 6,
        "prtMarkerSuppliesSupplyUnit": 7,
        "prtMarkerSuppliesMaxCapacity": 8,
        "prtMarkerSuppliesLevel": 9,
    }.items()
}

COLORANTS: Final[dict[str, Oid]] = {"prtMarkerColorantValue": oid(f"{_PRINTER}.12.1.1.4")}

TRAYS: Final[dict[str, Oid]] = {
    name: oid(f"{_PRINTER}.8.2.1.{column}")
    for name, column in {
        "prtInputType": 2,
        "prtInputCapacityUnit": 8,
        "prtInputMaxCapacity": 9,
        "prtInputCurrentLevel": 10,
        "prtInputStatus": 11,
        "prtInputMediaName": 12,
        "prtInputName": 13,
        "prtInputDescription": 18,
    }.items()
}

ALERTS: Final[dict[str, Oid]] = {
    name: oid(f"{_PRINTER}.18.1.1.{column}")
    for name, column in {
        "prtAlertSeverityLevel": 2,
        "prtAlertTrainingLevel": 3,
        "prtAlertGroup": 4,
        "prtAlertGroupIndex": 5,
        "prtAlertLocation": 6,
        "prtAlertCode": 7,
        "prtAlertDescription": 8,
        "prtAlertTime": 9,
    }.items()
}

DEVICE_STATUS: Final = {1: "unknown", 2: "running", 3: "warning", 4: "testing", 5: "down"}
PRINTER_STATUS: Final = {1: "other", 2: "unknown", 3: "idle", 4: "printing", 5: "warmup"}

DETECTED_ERRORS: Final = (
    "low_paper",
    "no_paper",
    "low_toner",
    "no_toner",
    "door_open",
    "jammed",
    "offline",
    "service_requested",
    "input_tray_missing",
    "output_tray_missing",
    "marker_supply_missing",
    "output_near_full",
    "output_full",
    "input_tray_empty",
    "overdue_prevent_maint",
)
"""Bits of hrPrinterDetectedErrorState, from the highest of the first octet (RFC 2790 section 4)."""

SUPPLY_CLASS: Final = {1: "other", 3: "supplyThatIsConsumed", 4: "receptacleThatIsFilled"}

SUPPLY_TYPE: Final = {
    1: "other",
    2: "unknown",
    3: "toner",
    4: "wasteToner",
    5: "ink",
    6: "inkCartridge",
    7: "inkRibbon",
    8: "wasteInk",
    9: "opc",
    10: "developer",
    11: "fuserOil",
    12: "solidWax",
    13: "ribbonWax",
    14: "wasteWax",
    15: "fuser",
    16: "coronaWire",
    17: "fuserOilWick",
    18: "cleanerUnit",
    19: "fuserCleaningPad",
    20: "transferUnit",
    21: "tonerCartridge",
    22: "fuserOiler",
    23: "water",
    24: "wasteWater",
    25: "glueWaterAdditive",
    26: "wastePaper",
    27: "bindingSupply",
    28: "bandingSupply",
    29: "stitchingWire",
    30: "shrinkWrap",
    31: "paperWrap",
    32: "staples",
    33: "inserts",
    34: "covers",
}

UNIT: Final = {
    1: "other",
    2: "unknown",
    3: "tenThousandthsOfInches",
    4: "micrometers",
    5: "characters",
    6: "lines",
    7: "impressions",
    8: "sheets",
    9: "dotRow",
    11: "hours",
    12: "thousandthsOfOunces",
    13: "tenthsOfGrams",
    14: "hundrethsOfFluidOunces",
    15: "tenthsOfMilliliters",
    16: "feet",
    17: "meters",
    18: "items",
    19: "percent",
}
"""PrtMarkerCounterUnitTC, PrtMarkerSuppliesSupplyUnitTC and PrtCapacityUnitTC, which share their numbers."""

PERCENT: Final = "percent"

INPUT_TYPE: Final = {
    1: "other",
    2: "unknown",
    3: "sheetFeedAutoRemovableTray",
    4: "sheetFeedAutoNonRemovableTray",
    5: "sheetFeedManual",
    6: "continuousRoll",
    7: "continuousFanFold",
}

ALERT_SEVERITY: Final = {1: "other", 3: "critical", 4: "warning", 5: "warningBinaryChangeEvent"}

ALERT_TRAINING: Final = {
    1: "other",
    2: "unknown",
    3: "untrained",
    4: "trained",
    5: "fieldService",
    6: "management",
    7: "noInterventionRequired",
}

ALERT_GROUP: Final = {
    1: "other",
    3: "hostResourcesMIBStorageTable",
    4: "hostResourcesMIBDeviceTable",
    5: "generalPrinter",
    6: "cover",
    7: "localization",
    8: "input",
    9: "output",
    10: "marker",
    11: "markerSupplies",
    12: "markerColorant",
    13: "mediaPath",
    14: "channel",
    15: "interpreter",
    16: "consoleDisplayBuffer",
    17: "consoleLights",
    18: "alert",
    30: "finDevice",
    31: "finSupply",
    32: "finSupplyMediaInput",
    33: "finAttribute",
}

ALERT_CODE: Final = {
    1: "other",
    2: "unknown",
    3: "coverOpen",
    4: "coverClosed",
    5: "interlockOpen",
    6: "interlockClosed",
    7: "configurationChange",
    8: "jam",
    9: "subunitMissing",
    10: "subunitLifeAlmostOver",
    11: "subunitLifeOver",
    12: "subunitAlmostEmpty",
    13: "subunitEmpty",
    14: "subunitAlmostFull",
    15: "subunitFull",
    16: "subunitNearLimit",
    17: "subunitAtLimit",
    18: "subunitOpened",
    19: "subunitClosed",
    20: "subunitTurnedOn",
    21: "subunitTurnedOff",
    22: "subunitOffline",
    23: "subunitPowerSaver",
    24: "subunitWarmingUp",
    25: "subunitAdded",
    26: "subunitRemoved",
    27: "subunitResourceAdded",
    28: "subunitResourceRemoved",
    29: "subunitRecoverableFailure",
    30: "subunitUnrecoverableFailure",
    31: "subunitRecoverableStorageError",
    32: "subunitUnrecoverableStorageError",
    33: "subunitMotorFailure",
    34: "subunitMemoryExhausted",
    35: "subunitUnderTemperature",
    36: "subunitOverTemperature",
    37: "subunitTimingFailure",
    38: "subunitThermistorFailure",
    501: "doorOpen",
    502: "doorClosed",
    503: "powerUp",
    504: "powerDown",
    505: "printerNMSReset",
    506: "printerManualReset",
    507: "printerReadyToPrint",
    801: "inputMediaTrayMissing",
    802: "inputMediaSizeChange",
    803: "inputMediaWeightChange",
    804: "inputMediaTypeChange",
    805: "inputMediaColorChange",
    806: "inputMediaFormPartsChange",
    807: "inputMediaSupplyLow",
    808: "inputMediaSupplyEmpty",
    809: "inputMediaChangeRequest",
    810: "inputManualInputRequest",
    811: "inputTrayPositionFailure",
    812: "inputTrayElevationFailure",
    813: "inputCannotFeedSizeSelected",
    901: "outputMediaTrayMissing",
    902: "outputMediaTrayAlmostFull",
    903: "outputMediaTrayFull",
    904: "outputMailboxSelectFailure",
    1001: "markerFuserUnderTemperature",
    1002: "markerFuserOverTemperature",
    1003: "markerFuserTimingFailure",
    1004: "markerFuserThermistorFailure",
    1005: "markerAdjustingPrintQuality",
    1101: "markerTonerEmpty",
    1102: "markerInkEmpty",
    1103: "markerPrintRibbonEmpty",
    1104: "markerTonerAlmostEmpty",
    1105: "markerInkAlmostEmpty",
    1106: "markerPrintRibbonAlmostEmpty",
    1107: "markerWasteTonerReceptacleAlmostFull",
    1108: "markerWasteInkReceptacleAlmostFull",
    1109: "markerWasteTonerReceptacleFull",
    1110: "markerWasteInkReceptacleFull",
    1111: "markerOpcLifeAlmostOver",
    1112: "markerOpcLifeOver",
    1113: "markerDeveloperAlmostEmpty",
    1114: "markerDeveloperEmpty",
    1115: "markerTonerCartridgeMissing",
    1301: "mediaPathMediaTrayMissing",
    1302: "mediaPathMediaTrayAlmostFull",
    1303: "mediaPathMediaTrayFull",
    1304: "mediaPathCannotDuplexMediaSelected",
    1501: "interpreterMemoryIncrease",
    1502: "interpreterMemoryDecrease",
    1503: "interpreterCartridgeAdded",
    1504: "interpreterCartridgeDeleted",
    1505: "interpreterResourceAdded",
    1506: "interpreterResourceDeleted",
    1507: "interpreterResourceUnavailable",
    1509: "interpreterComplexPageEncountered",
    1801: "alertRemovalOfBinaryChangeEntry",
}


def word(table: dict[int, str], number: int | None) -> str | None:
    """Return the MIB's word for a number, `code N` for one that the MIB does not have, None for an absent one."""
    return None if number is None else table.get(number, f"code {number}")
