"""One folder per question, named as its notebook: `rows` from the evidence, and `tables`, `figures` and `text` of them."""
