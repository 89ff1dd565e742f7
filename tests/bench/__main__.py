"""`make bench`: run the measurements named on the command line, or all of them.

A bench is a module here with `measure() -> list[Figure]`; it is listed in `BENCHES`.
"""

import argparse
import importlib
import os
import platform
import sys

from tests.bench.figure import Figure, as_json, as_table

BENCHES = {
    "gateway": "gateway write against direct InfluxDB write",
    "query": "gateway query against direct InfluxDB query",
    "dashboards": "all queries of each customers' dashboard, 50 devices, 30 days",
    "scale": "cost per contract: 10, 100 and 1,000 contracts in one influxd",
    "rules": "alert rules: incidents of 90 days found, false alerts, backtests, a round of 1,000 contracts",
    "analysis": "the analysis of devices: drives of known fate and the simulated office's incidents",
    "report": "a report step by step: 10 devices of the simulated office, and 100",
    "rollup": "the hourly rollup: cost of an hour, and folding here against folding in influxd",
    "sync": "Grafana in step with 1,000 contracts: all of it made, and nothing to do",
    "relay": "a burst of 10,000 findings, told through a channel that refuses half",
    "contracts": "every list and search with 10,000 contracts and 100,000 devices, on SQLite and PostgreSQL",
    "agent": "the agent's memory and CPU",
    "snmp": "SNMP polls against net-snmp's snmpbulkwalk",
}


def main() -> int:
    """Run benches and print a table and JSON."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("bench", nargs="*", help=f"any of: {', '.join(BENCHES)}; all if none is named")
    chosen = parser.parse_args().bench or list(BENCHES)
    unknown = [name for name in chosen if name not in BENCHES]
    if unknown:
        parser.error(f"no bench named {', '.join(unknown)}; there are: {', '.join(BENCHES)}")
    figures: list[Figure] = []
    for name in chosen:
        sys.stderr.write(f"measuring {BENCHES[name]} …\n")
        figures += importlib.import_module(f"tests.bench.bench_{name}").measure()
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    sys.stdout.write(f"Measured on: {machine}\n\n{as_table(figures)}\n\n{as_json(figures)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
