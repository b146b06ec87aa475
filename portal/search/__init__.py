"""Finding: from what a person typed to an ordered page of datasets."""
