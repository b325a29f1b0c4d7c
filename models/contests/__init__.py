"""How a challenger of each kind learns, and is judged beside the champion.

What a model is stays in `models/`; when it is trained, and what becomes of it, is for `pipelines`.
"""
