"""What people use, counted by day and without knowing them."""
