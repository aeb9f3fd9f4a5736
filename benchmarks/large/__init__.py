"""The three jobs of the scale benchmark, by each tool, over invented trade."""
