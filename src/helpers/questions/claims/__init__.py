"""Whether the evidence bears out the claims of the article."""
