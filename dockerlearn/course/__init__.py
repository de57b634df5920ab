"""What turns pages into a verified site. Needs the `course` extra."""
