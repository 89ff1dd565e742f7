"""Printers and multi-function devices over SNMP: RFC 3805 and RFC 2790, and what makers do in ways of their own.

`read` asks and returns raw answers, `build` makes a `model.Printer` of them without any input or output, `document` and
`points` write that down. Makers' quirks are data in `makers.yaml`.
"""
