from mainspring.core.modules import Module


class InboxModule(Module):
    name = "mainspring.inbox"
