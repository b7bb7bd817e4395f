"""Rules on registered addresses: checked as they are written, on demand, and over everything."""
