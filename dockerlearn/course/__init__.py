"""What turns pages into a verified site: finding their blocks, running them, repairing them, and checking what was built.

It imports from the rooms below it: learn, terminal, client, hub and model. It needs the `course` extra.
"""
