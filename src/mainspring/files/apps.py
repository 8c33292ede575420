from mainspring.core.modules import Module


class FilesModule(Module):
    name = "mainspring.files"
