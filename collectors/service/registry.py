"""The table of what the service itself stores. No sender may write these: it could forge how it stands."""

from collectors.declaration import Measurement
from collectors.service.agent import AGENT_STATUS
from collectors.service.contract import CONTRACT_STATUS
from collectors.service.delivery import SERVICE_DELIVERY
from collectors.service.device import DEVICE_STATUS
from collectors.service.engine import SERVICE_ENGINE
from collectors.service.finding import FINDING
from collectors.service.forecast import FORECAST
from collectors.service.gateway import SERVICE_GATEWAY
from collectors.service.ingest import AGENT_LOSS, CONTRACT_INGEST
from collectors.service.job import SERVICE_JOB, SERVICE_ROLLUP
from collectors.service.threshold import RULE_THRESHOLD

SERVICE_MEASUREMENTS: tuple[Measurement, ...] = (
    DEVICE_STATUS,
    CONTRACT_STATUS,
    CONTRACT_INGEST,
    AGENT_LOSS,
    AGENT_STATUS,
    FINDING,
    FORECAST,
    RULE_THRESHOLD,
    SERVICE_GATEWAY,
    SERVICE_JOB,
    SERVICE_ROLLUP,
    SERVICE_ENGINE,
    SERVICE_DELIVERY,
)
