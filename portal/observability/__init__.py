"""What the portal tells its operators."""
