"""What each role sees first: one frozen view per dashboard, put together from rows of queries.

A view is the same whether it becomes JSON, a page or a PDF. Figures come from SQL; here they are
only chosen, placed side by side and said in words.
"""
