"""The transactional store: inbox, curriculum, students, goals (SQLite by default, PostgreSQL by DATABASE_URL)."""
