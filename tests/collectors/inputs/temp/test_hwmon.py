from pathlib import Path

from collectors.inputs.temp.hwmon import from_tree, read_tree


def _write(root: Path, files: dict[str, str]) -> None:
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content)


def test_it_reads_a_tree_on_disk_with_the_device_behind_each_chip(tmp_path: Path) -> None:
    _write(tmp_path, {"hwmon/hwmon0/name": "nvme\n", "hwmon/hwmon0/temp1_input": "41850\n", "nvme0/x": ""})
    (tmp_path / "hwmon/hwmon0/device").symlink_to(tmp_path / "nvme0")
    (reading,) = from_tree(read_tree(tmp_path))
    assert (reading.chip, reading.where, reading.celsius) == ("nvme", "nvme0", 41.85)


def test_it_reads_the_layout_of_old_kernels(tmp_path: Path) -> None:
    _write(tmp_path, {"hwmon/hwmon0/device/name": "coretemp", "hwmon/hwmon0/device/temp2_input": "50000"})
    (reading,) = from_tree(read_tree(tmp_path))
    assert (reading.chip, reading.feature, reading.celsius) == ("coretemp", "temp2", 50.0)


def test_it_does_not_touch_disks(tmp_path: Path) -> None:
    _write(tmp_path, {"hwmon/hwmon0/name": "drivetemp", "hwmon/hwmon0/temp1_input": "30000"})
    assert read_tree(tmp_path) == {}


def test_it_takes_thermal_zones_where_there_is_no_chip(tmp_path: Path) -> None:
    _write(tmp_path, {"thermal/thermal_zone0/type": "cpu-thermal", "thermal/thermal_zone0/temp": "47000"})
    (reading,) = from_tree(read_tree(tmp_path))
    assert (reading.sensor, reading.celsius) == ("cpu-thermal", 47.0)


def test_it_survives_a_sensor_that_cannot_be_read(tmp_path: Path) -> None:
    _write(tmp_path, {"hwmon/hwmon0/name": "nouveau"})
    (tmp_path / "hwmon/hwmon0/temp1_input").mkdir()
    (reading,) = from_tree(read_tree(tmp_path))
    assert reading.celsius is None


def test_it_gives_nothing_without_sysfs(tmp_path: Path) -> None:
    assert from_tree(read_tree(tmp_path / "none")) == []
