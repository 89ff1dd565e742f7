"""InfluxQL's read statements: text to tree and back. Pure: nothing here knows of contracts, engines or HTTP.

Source: InfluxQL specification, https://docs.influxdata.com/influxdb/v1/query_language/spec/
"""
