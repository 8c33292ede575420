"""The routes of the knowledge base."""

from django.urls import path

from mainspring.knowledge import desk, public, topics

desk_urls = [
    path("knowledge/", desk.articles, name="articles"),
    path("knowledge/write", desk.add_article, name="add_article"),
    path("knowledge/preview", desk.preview_article, name="preview_article"),
    path("knowledge/<int:pk>/", desk.article, name="article"),
    path("knowledge/<int:pk>/edit", desk.edit_article, name="edit_article"),
    path("knowledge/<int:pk>/publish", desk.publish_article, name="publish_article"),
    path("knowledge/<int:pk>/withdraw", desk.withdraw_article, name="withdraw_article"),
    path("knowledge/<int:pk>/remove", desk.remove_article, name="remove_article"),
    path("knowledge/topics/", topics.topics, name="topics"),
    path("knowledge/topics/add", topics.add_topic, name="add_topic"),
    path("knowledge/topics/<int:pk>/edit", topics.edit_topic, name="edit_topic"),
    path("knowledge/topics/<int:pk>/remove", topics.remove_topic, name="remove_topic"),
]
site_urls = [
    path("help/", public.help_pages, name="help"),
    path("help/topics/<str:slug>", public.help_topic, name="help_topic"),
    path("help/<str:slug>", public.help_article, name="help_article"),
    path("help/<str:slug>/verdict", public.give_verdict, name="give_verdict"),
]
