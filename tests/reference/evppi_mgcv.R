# EVPPI by generalised additive models (Strong, Oakley & Brennan 2014), mgcv's smooths and GCV, on
# draws that any program can repeat: normal quantiles of Halton points in bases 2, 3, 5, 7.
# Rscript evppi_mgcv.R > evppi_mgcv.json
suppressMessages({library(mgcv); library(jsonlite)})
halton <- function(n, base) sapply(seq_len(n), function(i) {
  f <- 1; r <- 0
  while (i > 0) { f <- f / base; r <- r + f * (i %% base); i <- i %/% base }
  r
})
n <- 4000
z <- sapply(c(2, 3, 5, 7), function(b) qnorm(halton(n, b)))
# Three treatments; net benefits curved in two parameters, with noise of their own.
nb <- cbind(0, 0.3 + z[, 1] + 0.5 * z[, 2]^2 - 0.5 + z[, 3],
            0.1 + sin(2 * z[, 1]) + 0.4 * z[, 1] * z[, 2] + 0.8 * z[, 4])
value <- function(g) mean(apply(g, 1, max)) - max(colMeans(g))
evppi <- function(formula) {
  d <- data.frame(x1 = z[, 1], x2 = z[, 2])
  value(sapply(1:3, function(j) if (j == 1) rep(0, n) else {
    d$y <- nb[, j]; fitted(gam(update(formula, y ~ .), data = d))
  }))
}
cat(toJSON(list(name = "evppi_mgcv",
  versions = list(R = as.character(getRversion()), mgcv = as.character(packageVersion("mgcv"))),
  n = n, evpi = value(nb), x1 = evppi(~ s(x1, k = 12)), x2 = evppi(~ s(x2, k = 12)),
  both = evppi(~ te(x1, x2, k = 8))), auto_unbox = TRUE, digits = 15), "\n")
