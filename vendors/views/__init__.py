"""Pages of the vendor register."""
