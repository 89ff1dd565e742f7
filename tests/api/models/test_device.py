from api.models import DeviceKind
from api.models.device import machine_hash


def test_the_hash_names_one_machine_in_one_contract() -> None:
    mine = machine_hash("c-1", DeviceKind.PC, "0f5b3c1e")
    assert mine == machine_hash("c-1", DeviceKind.SERVER, " 0F5B3C1E ")
    assert mine != machine_hash("c-1", DeviceKind.PC, "0f5b3c1f")
    assert mine != machine_hash("c-2", DeviceKind.PC, "0f5b3c1e")


def test_the_probe_on_a_target_device_is_a_device_of_its_own() -> None:
    assert machine_hash("c-1", DeviceKind.PC, "0f5b3c1e") != machine_hash("c-1", DeviceKind.PROBE, "0f5b3c1e")


def test_only_the_probe_is_no_target_device() -> None:
    assert [kind for kind in DeviceKind if not kind.is_target] == [DeviceKind.PROBE]
