"""What we stock: products, suppliers, and the ledger of every movement."""
