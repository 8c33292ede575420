from mainspring.core.modules import Module


class NotificationsModule(Module):
    name = "mainspring.notifications"
