"""The engine of one folder: Whoosh inverts the documents, memory-mapped arrays answer the queries."""
