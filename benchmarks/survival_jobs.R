# The jobs of survival.py in R's survival: name and median milliseconds, a tab between.
suppressMessages(library(survival))
d <- read.csv(commandArgs(TRUE)[1])
say <- function(name, job, repeats) {
  job()
  times <- replicate(repeats, { t <- Sys.time(); job(); as.numeric(Sys.time() - t, units = "secs") })
  cat(name, "\t", 1000 * median(times), "\n", sep = "")
}
say("Kaplan-Meier with intervals, n = 900",
    function() summary(survfit(Surv(time, status) ~ 1, d, conf.type = "log-log")), 50)
say("log-rank, two groups, n = 900", function() survdiff(Surv(time, status) ~ group, d), 50)
say("Cox and its proportionality test, n = 900",
    function() cox.zph(coxph(Surv(time, status) ~ group + age, d), terms = FALSE), 30)
say("restricted means of two groups, n = 900",
    function() summary(survfit(Surv(time, status) ~ group, d), rmean = 60), 50)
