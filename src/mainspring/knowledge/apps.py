from mainspring.core.modules import Module


class KnowledgeModule(Module):
    name = "mainspring.knowledge"
