# rpact's half of benchmarks/trials.py: medians in milliseconds, one line a job.
suppressMessages(library(rpact))
median_ms <- function(job, repeats) {
  job()
  1000 * median(sapply(seq_len(repeats), function(i) system.time(job())[["elapsed"]]))
}
# One call is near the clock's resolution: each timing is of ten.
ten <- function(job, repeats = 15) median_ms(function() for (i in 1:10) job(), repeats) / 10
say <- function(name, ms) cat(name, ms, sep = "\t", fill = TRUE)

say("O'Brien-Fleming, 5 analyses, with size", ten(function()
  getDesignCharacteristics(getDesignGroupSequential(kMax = 5, alpha = 0.025, beta = 0.1,
                                                    typeOfDesign = "OF"))))
say("Lan-DeMets, 5 analyses, with size", ten(function()
  getDesignCharacteristics(getDesignGroupSequential(kMax = 5, alpha = 0.025, beta = 0.1,
                                                    typeOfDesign = "asOF"))))
say("beta spending, 4 analyses, with size", ten(function()
  getDesignCharacteristics(getDesignGroupSequential(kMax = 4, alpha = 0.025, beta = 0.1,
                                                    typeOfDesign = "asOF",
                                                    typeBetaSpending = "bsOF")), 5))
d <- getDesignGroupSequential(kMax = 3, alpha = 0.025, beta = 0.2, typeOfDesign = "asOF")
say("sequential survival trial from a design", ten(function()
  getSampleSizeSurvival(d, hazardRatio = 0.7, median2 = 14, accrualTime = 30, followUpTime = 18,
                        dropoutRate1 = 0.05, dropoutRate2 = 0.05, dropoutTime = 12), 5))
say("fixed survival trial", ten(function()
  getSampleSizeSurvival(hazardRatio = 0.7, median2 = 14, accrualTime = 30, followUpTime = 18,
                        alpha = 0.025, beta = 0.2), 5))
say("two proportions, normal", ten(function()
  getSampleSizeRates(groups = 2, pi1 = 0.4, pi2 = 0.2, alpha = 0.025, beta = 0.2), 5))
if (requireNamespace("clinfun", quietly = TRUE))
  say("Simon, p0 0.3, p1 0.45, alpha 0.05, power 0.9", median_ms(function()
    clinfun::ph2simon(0.3, 0.45, 0.05, 0.1, nmax = 130), 5))
