"""How long disks, supplies, batteries and SSDs will last, from the hourly rollup, as points."""
