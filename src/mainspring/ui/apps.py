from mainspring.core.modules import Module


class UiModule(Module):
    name = "mainspring.ui"
