from mainspring.core.modules import Module


class SurveysModule(Module):
    name = "mainspring.surveys"
