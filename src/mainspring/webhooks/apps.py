from mainspring.core.modules import Module


class WebhooksModule(Module):
    name = "mainspring.webhooks"
