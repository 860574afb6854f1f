# The jobs of pooling.py in metafor: name and median milliseconds, a tab between.
suppressMessages(library(metafor))
source(sub("json$", "R", commandArgs(TRUE)[1]))
say <- function(name, job, repeats) {
  job()
  times <- replicate(repeats, { t <- Sys.time(); job(); as.numeric(Sys.time() - t, units = "secs") })
  cat(name, "\t", 1000 * median(times), "\n", sep = "")
}
row <- function(key, i) d[[key]][[i]]
y <- row("k13", 1); v <- row("k13", 2)
say("one REML fit, k = 13", function() rma(y, v), 100)
Y <- row("k1000", 1); V <- row("k1000", 2)
say("one REML fit, k = 1,000", function() rma(Y, V), 3)
b <- lapply(d$batch, function(x) matrix(x, ncol = 20, byrow = TRUE))
t <- Sys.time(); for (i in 1:200) try(rma(b[[1]][i, ], b[[2]][i, ]), silent = TRUE)
cat("10,000 REML fits, k = 20\t", 1000 * as.numeric(Sys.time() - t, units = "secs") * 50, "\n", sep = "")
mod <- d$moderator[[1]]; m <- rma(y, v, mods = ~ mod)
say("permutation test, 1,000, k = 13", function() permutest(m, iter = 1000, progbar = FALSE), 1)
x <- row("counts", 1); n <- row("counts", 2)
say("binomial-normal PLO, k = 200", function() rma.glmm(measure = "PLO", xi = x, ni = n), 5)
y3 <- row("nested", 1); v3 <- row("nested", 2); g <- row("nested", 3); id <- seq_along(y3)
say("three-level model, k = 56", function() rma.mv(y3, v3, random = ~ 1 | g/id), 10)
one <- rma(y, v)
say("profile interval of tau2, k = 13", function() confint(one), 30)
# The reference's cost of leaving one out grows with k^4: two refits, scaled to 500.
L <- row("k500", 1); W <- row("k500", 2)
t <- Sys.time(); for (i in 1:2) rma(L[-i], W[-i])
cat("leave-one-out, k = 500\t", 1000 * as.numeric(Sys.time() - t, units = "secs") * 250, "\n", sep = "")
