"""What we know: articles under topics, for customers to help themselves by and for the staff to work by.

Records what happens to articles and topics. Who reads what is decided by `Article.objects.visible_to` and `public`
alone; what is a draft or the staff's is found under a kind of its own and never under the customers'.
"""
