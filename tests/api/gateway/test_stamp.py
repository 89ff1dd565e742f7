from api.gateway.grant import WriteGrant
from api.gateway.lineprotocol import parse
from api.gateway.schema import build_schema
from api.gateway.stamp import series_key, stamp_tags
from collectors import catalogue
from collectors.declaration import Field, FieldType, Measurement, Tag
from collectors.text import Text

TEXT = Text("試験", "test")
DECLARED = Measurement(
    "disk",
    TEXT,
    (Tag("path", TEXT), Tag("block_device", TEXT, sent_as="device")),
    (Field("total", FieldType.INTEGER, TEXT),),
)
ALLOWED = build_schema([DECLARED])[b"disk"]
STAMP = stamp_tags(WriteGrant("c-1", "s-1", "d-1"))


def _key(line: bytes) -> bytes:
    return series_key(parse(line), ALLOWED, STAMP)[0]


def test_it_keeps_what_telegraf_means_by_a_tag_that_the_gateway_stamps() -> None:
    stored = _key(b"disk,device=sda1,path=/ total=1i 1")
    assert stored == b"disk,block_device=sda1,contract=c-1,device=d-1,path=/,site=s-1"


def test_it_prefers_our_own_name_where_a_line_has_both() -> None:
    stored = _key(b"disk,block_device=sdb,device=sda1,path=/ total=1i 1")
    assert stored == b"disk,block_device=sdb,contract=c-1,device=d-1,path=/,site=s-1"


def test_it_keeps_no_other_name_of_a_stamped_tag() -> None:
    assert _key(b"disk,contract=x,device=y,site=z total=1i 1").count(b"c-1") == 1


def test_telegrafs_disks_and_sensors_stay_apart() -> None:
    renamed = {name: tag.name for name, m in catalogue.measurements().items() for tag in m.tags if tag.sent_as}
    assert renamed == {
        "disk": "block_device",
        "smart_device": "block_device",
        "smart_attribute": "block_device",
        "temp": "chip",
    }
