# Regenerates tests/reference/rates.csv: exact limits of Poisson rates and one-sided bounds of proportions, from base R.
#   Rscript tests/reference/rates.R tests/reference/rates.csv
# rate-interval: poisson.test, two-sided. rate-bound: poisson.test(alternative = "less"). proportion-bound:
# binom.test(alternative = "less"); there the exposure is the total.
out <- commandArgs(trailingOnly = TRUE)[1]
exact <- function(x) format(x, digits = 17, scientific = TRUE, trim = TRUE)
cases <- expand.grid(events = c(0, 1, 2, 5, 17, 300), exposure = c(0.5, 12, 26, 1146, 52000), level = c(0.6, 0.8, 0.95, 0.99))
rows <- list()
for (i in seq_len(nrow(cases))) {
  x <- cases$events[i]; time <- cases$exposure[i]; level <- cases$level[i]
  add <- function(kind, limits) data.frame(kind = kind, events = x, exposure = time, level = level, low = limits[1], high = limits[2])
  rows <- c(rows, list(add("rate-interval", poisson.test(x, time, conf.level = level)$conf.int)))
  rows <- c(rows, list(add("rate-bound", poisson.test(x, time, alternative = "less", conf.level = level)$conf.int)))
  if (time >= x && time == round(time)) {
    rows <- c(rows, list(add("proportion-bound", binom.test(x, time, alternative = "less", conf.level = level)$conf.int)))
  }
}
for (n in c(1, 5)) {
  x <- n; time <- n; level <- 0.95
  add <- function(kind, limits) data.frame(kind = kind, events = x, exposure = time, level = level, low = limits[1], high = limits[2])
  rows <- c(rows, list(add("proportion-bound", binom.test(x, time, alternative = "less", conf.level = level)$conf.int)))
}
table <- do.call(rbind, rows)
for (name in c("low", "high")) table[[name]] <- exact(table[[name]])
con <- file(out, open = "wb")
writeLines(paste0("# R ", getRversion(), ", base packages; see rates.R"), con)
write.csv(table, con, row.names = FALSE, quote = FALSE)
close(con)
