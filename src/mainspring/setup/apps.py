from mainspring.core.modules import Module


class SetupModule(Module):
    name = "mainspring.setup"
