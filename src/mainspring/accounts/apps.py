from mainspring.core.modules import Module


class AccountsModule(Module):
    name = "mainspring.accounts"
