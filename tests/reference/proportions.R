# Regenerates tests/reference/proportions.csv: intervals of single proportions from base R.
#   Rscript tests/reference/proportions.R tests/reference/proportions.csv
# Clopper-Pearson: binom.test. Wilson: prop.test without continuity correction. Jeffreys: qbeta, with the
# limits of Brown, Cai and DasGupta (2001) at 0 and at all events. Bound for no event: 1 - alpha^(1/n).
out <- commandArgs(trailingOnly = TRUE)[1]
cases <- expand.grid(total = c(1, 2, 5, 8, 16, 17, 26, 30, 61, 100, 358, 10330), level = c(0.8, 0.95, 0.99))
rows <- list()
for (i in seq_len(nrow(cases))) {
  n <- cases$total[i]; level <- cases$level[i]; a <- 1 - level
  for (x in unique(c(0, 1, 2, round(n / 3), round(0.5 * n), n - 1, n))) {
    if (x < 0 || x > n) next
    exact <- binom.test(x, n, conf.level = level)$conf.int
    wilson <- suppressWarnings(prop.test(x, n, conf.level = level, correct = FALSE)$conf.int)
    jeffreys <- c(if (x == 0) 0 else qbeta(a / 2, x + 0.5, n - x + 0.5), if (x == n) 1 else qbeta(1 - a / 2, x + 0.5, n - x + 0.5))
    add <- function(method, limits) data.frame(method = method, events = x, total = n, level = level, low = limits[1], high = limits[2])
    rows <- c(rows, list(add("clopper-pearson", exact), add("wilson", wilson), add("jeffreys", jeffreys)))
  }
  rows <- c(rows, list(data.frame(method = "zero-event", events = 0, total = n, level = level, low = NA, high = 1 - a^(1 / n))))
}
table <- do.call(rbind, rows)
table$low <- format(table$low, digits = 17, scientific = TRUE, trim = TRUE)
table$high <- format(table$high, digits = 17, scientific = TRUE, trim = TRUE)
con <- file(out, open = "wb")
writeLines(paste0("# R ", getRversion(), ", base packages; see proportions.R"), con)
write.csv(table, con, row.names = FALSE, quote = FALSE)
close(con)
