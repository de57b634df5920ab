"""The drift score: what could change in the pages or in the package without anybody noticing."""
