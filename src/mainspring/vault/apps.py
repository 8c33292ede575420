from mainspring.core.modules import Module


class VaultModule(Module):
    name = "mainspring.vault"
