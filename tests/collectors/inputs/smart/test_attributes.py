import pytest

from collectors.inputs.smart.attributes import counters, endurance_used, raw_count, read_attributes
from collectors.inputs.smart.drive import Attribute, Failed


def _attribute(number: int, name: str, value: int | None, raw: int | None) -> Attribute:
    return Attribute(number, name, value, value, 0, "-O--CK", Failed.NO, raw)


@pytest.mark.parametrize(
    ("text", "number", "count"),
    [
        ("36 (Min/Max 20/41)", 176_094_511_130, 36),
        ("22566h+01m+09.514s", 298_560_356_636_710, 22566),
        ("1/1162", 16_778_378, 1),
        ("0 0 0", 0, 0),
        ("0x0009000c0008", 38_654_967_816, None),
        (None, 7, 7),
        ("-", None, None),
    ],
)
def test_it_takes_the_count_out_of_a_packed_raw_value(text: str | None, number: int | None, count: int | None) -> None:
    assert raw_count(text, number) == count


@pytest.mark.parametrize(
    ("number", "name", "value", "raw", "used"),
    [
        (177, "Wear_Leveling_Count", 81, 278, 19),
        (173, "Wear_Leveling_Count", 195, 0, None),
        (202, "Percent_Lifetime_Remain", 88, 12, 12),
        (202, "Perc_Rated_Life_Used", 100, 37, 37),
        (202, "Exception_Mode_Status", 100, 0, None),
        (231, "SSD_Life_Left", 100, 74, 26),
        (231, "SSD_Life_Left", 98, 0, 2),
        (233, "Media_Wearout_Indicator", 55, 0, 45),
        (230, "Media_Wearout_Indicator", 1, 5, None),
        (233, "Flash_Writes_GiB", 100, 840_007, None),
        (169, "Remaining_Lifetime_Perc", 93, 93, 7),
        (169, "Unknown_Attribute", 100, 100, None),
        (169, "Remaining_Lifetime_Perc", 0, 0, None),
        (202, "Percent_Lifetime_Remain", 0, 103, 100),
    ],
)
def test_it_knows_which_attribute_tells_wear(number: int, name: str, value: int, raw: int, used: int | None) -> None:
    assert endurance_used([_attribute(number, name, value, raw)]) == used


def test_it_counts_only_where_the_name_agrees_with_the_number() -> None:
    table = [
        _attribute(5, "Retired_Block_Count", 100, 1),
        _attribute(197, "Not_In_Use", 100, 9),
        _attribute(198, "Host_Reads_GiB", 100, 4_000),
        _attribute(199, "SATA_CRC_Error_Count", 100, 2**33),
    ]
    assert counters(table) == {"reallocated": 1}


def test_it_passes_over_rows_of_another_form() -> None:
    table = [None, 5, {"id": "five"}, {"id": 0}, {"id": 9, "raw": {"string": "12"}}]
    (attribute,) = read_attributes({"ata_smart_attributes": {"table": table}})
    assert (attribute.id, attribute.name, attribute.value, attribute.raw) == (9, "Unknown_Attribute", None, 12)
