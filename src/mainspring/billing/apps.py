from mainspring.core.modules import Module


class BillingModule(Module):
    name = "mainspring.billing"
