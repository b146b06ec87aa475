"""What the portal is born with: vocabularies, sourced facts and illustrative records."""
