"""The index: what the store holds, in SQLite, for questions. It is disposable, and made anew whenever it is missed."""
