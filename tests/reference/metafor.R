# Regenerates tests/reference/metafor.json (constructed data, every option) and published.json (data of published examples).
#   Rscript tests/reference/metafor.R tests/reference
# Needs metafor 3.8, metadat, lme4 and jsonlite (Debian 12: r-cran-metafor r-cran-lme4 r-cran-jsonlite).
# Convergence is set tight, so that the numbers are the estimators' and not the optimisers'.
suppressMessages({library(metafor); library(lme4); library(jsonlite)})
folder <- commandArgs(trailingOnly = TRUE)[1]
tight <- list(threshold = 1e-13, maxiter = 50000, tol = 1e-14, tau2.max = 1e5)
nodes <- 99
version <- function(name) as.character(packageVersion(name))
source <- list(
  R = as.character(getRversion()), metafor = version("metafor"), metadat = version("metadat"), lme4 = version("lme4"),
  effects = "rma(yi, vi, method, test, level, control = list(threshold = 1e-13, tol = 1e-14)); confint; predict; leave1out",
  proportions = "rma.glmm(measure = 'PLO', nAGQ = 99, control = list(glmerCtrl = list(optimizer = 'bobyqa', tight)))")
save <- function(content, name) {
  con <- file(file.path(folder, name), open = "wb")
  writeLines(toJSON(content, digits = I(17), auto_unbox = TRUE, dataframe = "columns", na = "null"), con)
  close(con)
}
pick <- function(object, names) lapply(unclass(object)[names], function(value) as.numeric(value))

# --- effects --------------------------------------------------------------------------------------------------------
estimators <- c("DL", "PM", "REML", "ML")
tests <- c(wald = "z", hksj = "knha", "hksj-modified" = "adhoc")

effect_fit <- function(yi, vi, method, interval, level) {
  fit <- rma(yi, vi, method = method, test = tests[[interval]], level = level, control = tight)
  limits <- predict(fit)
  c(list(tau2_method = method, interval = interval), pick(fit, c("beta", "ci.lb", "ci.ub", "se", "tau2", "I2", "QE", "QEp")),
    list(pi.lb = limits$pi.lb, pi.ub = limits$pi.ub))
}
effect_case <- function(k, between, level) {
  vi <- round(exp(runif(k, log(0.01), log(1))), 4)
  yi <- round(0.3 + sqrt(between) * rnorm(k) + sqrt(vi) * rnorm(k), 4)
  grid <- expand.grid(method = estimators, interval = names(tests), stringsAsFactors = FALSE)
  fits <- lapply(seq_len(nrow(grid)), function(i) effect_fit(yi, vi, grid$method[i], grid$interval[i], level))
  profile <- confint(rma(yi, vi, method = "REML", control = tight), level = 100 * level, control = tight)$random[1, 2:3]
  list(k = k, between = between, level = level, yi = yi, vi = vi, profile = as.numeric(profile), fits = fits)
}
set.seed(20240601)
effects <- list()
for (k in c(2, 3, 5, 8, 13, 30)) for (between in c(0, 0.1, 4)) effects <- c(effects, list(effect_case(k, between, 0.95)))
for (level in c(0.8, 0.99)) effects <- c(effects, list(effect_case(6, 0.1, level)))

# --- deletion ----------------------------------------------------------------------------------------------------------
columns <- c("estimate", "se", "ci.lb", "ci.ub", "Q", "Qp", "tau2", "I2")
diagnostics <- list()
for (case in Filter(function(case) case$k %in% c(5, 8, 13) && case$level == 0.95, effects)) {
  invisible(rnorm(case$k))  # so that the proportions below stay the same draws
  for (interval in names(tests)) for (method in c("DL", "REML")) {
    fit <- rma(case$yi, case$vi, method = method, test = tests[[interval]], control = tight)
    entry <- list(interval = interval, tau2_method = method, yi = case$yi, vi = case$vi, leave_one_out = pick(leave1out(fit), columns))
    diagnostics <- c(diagnostics, list(entry))
  }
}

# --- proportions ------------------------------------------------------------------------------------------------------
glmm <- function(xi, ni, test) {
  # nloptr's and nlminb's defaults stop at about 1e-5; bobyqa is told to go on.
  control <- list(glmerCtrl = list(optimizer = "bobyqa", tolPwrss = 1e-10, optCtrl = list(rhobeg = 0.02, rhoend = 1e-10, maxfun = 20000)))
  fit <- suppressWarnings(rma.glmm(measure = "PLO", xi = xi, ni = ni, nAGQ = nodes, test = test, control = control))
  limits <- predict(fit, transf = transf.ilogit)
  c(list(test = test), pick(fit, c("beta", "se", "ci.lb", "ci.ub", "tau2", "I2", "QE.LRT", "QEp.LRT")),
    list(pred = limits$pred, low = limits$ci.lb, high = limits$ci.ub, pi.lb = limits$pi.lb, pi.ub = limits$pi.ub))
}
kinds <- list(alike = c(p = 0.3, tau = 0, size = 40), unlike = c(p = 0.4, tau = 1, size = 40), sparse = c(p = 0.03, tau = 0.5, size = 25),
              large = c(p = 0.1, tau = 0.4, size = 800), spread = c(p = 0.1, tau = 1.8, size = 30))
