"""How people hear of what concerns them: what is due, to whom, by which channel, and once.

What there is to tell is a table (`notifications.notifications`); how it was told lies in the store.
"""
