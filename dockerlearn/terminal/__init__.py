"""The terminal: a shell, the programs that it and containers run, and the session that puts terminal and engine together.

It imports from the rooms below it: client, hub and model.
"""
