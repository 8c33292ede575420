from mainspring.core.modules import Module


class BackupsModule(Module):
    name = "mainspring.backups"
