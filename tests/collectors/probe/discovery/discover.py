"""One run of the discovery input: `python discover.py DIRECTORY SUBNET` prints its events as JSON."""

import json
import sys
from pathlib import Path

from collectors.catalogue import problems
from collectors.inventory import ASSETS
from collectors.inventory.outbox import Outbox
from collectors.inventory.register import Register
from collectors.probe.discovery.fence import fence_of
from collectors.probe.discovery.input import Discovery
from collectors.probe.discovery.plan import Plan


def main(directory: Path, subnet: str) -> None:
    register = Register(ASSETS, directory / "assets.json.gz", Outbox(directory / "inventory"))
    plan = Plan(fence_of([subnet]), ("mfp_color",), rate=600.0)
    points = Discovery(plan, directory / "discovery.json", register, vanish_after=2).gather()
    assert problems(points) == []
    events = [dict(each.tags) for each in points if each.measurement == "asset_event"]
    sys.stdout.write(json.dumps({"events": events}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
