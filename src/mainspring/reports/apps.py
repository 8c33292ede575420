from mainspring.core.modules import Module


class ReportsModule(Module):
    name = "mainspring.reports"
