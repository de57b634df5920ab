"""The drift score: what could change in the pages or in the model without anybody noticing."""
