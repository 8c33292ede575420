"""The routes of the stock."""

from django.urls import path

from mainspring.inventory import desk

desk_urls = [
    path("stock/", desk.products, name="products"),
    path("stock/products.csv", desk.products_csv, name="products_csv"),
    path("stock/movements.csv", desk.movements_csv, name="movements_csv"),
    path("stock/options", desk.product_options, name="product_options"),
    path("stock/add", desk.add_product, name="add_product"),
    path("stock/<int:pk>/", desk.product, name="product"),
    path("stock/<int:pk>/edit", desk.edit_product, name="edit_product"),
    path("stock/<int:pk>/receive", desk.receive_stock, name="receive_stock"),
    path("stock/<int:pk>/count", desk.count_stock, name="count_stock"),
    path("stock/suppliers/", desk.suppliers, name="suppliers"),
    path("stock/suppliers/add", desk.add_supplier, name="add_supplier"),
    path("stock/suppliers/<int:pk>/edit", desk.edit_supplier, name="edit_supplier"),
    path("stock/categories/", desk.product_categories, name="product_categories"),
    path("stock/categories/add", desk.add_product_category, name="add_product_category"),
    path("stock/categories/<int:pk>/edit", desk.edit_product_category, name="edit_product_category"),
]
