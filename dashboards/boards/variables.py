"""The choices at the top of the pages."""

from collectors.text import Text
from dashboards.board import Board

SITE = Text("拠点", "Site")
DEVICE = Text("機器", "Device")


def with_sites(board: Board) -> Board:
    """Add the choice of sites."""
    return board.variable("site", SITE, 'SHOW TAG VALUES FROM "device_status" WITH KEY = "site"')


def with_devices(board: Board, *, multi: bool = True) -> Board:
    """Add the choice of sites and of devices.

    Args:
        board: the page.
        multi: False where one device is shown at a time.
    """
    with_sites(board)
    hosts = 'SHOW TAG VALUES FROM "system" WITH KEY = "host" WHERE "site" =~ /^$site$/'
    return board.variable("device", DEVICE, hosts, multi=multi)
