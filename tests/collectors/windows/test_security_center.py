import pytest

from collectors.windows.security_center import Switch, decode, read, read_table


@pytest.mark.parametrize(
    ("value", "switch", "up_to_date"),
    [
        (0x041000, Switch.ON, True),
        (0x041010, Switch.ON, False),
        (0x040000, Switch.OFF, True),
        (0x042000, Switch.SNOOZED, True),
        (0x043010, Switch.EXPIRED, False),
        (0x061101, Switch.ON, False),
        (0x061100, Switch.ON, True),
        (0x0B1000, Switch.ON, True),
        (0x04F000, Switch.UNKNOWN, None),
    ],
)
def test_it_decodes_a_product_state(value: int, switch: Switch, up_to_date: bool | None) -> None:
    assert decode(value) == (switch, up_to_date)


@pytest.mark.parametrize("value", [0, -1, 26624, 0x1000000, 2**40])
def test_it_says_nothing_of_numbers_that_are_no_product_state(value: int) -> None:
    assert decode(value) == (Switch.UNKNOWN, None)


def test_it_lists_a_product_without_a_state_as_unknown() -> None:
    (product,) = read([{"displayname": "Norton", "instanceguid": "{1}", "productstate": ""}])
    assert (product.name, product.switch) == ("Norton", Switch.UNKNOWN)


def test_it_reads_the_truth_values_of_windows_xp() -> None:
    record: dict[str, object] = {"displayname": "Norton", "onaccessscanningenabled": "TRUE", "productuptodate": "FALSE"}
    (product,) = read([record])
    assert (product.switch, product.up_to_date, product.state) == (Switch.ON, False, None)


def test_it_reads_both_column_orders_of_a_table() -> None:
    assert [(each.name, each.state) for each in read_table("ESET Security    266240\n397568  Windows Defender\n")] == [
        ("ESET Security", 266240),
        ("Windows Defender", 397568),
    ]
