"""Topics, the articles under them, and what readers said of them."""

from mainspring.knowledge.models.article import ARTICLE, HELP, Article, ArticleQuerySet, Audience
from mainspring.knowledge.models.topic import Topic, TopicQuerySet
from mainspring.knowledge.models.verdict import Verdict, Verdicts

__all__ = ["ARTICLE", "HELP", "Article", "ArticleQuerySet", "Audience", "Topic", "TopicQuerySet", "Verdict", "Verdicts"]
