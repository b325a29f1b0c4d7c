"""Storage and meaning: events, lake, store, tables, builds, snapshots; the only package with SQL.

What a number means belongs here; who may see it (api), when it is made (pipelines) and how it looks
(reports) do not.
"""
