"""What the knowledge base records."""

from django.utils.translation import gettext_lazy as _

from mainspring.events.kinds import EventKind

ARTICLE_ADDED = EventKind("article.added", _("{who} wrote the article {name}"), icon="book")
ARTICLE_CHANGED = EventKind("article.changed", _("{who} changed the article {name}"), icon="pencil")
ARTICLE_PUBLISHED = EventKind("article.published", _("{who} published the article {name}"), icon="world")
ARTICLE_WITHDRAWN = EventKind("article.withdrawn", _("{who} took the article {name} back"), icon="eye-off")
ARTICLE_DELETED = EventKind("article.deleted", _("{who} deleted the article {name}"), icon="trash")
ARTICLE_HELPED = EventKind("article.helped", _("The article {name} helped a reader"), icon="thumb-up")
ARTICLE_FAILED = EventKind("article.failed", _("The article {name} did not help a reader"), icon="thumb-down")
TOPIC_ADDED = EventKind("topic.added", _("{who} added the topic {name}"), icon="books")
TOPIC_CHANGED = EventKind("topic.changed", _("{who} changed the topic {name}"), icon="books")
TOPIC_REMOVED = EventKind("topic.removed", _("{who} removed the topic {name}"), icon="books")
