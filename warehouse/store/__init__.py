"""The transactional store: what changes in place, under SQLAlchemy Core and Alembic.

Inbox, curriculum, students and goals belong here; landed events and figures do not.
"""
