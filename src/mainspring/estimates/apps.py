from mainspring.core.modules import Module


class EstimatesModule(Module):
    name = "mainspring.estimates"
