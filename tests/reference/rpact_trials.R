# Further rpact figures, written to rpact_trials.json: Rscript tests/reference/rpact_trials.R
suppressMessages({library(rpact); library(jsonlite)})
out <- list()
add <- function(...) out[[length(out) + 1]] <<- list(...)

for (futility in c("bsOF", "bsP", "bsHSD", "bsKD")) for (binding in c(FALSE, TRUE)) for (k in c(2, 3, 4)) {
  gamma <- if (futility == "bsHSD") -4 else if (futility == "bsKD") 2 else NA
  arguments <- list(kMax = k, alpha = 0.025, beta = 0.1, sided = 1, typeOfDesign = "asOF",
                    typeBetaSpending = futility, bindingFutility = binding)
  if (!is.na(gamma)) arguments$gammaB <- gamma
  d <- do.call(getDesignGroupSequential, arguments)
  c0 <- getDesignCharacteristics(d)
  add(kind = "beta_spending", k = k, futility = futility, parameter = gamma, binding = binding,
      critical = d$criticalValues, bounds = d$futilityBounds, inflation = c0$inflationFactor,
      avg_n0 = c0$averageSampleNumber0, avg_n01 = c0$averageSampleNumber01,
      avg_n1 = c0$averageSampleNumber1)
}
for (binding in c(FALSE, TRUE)) for (type in c("OF", "P", "asOF")) {
  d <- getDesignGroupSequential(kMax = 3, alpha = 0.025, beta = 0.2, typeOfDesign = type,
                                futilityBounds = c(0, 0.5), bindingFutility = binding)
  c0 <- getDesignCharacteristics(d)
  add(kind = "futility_bounds", type = type, binding = binding, critical = d$criticalValues,
      inflation = c0$inflationFactor, avg_n0 = c0$averageSampleNumber0,
      avg_n1 = c0$averageSampleNumber1)
}
for (type in c("OF", "P", "asOF")) {
  d <- getDesignGroupSequential(kMax = 3, alpha = 0.05, beta = 0.2, sided = 2, typeOfDesign = type)
  c0 <- getDesignCharacteristics(d)
  add(kind = "two_sided", type = type, critical = d$criticalValues,
      inflation = c0$inflationFactor, avg_n1 = c0$averageSampleNumber1)
}
for (delta in c(0.1, 0.25, 0.4)) {
  d <- getDesignGroupSequential(informationRates = c(0.25, 0.6, 1), alpha = 0.025, beta = 0.2,
                                typeOfDesign = "WT", deltaWT = delta)
  add(kind = "wang_tsiatis", delta = delta, info = c(0.25, 0.6, 1), critical = d$criticalValues)
}
for (rho in c(1, 2, 3)) {
  d <- getDesignGroupSequential(informationRates = c(0.25, 0.6, 1), alpha = 0.025, beta = 0.2,
                                typeOfDesign = "asKD", gammaA = rho)
  add(kind = "kim_demets", rho = rho, info = c(0.25, 0.6, 1), critical = d$criticalValues)
}
for (ratio in c(1, 2)) for (margin in c(-0.1, -0.15)) {
  s <- getSampleSizeRates(groups = 2, thetaH0 = margin, pi1 = 0.5, pi2 = 0.5, alpha = 0.025,
                          beta = 0.2, allocationRatioPlanned = ratio)
  add(kind = "noninferior_rates", p1 = 0.5, p2 = 0.5, margin = -margin, ratio = ratio,
      n = s$numberOfSubjects[1])
}
for (ratio in c(0.5, 2)) {
  s <- getSampleSizeRates(groups = 2, pi1 = 0.4, pi2 = 0.2, alpha = 0.025, beta = 0.1,
                          allocationRatioPlanned = ratio)
  add(kind = "rates_ratio", p1 = 0.4, p2 = 0.2, ratio = ratio, n = s$numberOfSubjects[1])
}
for (ratio in c(1, 2)) for (sided in 1:2) {
  s <- getSampleSizeMeans(groups = 2, alternative = 4, stDev = 10, alpha = 0.025 * sided,
                          beta = 0.2, sided = sided, allocationRatioPlanned = ratio)
  add(kind = "means", difference = 4, sd = 10, ratio = ratio, sided = sided,
      n = s$numberOfSubjects[1])
}
s <- getSampleSizeRates(groups = 1, thetaH0 = 0.2, pi1 = 0.4, alpha = 0.05, beta = 0.2)
add(kind = "one_rate", p0 = 0.2, p1 = 0.4, n = s$numberOfSubjects[1])
for (type in c("Schoenfeld", "Freedman")) for (ratio in c(1, 2)) for (lost in c(0, 0.1)) {
  s <- getSampleSizeSurvival(hazardRatio = 0.65, median2 = 11, accrualTime = 30, followUpTime = 15,
                             alpha = 0.025, beta = 0.15, allocationRatioPlanned = ratio,
                             dropoutRate1 = lost, dropoutRate2 = lost, dropoutTime = 12,
                             typeOfComputation = type)
  add(kind = "survival", method = tolower(type), hazard_ratio = 0.65, median2 = 11, accrual = 30,
      follow_up = 15, ratio = ratio, drop_out = lost, events = s$eventsFixed[1],
      n = s$numberOfSubjects[1])
}
s <- getSampleSizeSurvival(thetaH0 = 1.3, hazardRatio = 1, median2 = 12, accrualTime = 24,
                           followUpTime = 12, alpha = 0.025, beta = 0.2)
add(kind = "survival_noninferior", null = 1.3, hazard_ratio = 1, median2 = 12, accrual = 24,
    follow_up = 12, events = s$eventsFixed[1], n = s$numberOfSubjects[1])
d <- getDesignGroupSequential(informationRates = c(0.4, 0.7, 1), alpha = 0.025, beta = 0.2,
                              typeOfDesign = "asOF", typeBetaSpending = "bsOF")
s <- getSampleSizeSurvival(d, hazardRatio = 0.7, median2 = 14, accrualTime = 30, followUpTime = 18,
                           dropoutRate1 = 0.05, dropoutRate2 = 0.05, dropoutTime = 12)
add(kind = "survival_sequential", info = c(0.4, 0.7, 1), hazard_ratio = 0.7, median2 = 14,
    accrual = 30, follow_up = 18, drop_out = 0.05, events = s$eventsPerStage[, 1],
    n = s$maxNumberOfSubjects[1], months = s$analysisTime[, 1], entered = s$numberOfSubjects[, 1],
    effects = s$criticalValuesEffectScale[, 1], events_h0 = s$expectedEventsH0[1],
    events_h1 = s$expectedEventsH1[1])
d <- getDesignGroupSequential(kMax = 3, alpha = 0.025, beta = 0.2, typeOfDesign = "asP")
s <- getSampleSizeRates(d, groups = 2, pi1 = 0.45, pi2 = 0.25)
add(kind = "rates_sequential", p1 = 0.45, p2 = 0.25, n = s$maxNumberOfSubjects[1],
    n_h0 = s$expectedNumberOfSubjectsH0[1], n_h1 = s$expectedNumberOfSubjectsH1[1])

write(toJSON(list(name = "rpact_trials",
                  versions = list(R = as.character(getRversion()),
                                  rpact = as.character(packageVersion("rpact"))),
                  designs = out), auto_unbox = TRUE, digits = NA, na = "null"),
      "tests/reference/rpact_trials.json")
