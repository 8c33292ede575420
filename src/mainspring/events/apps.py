from mainspring.core.modules import Module


class EventsModule(Module):
    name = "mainspring.events"
