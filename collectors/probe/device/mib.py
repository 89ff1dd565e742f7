"""Objects of the standard MIBs that are read of every device, and the words of IANAifType.

Sources: SNMPv2-MIB (RFC 3418), IF-MIB (RFC 2863), EtherLike-MIB (RFC 3635), POWER-ETHERNET-MIB (RFC 3621),
HOST-RESOURCES-MIB (RFC 2790), BRIDGE-MIB (RFC 4188), SNMP-FRAMEWORK-MIB (RFC 3411), IANAifType-MIB.
"""

from typing import Final

from collectors.probe.snmp import Oid, oid

_MIB_2: Final = "1.3.6.1.2.1"
_IF: Final = f"{_MIB_2}.2.2.1"
_IF_X: Final = f"{_MIB_2}.31.1.1.1"
_DOT3: Final = f"{_MIB_2}.10.7.2.1"
_STORAGE: Final = f"{_MIB_2}.25.2.3.1"

SYS_DESCR: Final = f"{_MIB_2}.1.1.0"
SYS_OBJECT_ID: Final = f"{_MIB_2}.1.2.0"
SYS_UPTIME: Final = f"{_MIB_2}.1.3.0"
SYS_NAME: Final = f"{_MIB_2}.1.5.0"
SYS_LOCATION: Final = f"{_MIB_2}.1.6.0"
HR_SYSTEM_UPTIME: Final = f"{_MIB_2}.25.1.1.0"
BRIDGE_ADDRESS: Final = f"{_MIB_2}.17.1.1.0"
ENGINE_ID: Final = "1.3.6.1.6.3.10.2.1.1.0"

SYSTEM: Final = (
    SYS_DESCR,
    SYS_OBJECT_ID,
    SYS_UPTIME,
    SYS_NAME,
    SYS_LOCATION,
    HR_SYSTEM_UPTIME,
    BRIDGE_ADDRESS,
    ENGINE_ID,
)

COUNTERS: Final[dict[str, tuple[str, str]]] = {
    "in_octets": ("ifHCInOctets", "ifInOctets"),
    "out_octets": ("ifHCOutOctets", "ifOutOctets"),
    "in_packets": ("ifHCInUcastPkts", "ifInUcastPkts"),
    "out_packets": ("ifHCOutUcastPkts", "ifOutUcastPkts"),
    "in_errors": ("", "ifInErrors"),
    "out_errors": ("", "ifOutErrors"),
    "in_discards": ("", "ifInDiscards"),
    "out_discards": ("", "ifOutDiscards"),
    "fcs_errors": ("", "dot3StatsFCSErrors"),
    "alignment_errors": ("", "dot3StatsAlignmentErrors"),
    "late_collisions": ("", "dot3StatsLateCollisions"),
}
"""Our name to the 64-bit object and the 32-bit one. in_packets and out_packets are those to one receiver (unicast)."""

INTERFACES: Final[dict[str, Oid]] = {
    **{
        name: oid(f"{_IF}.{column}")
        for name, column in {
            "ifDescr": 2,
            "ifType": 3,
            "ifMtu": 4,
            "ifSpeed": 5,
            "ifPhysAddress": 6,
            "ifAdminStatus": 7,
            "ifOperStatus": 8,
            "ifInOctets": 10,
            "ifInUcastPkts": 11,
            "ifInDiscards": 13,
            "ifInErrors": 14,
            "ifOutOctets": 16,
            "ifOutUcastPkts": 17,
            "ifOutDiscards": 19,
            "ifOutErrors": 20,
        }.items()
    },
    **{
        name: oid(f"{_IF_X}.{column}")
        for name, column in {
            "ifName": 1,
            "ifHCInOctets": 6,
            "ifHCInUcastPkts": 7,
            "ifHCOutOctets": 10,
            "ifHCOutUcastPkts": 11,
            "ifHighSpeed": 15,
            "ifAlias": 18,
            "ifCounterDiscontinuityTime": 19,
        }.items()
    },
    **{
        name: oid(f"{_DOT3}.{column}")
        for name, column in {
            "dot3StatsAlignmentErrors": 2,
            "dot3StatsFCSErrors": 3,
            "dot3StatsLateCollisions": 8,
            "dot3StatsDuplexStatus": 19,
        }.items()
    },
}
"""ifTable, ifXTable and dot3StatsTable, which share their index."""

POE_PORTS: Final[dict[str, Oid]] = {"pethPsePortDetectionStatus": oid(f"{_MIB_2}.105.1.1.1.6")}
"""By pethPsePortGroupIndex and pethPsePortIndex."""

STORAGE: Final[dict[str, Oid]] = {
    "hrStorageType": oid(f"{_STORAGE}.2"),
    "hrStorageDescr": oid(f"{_STORAGE}.3"),
    "hrStorageAllocationUnits": oid(f"{_STORAGE}.4"),
    "hrStorageSize": oid(f"{_STORAGE}.5"),
    "hrStorageUsed": oid(f"{_STORAGE}.6"),
}

STORAGE_TYPES: Final = oid(f"{_MIB_2}.25.2.1")

ADMIN_STATUS: Final = {1: "up", 2: "down", 3: "testing"}
OPER_STATUS: Final = {
    1: "up",
    2: "down",
    3: "testing",
    4: "unknown",
    5: "dormant",
    6: "notPresent",
    7: "lowerLayerDown",
}
DUPLEX: Final = {2: "half", 3: "full"}
POE_STATUS: Final = {1: "disabled", 2: "searching", 3: "deliveringPower", 4: "fault", 5: "test", 6: "otherFault"}

IF_TYPE: Final = {
    1: "other",
    6: "ethernetCsmacd",
    7: "iso88023Csmacd",
    18: "ds1",
    20: "basicISDN",
    21: "primaryISDN",
    22: "propPointToPointSerial",
    23: "ppp",
    24: "softwareLoopback",
    32: "frameRelay",
    37: "atm",
    48: "modem",
    49: "aal5",
    53: "propVirtual",
    56: "fibreChannel",
    62: "fastEther",
    63: "isdn",
    71: "ieee80211",
    75: "isdns",
    77: "lapd",
    81: "ds0",
    94: "adsl",
    97: "vdsl",
    100: "voiceEM",
    101: "voiceFXO",
    102: "voiceFXS",
    103: "voiceEncap",
    104: "voiceOverIp",
    108: "pppMultilinkBundle",
    117: "gigabitEthernet",
    131: "tunnel",
    135: "l2vlan",
    136: "l3ipvlan",
    142: "ipForward",
    150: "mplsTunnel",
    160: "usb",
    161: "ieee8023adLag",
    166: "mpls",
    188: "radioMAC",
    209: "bridge",
    230: "adsl2",
    238: "adsl2plus",
    243: "wwanPP",
    244: "wwanPP2",
    251: "vdsl2",
}
