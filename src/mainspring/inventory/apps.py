from mainspring.core.modules import Module


class InventoryModule(Module):
    name = "mainspring.inventory"
