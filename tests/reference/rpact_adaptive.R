# Conditional power, combination tests and two-sided futility of rpact, written to
# rpact_adaptive.json: Rscript tests/reference/rpact_adaptive.R
suppressMessages({library(rpact); library(jsonlite)})
out <- list()
add <- function(...) out[[length(out) + 1]] <<- list(...)

for (type in c("noEarlyEfficacy", "asOF", "P")) for (share in c(0.4, 0.5)) {
  design <- getDesignInverseNormal(kMax = 2, alpha = 0.025, informationRates = c(share, 1),
                                   typeOfDesign = type)
  for (z in c(0.5, 1.2, 1.7)) for (planned in c(85, 160)) for (hr in c(0.65, 0.8)) {
    # Log-rank statistics below 0 favour the treatment.
    data <- getDataset(cumulativeEvents = 170 * share, cumulativeLogRanks = -z,
                       cumulativeAllocationRatios = 1)
    results <- getStageResults(design, data, directionUpper = FALSE, thetaH0 = 1)
    found <- getConditionalPower(results, nPlanned = planned, thetaH1 = hr)
    add(kind = "conditional_power", type = type, share = share, z = z, planned = planned,
        hazard_ratio = hr, events = 170 * share, critical = design$criticalValues,
        power = found$conditionalPower[2])
  }
}
for (ratio in c(1, 2)) {
  design <- getDesignInverseNormal(kMax = 2, alpha = 0.025, typeOfDesign = "noEarlyEfficacy")
  data <- getDataset(cumulativeEvents = 85, cumulativeLogRanks = -1.4,
                     cumulativeAllocationRatios = ratio)
  results <- getStageResults(design, data, directionUpper = FALSE, thetaH0 = 1)
  found <- getConditionalPower(results, nPlanned = 130, thetaH1 = 0.7,
                               allocationRatioPlanned = ratio)
  add(kind = "conditional_power_ratio", ratio = ratio, z = 1.4, planned = 130,
      hazard_ratio = 0.7, events = 85, critical = design$criticalValues,
      power = found$conditionalPower[2])
}
for (share in c(0.3, 0.5)) for (second in c(0.4, 1.5)) {
  design <- getDesignInverseNormal(kMax = 2, alpha = 0.025, informationRates = c(share, 1))
  data <- getDataset(events = c(60, 150), logRanks = -c(1.3, second),
                     allocationRatios = c(1, 1))
  results <- getStageResults(design, data, directionUpper = FALSE)
  add(kind = "combination", share = share, z = c(1.3, second),
      combined = results$combInverseNormal)
}
# rpact calls its two-sided beta spending experimental.
for (binding in c(FALSE, TRUE)) for (beta in c("bsOF", "bsP", "bsHSD", "bsKD")) {
  for (info in list(c(0.5, 1), c(1, 2, 3) / 3, c(0.3, 0.6, 0.8, 1))) {
    arguments <- list(informationRates = info, alpha = 0.05, beta = 0.2, sided = 2,
                      typeOfDesign = "asOF", typeBetaSpending = beta, bindingFutility = binding)
    gamma <- if (beta == "bsHSD") -2 else if (beta == "bsKD") 1.5 else NA
    if (!is.na(gamma)) arguments$gammaB <- gamma
    d <- suppressWarnings(do.call(getDesignGroupSequential, arguments))
    c0 <- getDesignCharacteristics(d)
    add(kind = "two_sided_futility", info = info, futility = beta, parameter = gamma,
        binding = binding, critical = d$criticalValues, bounds = d$futilityBounds,
        beta_spent = d$betaSpent, inflation = c0$inflationFactor,
        avg_n0 = c0$averageSampleNumber0, avg_n01 = c0$averageSampleNumber01,
        avg_n1 = c0$averageSampleNumber1)
  }
}
write(toJSON(list(name = "rpact_adaptive",
                  versions = list(R = as.character(getRversion()),
                                  rpact = as.character(packageVersion("rpact"))),
                  designs = out), auto_unbox = TRUE, digits = NA, na = "null"),
      "tests/reference/rpact_adaptive.json")
