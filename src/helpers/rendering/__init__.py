"""A batch of notebooks: plan, parameters, execution in processes of their own, cache, run records, and the book."""
