"""What the notebooks call: evidence, statistics, figures, tables, sentences, results, rendering."""
