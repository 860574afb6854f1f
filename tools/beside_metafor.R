# Forests of metafor on tables that tools/beside_metafor.py has written, as it draws them by default.
# Arguments: a folder, then name=MEASURE for each table in it. Prints a line of figures each.
suppressMessages(library(metafor))
given <- commandArgs(trailingOnly = TRUE)
folder <- given[1]
back <- list(PLO = transf.ilogit, OR = exp, RR = exp, IRR = exp)
for (job in strsplit(given[-1], "=")) {
  name <- job[1]; measure <- job[2]
  rows <- read.csv(file.path(folder, paste0(name, ".csv")), check.names = FALSE)
  columns <- as.list(rows[setdiff(names(rows), "study")])
  if (measure == "PLO") {
    fit <- do.call(rma.glmm, c(columns, list(measure = measure, slab = rows$study)))
  } else if (measure == "GEN") {
    fit <- rma(yi = rows$yi, vi = rows$vi, slab = rows$study)
  } else {
    fit <- do.call(rma, c(columns, list(measure = measure, slab = rows$study)))
  }
  transf <- back[[measure]]
  said <- predict(fit, transf = transf)
  cat(name, fit$k, said$pred, said$ci.lb, said$ci.ub, "\n")
  png(file.path(folder, paste0(name, "-metafor.png")), width = 900,
      height = 150 + 21 * fit$k, res = 110)
  par(mar = c(4, 1, 1, 1))
  if (is.null(transf)) {
    forest(fit, header = TRUE)
  } else if (measure == "PLO") {
    forest(fit, transf = transf, header = TRUE)
  } else {
    forest(fit, atransf = transf, header = TRUE)
  }
  invisible(dev.off())
}
