from mainspring.core.modules import Module


class PrivacyModule(Module):
    name = "mainspring.privacy"
