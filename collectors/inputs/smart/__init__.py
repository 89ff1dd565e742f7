"""Health of drives, as smartctl reads it: ATA, NVMe and SAS, also behind USB bridges and RAID controllers."""

from collectors.inputs.smart.declaration import INPUT

__all__ = ["INPUT"]
