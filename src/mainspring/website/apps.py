from mainspring.core.modules import Module


class WebsiteModule(Module):
    name = "mainspring.website"
