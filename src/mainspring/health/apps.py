from mainspring.core.modules import Module


class HealthModule(Module):
    name = "mainspring.health"
