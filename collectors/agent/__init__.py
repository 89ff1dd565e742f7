"""The agent: configuration, runner, spool on disk, sender."""
