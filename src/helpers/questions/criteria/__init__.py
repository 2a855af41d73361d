"""Whether the evidence meets the criteria of the article."""
