# What one study moves in a meta-regression (metafor's influence, regtest, robust), for
# tests/analyses/test_sensitivity_mods.py and tests/analyses/test_robust_all.py.
suppressMessages({library(metafor); library(metadat); library(jsonlite)})
dat <- escalc(measure = "RR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = dat.bcg)
tables <- list(
  bcg = data.frame(study = paste(dat$author, dat$year), yi = as.numeric(dat$yi), vi = dat$vi,
                   ablat = dat$ablat, alloc = dat$alloc, year = dat$year))
formulas <- list(
  "~ ablat" = ~ ablat, "~ ablat + alloc" = ~ ablat + alloc, "~ 0 + alloc" = ~ 0 + alloc,
  "~ 0 + ablat" = ~ 0 + ablat)
out <- list(versions = list(R = as.character(getRversion()), metafor = as.character(packageVersion("metafor"))),
            tables = tables, regressions = list())
d <- tables$bcg
for (name in names(formulas)) for (test in c("z", "knha")) {
  f <- rma(yi, vi, mods = formulas[[name]], data = d, method = "REML", test = test,
           control = list(threshold = 1e-12, maxiter = 1000))
  i <- influence(f)
  r <- try(regtest(f), silent = TRUE)
  one <- list(formula = name, test = test, names = I(rownames(f$beta)), beta = I(as.numeric(f$beta)),
    rstudent = i$inf$rstudent, dffits = i$inf$dffits, cook = i$inf$cook.d, covr = i$inf$cov.r,
    tau2del = i$inf$tau2.del, QEdel = i$inf$QE.del, hat = i$inf$hat, weight = i$inf$weight,
    dfbs = lapply(unclass(i$dfbs)[seq_len(f$p)], function(x) I(as.numeric(x))))
  if (!inherits(r, "try-error")) one$egger <- list(zval = r$zval, pval = r$pval)
  out$regressions[[length(out$regressions) + 1]] <- one
}
groups <- c(1, 2, 3, 4, 5, 6, 7, 1, 2, 3, 4, 5, 6)
out$cluster <- groups
for (name in names(formulas)) {
  f <- rma(yi, vi, mods = formulas[[name]], data = d, method = "REML",
           control = list(threshold = 1e-12, maxiter = 1000))
  for (adjust in c(TRUE, FALSE)) {
    r <- robust(f, cluster = groups, adjust = adjust)
    out$robust[[length(out$robust) + 1]] <- list(formula = name, adjust = adjust, btt = I(r$btt),
      names = I(rownames(f$beta)), beta = I(as.numeric(r$beta)), se = I(r$se), QM = r$QM, QMp = r$QMp, QMdf = r$QMdf)
  }
}
write(toJSON(out, digits = 17, auto_unbox = TRUE, na = "null", pretty = FALSE), "influence_mods.json")
