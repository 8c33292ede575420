from mainspring.core.modules import Module


class CrmModule(Module):
    name = "mainspring.crm"
