from mainspring.core.modules import Module


class WorkModule(Module):
    name = "mainspring.work"
