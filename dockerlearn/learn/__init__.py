"""What helps a learner in the browser and at the prompt: the playground, the challenge, completion and advice.

It imports from the rooms below it: terminal, client, hub and model.
"""