proportions <- list()
for (k in c(2, 3, 5, 8, 15, 30)) for (kind in names(kinds)) {
  setting <- kinds[[kind]]
  repeat {
    ni <- 2 + rpois(k, setting[["size"]]); xi <- rbinom(k, ni, plogis(qlogis(setting[["p"]]) + setting[["tau"]] * rnorm(k)))
    # lme4 cannot fit some draws, such as one proportion in all studies ("Response is constant"): draw again.
    fits <- if (any(xi > 0 & xi < ni)) try(lapply(c("z", "t"), function(test) glmm(xi, ni, test)), silent = TRUE) else NULL
    if (is.list(fits)) break
  }
  proportions <- c(proportions, list(list(k = k, kind = kind, xi = xi, ni = ni, fits = fits)))
}
save(list(source = source, effects = effects, diagnostics = diagnostics, proportions = proportions), "metafor.json")

# --- data of published examples ---------------------------------------------------------------------------------------
keep <- function(data) list(yi = as.numeric(data$yi), vi = as.numeric(data$vi))
counts <- function(data, xi, ni) list(xi = as.numeric(data[[xi]]), ni = as.numeric(data[[ni]]))
bcg <- escalc(measure = "RR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = dat.bcg)
clasp <- escalc(measure = "OR", n1i = c(156, 303, 565, 1570, 103, 4659), n2i = c(74, 303, 477, 1565, 105, 4650),
                ai = c(5, 5, 12, 69, 9, 313), ci = c(8, 17, 9, 94, 11, 352))
normand <- within(dat.normand1999, sd <- sqrt(((n1i - 1) * sd1i^2 + (n2i - 1) * sd2i^2) / (n1i + n2i - 2)))
normand <- escalc(measure = "MD", m1i = m1i, sd1i = sd, n1i = n1i, m2i = m2i, sd2i = sd, n2i = n2i, data = normand)
morris <- data.frame(before = c(30.6, 23.5, 0.5, 53.4, 35.6), after = c(38.5, 26.8, 0.7, 75.9, 36.0), sd = c(15.0, 3.1, 0.1, 14.5, 4.7),
                     n = c(20, 50, 9, 10, 14), r = c(.47, .64, .77, .89, .44))
morris <- escalc(measure = "SMCR", m1i = after, m2i = before, sd1i = sd, ni = n, ri = r, data = morris)
crins <- escalc(measure = "OR", ai = c(14, 16, 3, 9, 4, 0), n1i = c(61, 28, 18, 54, 36, 50), ci = c(15, 19, 8, 29, 11, 3), n2i = c(20, 28, 12, 54, 36, 34))
published <- list(
  source = c(source[c("R", "metafor", "metadat")], list(
    metadat_sets = "bcg, pritz1997, debruin2009, nielweise2007, raudenbush1985, normand1999",
    viechtbauer2005 = "Viechtbauer W. J Educ Behav Stat 2005;30:261-293, example 1",
    clasp = "DerSimonian R, Kacker R. Contemp Clin Trials 2007;28:105-114, aspirin and pre-eclampsia",
    morris = "Morris SB. Organ Res Methods 2008;11:364-386, Table 5, treated groups",
    rubin = "Gelman A et al. Bayesian Data Analysis; as in the R package bayesmeta (data/Rubin1981.R)",
    crins = "Crins ND et al. Pediatr Transplant 2014;18:839-850, acute rejection; the randomised trials are Heffron and Spada; as in the R package bayesmeta (data/CrinsEtAl2014.R)")),
  bcg = keep(bcg), raudenbush = keep(dat.raudenbush1985),
  viechtbauer = list(yi = c(-0.581, 0.530, 0.771, 1.031, 0.553, 0.295, 0.078, 0.573, -0.176, -0.232),
                     vi = c(0.023, 0.052, 0.060, 0.115, 0.095, 0.203, 0.200, 0.211, 0.051, 0.040)),
  clasp = keep(clasp), normand = keep(normand), morris = keep(morris), crins = keep(crins),
  `crins-randomised` = keep(crins[c(1, 5), ]),
  rubin = list(yi = c(28.39, 7.94, -2.75, 6.82, -0.64, 0.63, 18.01, 12.16), vi = c(14.9, 10.2, 16.3, 11.0, 9.4, 11.4, 10.4, 17.6)^2),
  pritz = counts(dat.pritz1997, "xi", "ni"), debruin = counts(dat.debruin2009, "xi", "ni"),
  nielweise = c(counts(dat.nielweise2007, "ai", "n1i"), list(tau2 = with(dat.nielweise2007, glmm(ai, n1i, "z"))$tau2,
                tau2_seven_nodes = with(dat.nielweise2007, rma.glmm(measure = "PLO", xi = ai, ni = n1i))$tau2)))
save(published, "published.json")
