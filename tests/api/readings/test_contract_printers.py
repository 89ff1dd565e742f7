from api.readings.contract import read_contract
from api.readings.history import read_history
from tests.api.readings.conftest import ReaderOf
from tests.api.readings.stored import NOW, Store, mfp


def test_it_reads_a_printer_with_all_its_parts(store: Store, reader_of: ReaderOf) -> None:
    store.put("c-1", "d-1", mfp())
    store.put("c-2", "d-2", mfp(name="よその複合機"))

    (printer,) = read_contract(reader_of("c-1")).printers

    assert (printer.name, printer.model, printer.probe, printer.page_count) == (
        "複合機 2F",
        "KARTE MFP 3000",
        "d-1",
        184_022,
    )
    assert (printer.status, printer.errors) == ("idle", ("low_toner",))
    assert [(each.name.ja, each.percent, each.state) for each in printer.supplies] == [
        ("ブラックトナー", 62.0, "ok"),
        ("シアントナー", 8.0, "low"),
        ("マゼンタトナー", 41.0, "ok"),
        ("イエロートナー", 77.0, "ok"),
        ("Waste Toner Box", None, "some_left"),
    ]
    assert printer.supplies[-1].is_receptacle
    assert [(tray.name, tray.percent) for tray in printer.trays] == [("カセット1", 75.0)]
    assert [alert.text for alert in printer.alerts] == ["Cyan low"]
    assert read_contract(reader_of("c-1")).devices["d-1"].last_seen < NOW


def test_it_counts_the_pages_of_the_contracts_own_printer(store: Store, reader_of: ReaderOf) -> None:
    store.put("c-1", "d-1", mfp())
    store.put("c-2", "d-2", mfp("mfp-2"))

    pages = read_history(reader_of("c-1")).pages

    assert {asset: sum(series.known) for asset, series in pages.items()} == {"mfp-1": 1_022}
