from mainspring.core.modules import Module


class CoreModule(Module):
    name = "mainspring.core"
