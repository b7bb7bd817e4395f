"""Text, structure or point → registered addresses, each with how sure and how near."""
