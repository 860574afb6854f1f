# Figures of metafor that tests/analyses/test_pool_models.py is held against:
#   Rscript pool_models.R > pool_models.csv
# R 4.2.2, metafor 3.8.1; data of ../../examples/bcg.csv (Colditz 1994) and Berkey 1998, table I.
suppressMessages(library(metafor))
say <- function(job, name, values) {
  for (i in seq_along(values)) cat(sprintf("%s,%s,%d,%.15g\n", job, name, i, values[i]))
}
all <- function(job, res) {
  for (name in c("beta", "se", "pval", "ci.lb", "ci.ub")) say(job, name, as.vector(res[[name]]))
}
cat("job,name,place,value\n")
cat(sprintf("versions,R,1,%s\nversions,metafor,1,%s\n", getRversion(), packageVersion("metafor")))
tight <- list(rel.tol=1e-10, iter.max=1000, eval.max=1000)
bcg <- read.csv("../../examples/bcg.csv", check.names=FALSE)
names(bcg) <- make.names(names(bcg))
rr <- escalc(measure="RR", ai=ai, n1i=n1i, ci=ci, n2i=n2i, data=bcg)
levels <- rma.mv(yi, vi, random=~1 | alloc / study, data=rr, control=tight)
all("multilevel", levels); say("multilevel", "sigma2", levels$sigma2); say("multilevel", "QE", levels$QE)
levels.t <- rma.mv(yi, vi, mods=~ablat, random=~1 | alloc / study, data=rr, control=tight)
all("multilevel_mods", levels.t); say("multilevel_mods", "sigma2", levels.t$sigma2)
about <- predict(levels.t, newmods=c(10, 50))
for (name in c("pred", "se", "ci.lb", "ci.ub", "pi.lb", "pi.ub")) say("multilevel_mods", paste0("at.", name), about[[name]])
berkey <- data.frame(
  trial=rep(1:5, each=2), outcome=rep(c("PD", "AL"), 5),
  yi=c(.47, -.32, .20, -.60, .40, -.12, .26, -.31, .56, -.39),
  vi=c(.0075, .0077, .0057, .0008, .0021, .0014, .0029, .0015, .0148, .0304),
  cov=rep(c(.0030, .0009, .0007, .0009, .0072), each=2))
block <- function(one) { m <- diag(one$vi); m[1, 2] <- m[2, 1] <- one$cov[1]; m }
V <- bldiag(lapply(split(berkey, berkey$trial), block))
given <- rma.mv(yi, V, mods=~outcome - 1, random=~outcome | trial, struct="UN", data=berkey, control=tight)
all("multivariate", given); say("multivariate", "tau2", given$tau2); say("multivariate", "rho", given$rho)
R <- vcalc(vi, cluster=trial, obs=outcome, rho=0.5, data=berkey)
half <- rma.mv(yi, R, mods=~outcome - 1, random=~outcome | trial, struct="UN", data=berkey, control=tight)
all("multivariate_rho", half); say("multivariate_rho", "tau2", half$tau2); say("multivariate_rho", "rho", half$rho)
mods <- rma(yi, vi, mods=~ablat, data=rr, control=list(threshold=1e-12))
about <- predict(mods, newmods=c(10, 50))
for (name in c("pred", "se", "ci.lb", "ci.ub", "pi.lb", "pi.ub")) say("at", name, about[[name]])
knha <- rma(yi, vi, mods=~ablat + alloc, data=rr, test="knha", control=list(threshold=1e-12))
about <- predict(knha, newmods=rbind(c(10, 1, 0), c(50, 0, 0)))
for (name in c("pred", "se", "ci.lb", "ci.ub", "pi.lb", "pi.ub")) say("at_knha", name, about[[name]])
exact <- rma.glmm(measure="IRLN", xi=ai, ti=n1i, mods=~ablat, data=bcg, nAGQ=21)
all("glmm", exact); say("glmm", "tau2", exact$tau2)
about <- predict(exact, newmods=c(10, 50))
for (name in c("pred", "se", "ci.lb", "ci.ub")) say("glmm", paste0("at.", name), about[[name]])
hc.rr <- hc(rma(yi, vi, data=rr, method="DL"))
say("henmi_copas", "ends", c(hc.rr$beta, hc.rr$se, hc.rr$ci.lb, hc.rr$ci.ub, hc.rr$tau2))
for (measure in c("PLN", "PAS")) {
  one <- rma(measure=measure, xi=ai, ni=n1i, data=bcg, control=list(threshold=1e-12))
  all(measure, one); say(measure, "tau2", one$tau2)
}
one <- rma(measure="AS", ai=ai, n1i=n1i, ci=ci, n2i=n2i, data=bcg, control=list(threshold=1e-12))
all("AS", one); say("AS", "tau2", one$tau2)
one <- rma(measure="IRSD", x1i=ai, t1i=n1i, x2i=ci, t2i=n2i, data=bcg, control=list(threshold=1e-12))
all("IRSD", one); say("IRSD", "tau2", one$tau2)
# Normal-normal posterior with a half-normal prior of tau, by R's own integrate().
y <- rr$yi; v <- rr$vi; scale <- 0.5
weight <- function(tau) sapply(tau, function(t) {
  w <- 1 / (v + t^2); m <- sum(w * y) / sum(w)
  exp(sum(log(w)) / 2 - log(sum(w)) / 2 - sum(w * (y - m)^2) / 2 - t^2 / (2 * scale^2))
})
part <- function(f, low=0, high=Inf) integrate(function(t) weight(t) * f(t), low, high, rel.tol=1e-11, subdivisions=2000)$value
centre <- function(t) sapply(t, function(s) { w <- 1 / (v + s^2); sum(w * y) / sum(w) })
spread <- function(t) sapply(t, function(s) 1 / sum(1 / (v + s^2)))
total <- part(function(t) 1 + 0 * t)
below <- function(x, more) part(function(t) pnorm((x - centre(t)) / sqrt(spread(t) + more * t^2))) / total
quantile_of <- function(p, more) uniroot(function(x) below(x, more) - p, c(-6, 6), tol=1e-11)$root
mean.mu <- part(centre) / total
say("bayes", "mu", c(mean.mu, sqrt(part(function(t) spread(t) + (centre(t) - mean.mu)^2) / total),
  sapply(c(.5, .025, .975), quantile_of, more=0)))
say("bayes", "new", sapply(c(.025, .975), quantile_of, more=1))
mean.tau <- part(function(t) t) / total
say("bayes", "tau", c(mean.tau, sqrt(part(function(t) (t - mean.tau)^2) / total),
  sapply(c(.5, .025, .975), function(p) uniroot(function(x) part(function(t) 1 + 0 * t, 0, x) / total - p, c(1e-6, 5), tol=1e-11)$root)))
