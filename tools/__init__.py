"""What only this repository needs, and no wheel holds."""
