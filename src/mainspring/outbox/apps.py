from mainspring.core.modules import Module


class OutboxModule(Module):
    name = "mainspring.outbox"
