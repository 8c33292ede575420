"""The tables of work."""

from mainspring.work.models.catalogue import DiagnosticRule, Service, ServiceCategory
from mainspring.work.models.charge import Charge, Locked, why_locked
from mainspring.work.models.labour import Labour, add_service
from mainspring.work.models.parts import UsedPart, use_part
from mainspring.work.models.timer import Timer, clock, start_timer

__all__ = [
    "Charge",
    "DiagnosticRule",
    "Labour",
    "Locked",
    "Service",
    "ServiceCategory",
    "Timer",
    "UsedPart",
    "add_service",
    "clock",
    "start_timer",
    "use_part",
    "why_locked",
]
