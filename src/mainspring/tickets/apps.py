from mainspring.core.modules import Module


class TicketsModule(Module):
    name = "mainspring.tickets"
