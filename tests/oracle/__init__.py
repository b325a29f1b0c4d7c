"""The oracle: every published student table, computed in dull Python from the written rules.

It shares no code with the product and never reads its SQL: plain loops over plain lists, slow and
obvious. What does not belong here: speed, storage, anything that the tables themselves do not say.
"""
