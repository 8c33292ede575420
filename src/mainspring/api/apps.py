from mainspring.core.modules import Module


class ApiModule(Module):
    name = "mainspring.api"
    label = "api"
