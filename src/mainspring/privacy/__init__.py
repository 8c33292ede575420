"""What is kept about people, and who looked: the audit trail's pages, getting and erasing a person's data, retention.

It records what was exported, erased and let go. It stands above every module, since everybody's words are everywhere.
"""
