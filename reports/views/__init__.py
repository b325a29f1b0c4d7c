"""What reports show: one frozen dataclass each, put together from rows of queries.

JSON, page, PDF and CSV are renderings of them; nothing of how they look belongs here.
"""
