"""Use cases: each takes the session, the actor and what it acts on; doors own the transaction."""
