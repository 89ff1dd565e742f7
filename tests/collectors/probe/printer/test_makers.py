from pathlib import Path

import pytest

from collectors.probe.printer.makers import DATA, MakerDataError, load_makers, makers

ENTRY = "- maker: Acme\n  names: [acme]\n  enterprises: [4711]\n"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (ENTRY + "  colour: red\n", "unknown field `colour`"),
        (ENTRY + "  serial: {oids: [not.an.oid], reason: because it is so}\n", "serial.oids"),
        (ENTRY + "  serial: {oids: [1.3.6.1.4.1.4711.1]}\n", "reason"),
        (ENTRY + "  serial: {oids: [1.3.6.1.4.1.4711.1], reason: short}\n", "reason"),
        (ENTRY + "  counters: {oids: {pages: 1.3.6.1.4.1.4711.1}, reason: because it is so}\n", "Invalid enum value"),
        (ENTRY + "  model: {reason: because it is so, noise: ['(']}\n", "Acme"),
        (ENTRY + "  model: {reason: because it is so, pattern: 'x(.*)'}\n", "no group named model"),
        (ENTRY + "  serial_pattern: 'SN (.*)'\n", "no group named serial"),
        (ENTRY + ENTRY, "twice"),
        ("- maker: [", "makers.yaml"),
        ("maker: Acme", "makers.yaml"),
    ],
)
def test_it_refuses_bad_data_and_says_where(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "makers.yaml"
    path.write_text(text)
    with pytest.raises(MakerDataError, match=reason) as caught:
        load_makers(path)
    assert "\n" not in str(caught.value)


def test_it_knows_the_makers_of_japanese_offices() -> None:
    known = {each.maker for each in makers()}
    assert known >= {
        *("Brother", "Canon", "Ricoh", "Konica Minolta", "Sharp", "FUJIFILM", "Fuji Xerox", "Xerox", "Kyocera", "OKI"),
        *("Epson", "HP", "Samsung", "Lexmark", "Dell"),
    }


def test_it_has_private_objects_only_below_the_makers_own_number() -> None:
    for maker in makers():
        for name, oid in maker.objects(with_serial=True).items():
            assert oid[:6] == (1, 3, 6, 1, 4, 1), (maker.maker, name)
            assert oid[6] in maker.enterprises, (maker.maker, name)


def test_it_has_no_enterprise_number_twice() -> None:
    numbers = [number for maker in makers() for number in maker.enterprises]
    assert len(numbers) == len(set(numbers))


def test_it_is_written_once_in_the_data_file() -> None:
    assert load_makers(DATA) == makers()
