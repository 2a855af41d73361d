# Regenerates paired.csv, effect sizes of one group before and after, from metafor's escalc; trial_size.csv, the size of
# a trial of two proportions, from base R's power.prop.test; and differences.csv, intervals of a difference of proportions,
# put together as Zou and Donner (2008) do (MOVER): from the exact intervals of base R's binom.test, and from the Wilson
# intervals of prop.test, which is method 10 of Newcombe (1998).
#   Rscript tests/reference/comparisons.R tests/reference
# m1i is the mean after and m2i the mean before; SMCR divides by sd1i, so there sd1i is the SD before.
suppressPackageStartupMessages(library(metafor))
out <- commandArgs(trailingOnly = TRUE)[1]
exact <- function(x) format(x, digits = 17, scientific = TRUE, trim = TRUE)
header <- function(con, calls) {
  writeLines(paste0("# R ", getRversion(), ", metafor ", packageVersion("metafor"), "; ", calls, "; see comparisons.R"), con)
}
cases <- expand.grid(before = c(60, 8.5, 0.4), sd_before = c(0.5, 20), ratio = c(0.5, 1, 1.7), sd_ratio = c(0.6, 1.3),
                     n = c(4, 17, 61), r = c(-0.3, 0, 0.5, 0.9))
rows <- list()
for (measure in c("MC", "SMCC", "SMCR", "ROMC")) {
  for (i in seq_len(nrow(cases))) {
    case <- cases[i, ]
    after <- case$before * case$ratio; sd_after <- case$sd_before * case$sd_ratio
    sd1 <- if (measure == "SMCR") case$sd_before else sd_after
    sd2 <- if (measure == "SMCR") sd_after else case$sd_before
    found <- escalc(measure = measure, m1i = after, m2i = case$before, sd1i = sd1, sd2i = sd2, ni = case$n, ri = case$r)
    rows[[length(rows) + 1]] <- data.frame(measure = measure, mean_before = case$before, sd_before = case$sd_before,
      mean_after = after, sd_after = sd_after, n = case$n, r = case$r, effect = c(found$yi), variance = c(found$vi))
  }
}
table <- do.call(rbind, rows)
for (name in c("mean_after", "sd_after", "effect", "variance")) table[[name]] <- exact(table[[name]])
con <- file(file.path(out, "paired.csv"), open = "wb")
header(con, "escalc(measure, m1i, m2i, sd1i, sd2i, ni, ri)")
write.csv(table, con, row.names = FALSE, quote = FALSE)
close(con)

sizes <- expand.grid(treated = c(0.066, 0.1, 0.2, 0.45, 0.9), background = c(0.04, 0.07, 0.3), power = c(0.8, 0.9), level = c(0.9, 0.95))
sizes$n <- mapply(function(p, q, power, level) power.prop.test(p1 = p, p2 = q, power = power, sig.level = 1 - level, tol = 1e-12)$n,
                  sizes$treated, sizes$background, sizes$power, sizes$level)
sizes$n <- exact(sizes$n)
con <- file(file.path(out, "trial_size.csv"), open = "wb")
header(con, "power.prop.test")
write.csv(sizes, con, row.names = FALSE, quote = FALSE)
close(con)

pairs <- expand.grid(x = c(0, 4, 5), n = c(5, 17, 61), bx = c(0, 7, 40), bn = c(40, 162), level = c(0.9, 0.95))
pairs <- pairs[pairs$x <= pairs$n, ]
single <- list(
  "clopper-pearson" = function(x, n, level) binom.test(x, n, conf.level = level)$conf.int,
  wilson = function(x, n, level) suppressWarnings(prop.test(x, n, conf.level = level, correct = FALSE)$conf.int))
differences <- do.call(rbind, lapply(names(single), function(name) {
  limits <- mapply(function(x, n, bx, bn, level) {
    p <- x / n; q <- bx / bn; a <- single[[name]](x, n, level); b <- single[[name]](bx, bn, level)
    c(p - q - sqrt((p - a[1])^2 + (b[2] - q)^2), p - q + sqrt((a[2] - p)^2 + (q - b[1])^2))
  }, pairs$x, pairs$n, pairs$bx, pairs$bn, pairs$level)
  data.frame(method = name, pairs, low = exact(limits[1, ]), high = exact(limits[2, ]))
}))
con <- file(file.path(out, "differences.csv"), open = "wb")
header(con, "binom.test and prop.test(correct = FALSE)")
write.csv(differences, con, row.names = FALSE, quote = FALSE)
close(con)
