"""What we stock: products, suppliers, and the ledger of every movement.

Records what happens to products (received, taken, returned, counted, ran low). Knows no ticket: whoever takes a
part says for what, by a short reference (`ticket:5`) and a label that people read (`#1042`).
"""
