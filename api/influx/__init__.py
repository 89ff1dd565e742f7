"""The engines: one small class each, behind `api.influx.engine.Engine`."""
