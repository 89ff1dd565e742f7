"""A simulated office: a small accounting firm with 90 days of plausible history and known incidents.

It is a room of its own, beside `api.local`, because more than `karte up --demo` reads it: tests, benchmarks and
backtests of dashboards, rules and reports need the same data without starting any process. Everything here is a pure
function of (seed, anchor, time): the same three give the same points, in whatever order and however often they are
asked for. Sending them is `api.local`'s business.
"""
