"""When models are trained, judged and put into use, and how builds get predictions from them.

What a model is lives in `models/`; here are the kinds there are, the champions, and Dagster's part.
"""
